"""What a field's annotation tells: what it allows, whether it takes tables, whether it is secret."""

import dataclasses
import types
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Annotated, Any, Literal, NewType, Union, get_args, get_origin, is_typeddict

from pydantic import BaseModel, Secret, SecretBytes, SecretStr

SECRET_TYPES = (SecretStr, SecretBytes, Secret)


def alternatives(annotation: Any) -> Iterator[Any]:
    """Yield what an annotation allows, with unions, aliases, literals and enumerations taken apart."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from alternatives(get_args(annotation)[0])
    elif origin is Union or origin is types.UnionType:
        for member in get_args(annotation):
            yield from alternatives(member)
    elif origin is Literal:
        yield from {type(value) for value in get_args(annotation)}
    elif hasattr(annotation, "__value__"):  # a type alias, of typing or of typing_extensions
        yield from alternatives(annotation.__value__)
    elif isinstance(annotation, NewType):
        yield from alternatives(annotation.__supertype__)
    elif isinstance(annotation, type) and issubclass(annotation, Enum):
        yield from {type(member.value) for member in annotation}
    else:
        yield type(None) if annotation is None else annotation


def base(annotation: Any) -> type:
    """Return the class behind one alternative: list for list[int], object for Any."""
    plain = get_origin(annotation) or annotation
    return plain if isinstance(plain, type) and plain is not Any else object


def takes_table(annotation: Any) -> bool:
    """Tell whether a table can be the value of a field."""
    return any(_is_table(base(alternative)) for alternative in alternatives(annotation))


def holds_secret(annotation: Any, seen: frozenset[type] = frozenset()) -> bool:
    """Tell whether a secret type is part of an annotation, however deep."""
    for alternative in alternatives(annotation):
        plain = base(alternative)
        if issubclass(plain, SECRET_TYPES):
            return True
        inner = [*get_args(alternative)]
        if issubclass(plain, BaseModel) and plain not in seen:
            inner += [field.annotation for field in plain.model_fields.values()]
        if any(holds_secret(part, seen | {plain}) for part in inner if part is not Ellipsis):
            return True
    return False


def _is_table(plain: type) -> bool:
    return (
        plain is object
        or issubclass(plain, Mapping | BaseModel)
        or is_typeddict(plain)
        or dataclasses.is_dataclass(plain)
    )
