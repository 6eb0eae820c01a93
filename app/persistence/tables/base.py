"""What every table shares: names of constraints, column types, and the checks of enumerations."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Double, ForeignKey, MetaData, Text, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, declared_attr, mapped_column

from app.persistence.types import ExactDecimal, Json, UtcDateTime

JsonObject = dict[str, Any]
Id = Annotated[UUID, mapped_column(primary_key=True)]


class Base(DeclarativeBase):
    """The root of the tables; ids come from `app.persistence.ids`, times from the caller's clock."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        Decimal: ExactDecimal(),
        JsonObject: Json,
        UUID: Uuid(),
        datetime: UtcDateTime(),
        float: Double(),
        int: BigInteger(),
        str: Text(),
    }


class Versioned:
    """Optimistic locking: an update of a row that somebody else changed meanwhile raises StaleDataError."""

    version: Mapped[int] = mapped_column(sort_order=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 # SQLAlchemy calls it with the class
        return {"version_id_col": cls.version}


def reference(target: str, *, index: bool = True) -> MappedColumn[Any]:
    """Return a foreign key to `table.column`, indexed unless another index already begins with it."""
    return mapped_column(ForeignKey(target), index=index)


def one_of(column: str, *values: str) -> CheckConstraint:
    """Return the check that a column holds one of these words (or nothing, where it may)."""
    words = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({words})", name=column)


def check(name: str, condition: str) -> CheckConstraint:
    """Return a named check."""
    return CheckConstraint(condition, name=name)


def named(column: str, longest: int = 200) -> CheckConstraint:
    """Return the check that a text is neither empty nor endless."""
    return CheckConstraint(f"length({column}) BETWEEN 1 AND {longest}", name=column)
