"""Text from variables and options is read as the field's type asks, and strictly."""

from datetime import date
from decimal import Decimal
from enum import Enum, IntEnum
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal, NewType, TypedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr
from typing_extensions import TypeAliasType

from app.settings.annotations import takes_table
from app.settings.texts import from_text, to_json

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-005"), pytest.mark.requirement("SYS-018")]


class _Side(Enum):
    BUY = "buy"


class _Level(IntEnum):
    ONE = 1


class _Inner(BaseModel):
    x: int


class _Typed(TypedDict):
    x: int


_Lots = NewType("_Lots", int)
_Alias = TypeAliasType("_Alias", int)


@pytest.mark.parametrize(
    ("text", "annotation", "value"),
    [
        (" 20 ", int, 20),
        ("+7", int, 7),
        ("1_000", int, "1_000"),
        ("2.0", int, "2.0"),
        ("٣", int, "٣"),
        ("3", _Lots, 3),
        ("3", _Alias, 3),
        ("3", Annotated[int, "bars"], 3),
        ("1", Literal[1, 2], 1),
        ("1", _Level, 1),
        ("buy", _Side, "buy"),
        ("Yes", bool, True),
        ("off", bool, False),
        ("maybe", bool, "maybe"),
        ("1", bool | int, True),
        ("1e3", float, 1000.0),
        (".5", float, 0.5),
        ("1e999", float, "1e999"),
        ("nan", float, "nan"),
        ("0.10", Decimal, "0.10"),
        (" kept ", str, " kept "),
        (" kept ", SecretStr, " kept "),
        ("5", int | str, "5"),
        ("", int | None, None),
        ("", int, ""),
        ("5", int | None, 5),
        ("1, 2", list[int], [1, 2]),
        ("1,x", tuple[int, str], [1, "x"]),
        ("1,x,y", tuple[int, str], [1, "x", "y"]),
        ("a,b", list, ["a", "b"]),
        ("", list[int], []),
        ("[1, 2]", frozenset[int], [1, 2]),
        ('{"x": 1}', dict[str, int], {"x": 1}),
        ('{"x": 1}', _Inner | None, {"x": 1}),
        ('{"x": 1}', Any, {"x": 1}),
        ("plain", Any, "plain"),
        ("2005-01-01", date, "2005-01-01"),
    ],
)
def test_a_text_is_read_as_its_type_asks(text: str, annotation: Any, value: object) -> None:
    read = from_text(text, annotation)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize("text", ['{"x": 1, "x": 2}', '{"x": NaN}', "{", '{"x": ' * 50])
def test_malformed_json_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"twice|not a number|line 1"):
        from_text(text, dict[str, int])


@given(number=st.integers())
def test_every_integer_is_read_exactly(number: int) -> None:
    assert from_text(str(number), int) == number


@pytest.mark.parametrize(
    ("annotation", "table"),
    [
        (dict[str, int], True),
        (_Inner, True),
        (_Typed, True),
        (Any, True),
        (int, False),
        (list[dict[str, int]], False),
    ],
)
def test_tables_go_where_a_table_is_possible(annotation: Any, table: bool) -> None:
    assert takes_table(annotation) is table


def test_values_of_python_become_json() -> None:
    value = {"d": date(2005, 1, 1), "n": Decimal("0.10"), "p": PurePosixPath("/x"), "s": {2, 1}, "f": 0.1}
    assert to_json(value) == '{"d": "2005-01-01", "n": "0.10", "p": "/x", "s": [1, 2], "f": 0.1}'
    for wrong in (object(), float("nan"), "\ud800"):
        with pytest.raises(ValueError, match=r"."):
            to_json(wrong)
