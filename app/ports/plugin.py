"""The base of every plugin: typed options and the standard debug structure."""

import re
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import PydanticUndefined

from app.domain.errors import PluginError

_PLAIN = re.compile(r"[+-]?(?:[0-9]{1,28}(?:\.[0-9]{0,18})?|\.[0-9]{1,18})(?:[eE][+-]?[0-9]{1,2})?")


def _plain(value: Any) -> Any:
    """Return text and numbers as the decimal that they show, so that even strict validation takes them."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return value
    text = value.strip() if isinstance(value, str) else repr(value)
    if not _PLAIN.fullmatch(text):
        raise ValueError("it should be a finite number like 0.05, of at most 28 digits and 18 decimals")
    return Decimal(text)


def _bounded(value: Decimal) -> Decimal:
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -_DECIMALS or value.adjusted() > _DIGITS:
        raise ValueError(f"it should be finite, below 1e{_DIGITS} and of at most {_DECIMALS} decimals")
    return value


_DIGITS, _DECIMALS = 28, 18

Number = Annotated[Decimal, BeforeValidator(_plain), AfterValidator(_bounded)]
"""The type of an option that is money, a quantity or a rate: an exact decimal of a sane size."""


class Options(BaseModel):
    """A plugin's options: a frozen value that refuses unknown keys; subclass it with typed fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PluginBase:
    """What all six kinds share; `options` is the frozen value of the class's `Options`.

    `plugin_params` holds the default of every option and `plugin_debug_vars` names the attributes that
    `get_debug_info` shows. A plugin reads no environment and no files of its own.
    """

    Options: ClassVar[type[Options]] = Options
    plugin_params: ClassVar[dict[str, Any]] = {}
    plugin_debug_vars: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.plugin_params = {
            name: field.get_default(call_default_factory=True)
            for name, field in cls.Options.model_fields.items()
            if field.default is not PydanticUndefined or field.default_factory is not None
        }

    def __init__(self, options: BaseModel | None = None) -> None:
        self.options: Any = options if options is not None else self.Options()

    def set_params(self, **params: Any) -> None:
        """Replace the options whole, with these values over the present ones.

        Raises PluginError that names the key, the value and the reason; the old options then stay.
        """
        merged = {**self.options.model_dump(), **params}
        try:
            self.options = self.Options.model_validate(merged)
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"]) or "options"
            raise PluginError(
                f"{type(self).__name__}: {key} = {first['input']!r} is not valid: {first['msg']}."
            ) from error

    def get_debug_info(self) -> dict[str, Any]:
        """Return the present values of the attributes that `plugin_debug_vars` names."""
        return {name: getattr(self, name, None) for name in self.plugin_debug_vars}

    def add_debug_info(self, info: dict[str, Any]) -> None:
        """Merge the debug information into the given dictionary."""
        info.update(self.get_debug_info())
