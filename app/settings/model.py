"""The core settings: everything that belongs to no plugin, with its defaults."""

import re
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal, Self, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Environment = Literal["development", "testing", "production"]
ENVIRONMENTS: tuple[str, ...] = get_args(Environment)

_SECOND = 1_000_000_000
_DAY = 86_400 * _SECOND
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[Tt ]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?([Zz]|[+-][0-9]{2}:[0-9]{2}))?"
)
_SYMBOL = re.compile(r"[A-Za-z0-9._/:^=-]{1,32}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_SOURCE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_CALENDAR = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./-]{0,31}")
_COLUMN = re.compile(r"[^\x00-\x1f\x7f,\"]{1,64}")


def nanoseconds(text: str, *, last: bool = False) -> int | None:
    """Return an ISO date or RFC 3339 time as UTC nanoseconds since 1970, None for "".

    A date is its first nanosecond, or its last where `last` is true. Raises ValueError for anything else and
    for what does not fit 64 bits.
    """
    if not text:
        return None
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise ValueError("it should be a date (2005-01-31) or a time with its zone (2005-01-31T16:00:00Z)")
    day, clock, fraction, zone = match.groups()
    moment = datetime.fromisoformat(f"{day}T{clock or '00:00:00'}{(zone or 'Z').upper()}") - _EPOCH
    result = (moment.days * 86_400 + moment.seconds) * _SECOND + int((fraction or "").ljust(9, "0"))
    if clock is None and last:
        result += _DAY - 1
    if abs(result) >= 2**63:
        raise ValueError('it should lie between 1678 and 2261; "" is as far as the data go')
    return result


def _moment(text: str) -> str:
    nanoseconds(text)
    return text


def _symbol(text: str) -> str:
    if not _SYMBOL.fullmatch(text):
        raise ValueError("a symbol is 1 to 32 letters, digits and . _ / : ^ = -")
    return text


def _symbols(symbols: tuple[str, ...]) -> tuple[str, ...]:
    if not symbols:
        raise ValueError("it should name at least one symbol")
    repeated = [symbol for symbol, times in Counter(symbols).items() if times > 1]
    if repeated:
        raise ValueError(f"{repeated[0]} appears twice")
    return symbols


def _benchmark(text: str) -> str:
    return _symbol(text) if text else text


def plugin_name(value: object) -> str:
    """Return the value if it can name a plugin; raises ValueError otherwise."""
    if not (isinstance(value, str) and _NAME.fullmatch(value)):
        raise ValueError("a plugin's name is 1 to 64 letters, digits, _ and -")
    return value


def _source_name(text: str) -> str:
    if not _SOURCE_NAME.fullmatch(text):
        raise ValueError('it should name a data source, like "sample" or "csv"')
    return text


def _calendar(text: str) -> str:
    if text and not _CALENDAR.fullmatch(text):
        raise ValueError('it should name a calendar, like "XNYS", or be "" for none')
    return text


def _columns(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if not _COLUMN.fullmatch(name) or name != name.strip():
            raise ValueError(f"{name!r} is not the name of a column")
    repeated = [name for name, times in Counter(names).items() if times > 1]
    if repeated:
        raise ValueError(f"{repeated[0]} appears twice")
    return names


def _path(text: str) -> str:
    if "\0" in text or len(text) > 4096:
        raise ValueError("it is not a path")
    return text


def _number_as_written(value: object) -> object:
    return repr(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _tick(text: str) -> str:
    if text:
        try:
            # Decimal reads digits of any script and skips underscores; a price never looks like that.
            size = Decimal(text if text.isascii() and "_" not in text else "")
        except InvalidOperation as error:
            raise ValueError(
                'it should be a number like "0.01", or "" for the finest decimals seen'
            ) from error
        sane = size.is_finite() and Decimal("1e-8") <= size <= 1_000_000
        if not sane or size != round(size, 8):
            raise ValueError("it should lie between 0.00000001 and 1000000, with at most eight decimals")
    return text


Moment = Annotated[str, AfterValidator(_moment)]
PluginName = Annotated[str, AfterValidator(plugin_name)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PluginsSection(_Section):
    """Which plugin serves each of the six kinds."""

    core: PluginName = "headless"
    aaa: PluginName = "local"
    pipeline: PluginName = "backtest"
    strategy: PluginName = "sma_cross"
    broker: PluginName = "simulated"
    portfolio: PluginName = "equal_weight"


KINDS = tuple(PluginsSection.model_fields)


_Length = Literal["1m", "5m", "15m", "1h", "4h", "1d", "1w"]
_LENGTHS: tuple[str, ...] = get_args(_Length)
_AnyAction = Literal["keep", "drop", "repair", "halt"]
_NotRepair = Literal["keep", "drop", "halt"]
_NotKeep = Literal["drop", "repair", "halt"]


class DataSection(_Section):
    """Which bars a run reads; `start` and `end` are inclusive, "" is as far as the data go.

    `on_stale` and the like say what becomes of doubtful bars.
    """

    source: Annotated[str, AfterValidator(_source_name)] = "sample"
    path: Annotated[str, AfterValidator(_path)] = ""
    symbols: Annotated[tuple[Annotated[str, AfterValidator(_symbol)], ...], AfterValidator(_symbols)] = (
        "AAPL",
        "GOOG",
        "IBM",
        "MSFT",
    )
    timeframe: _Length = "1d"
    finer_timeframe: Literal["", _Length] = ""
    start: Moment = ""
    end: Moment = ""
    tick: Annotated[str, BeforeValidator(_number_as_written), AfterValidator(_tick)] = ""
    actions: Annotated[str, AfterValidator(_path)] = ""
    extra_columns: Annotated[tuple[str, ...], AfterValidator(_columns)] = ()
    calendar: Annotated[str, AfterValidator(_calendar)] = ""
    on_stale: _AnyAction = "keep"
    on_gap: _AnyAction = "keep"
    on_repaired: _NotRepair = "keep"
    on_fallback: _NotRepair = "keep"
    on_bad: _NotKeep = "halt"
    stale_after: int = Field(default=5, ge=1, lt=2**31)

    @model_validator(mode="after")
    def _finer_is_shorter(self) -> Self:
        finer = self.finer_timeframe
        if finer and _LENGTHS.index(finer) >= _LENGTHS.index(self.timeframe):
            raise ValueError(f"data.finer_timeframe ({finer}) is not shorter than data.timeframe")
        return self

    @model_validator(mode="after")
    def _end_not_before_start(self) -> Self:
        first, last = self.start_nanoseconds, self.end_nanoseconds
        if first is not None and last is not None and last < first:
            raise ValueError("data.end lies before data.start")
        return self

    @property
    def start_nanoseconds(self) -> int | None:
        """Return the first instant wanted as UTC nanoseconds, None for as far as the data go."""
        return nanoseconds(self.start)

    @property
    def end_nanoseconds(self) -> int | None:
        """Return the last instant wanted as UTC nanoseconds, None for as far as the data go."""
        return nanoseconds(self.end, last=True)

    @property
    def tick_size(self) -> Decimal | None:
        """Return the price step, None where the finest decimals seen decide."""
        return Decimal(self.tick) if self.tick else None


class RunSection(_Section):
    """What a run is beside its data and plugins; benchmark "" is an equal-weight buy-and-hold."""

    seed: int = Field(default=1, ge=0, lt=2**63)
    benchmark: Annotated[str, AfterValidator(_benchmark)] = ""
    speed: Literal["auto", "interpreted", "compiled"] = "auto"


class LogSection(_Section):
    """How much is logged."""

    level: Literal["debug", "info", "warning", "error"] = "info"


class CoreSettings(_Section):
    """Everything that belongs to no plugin."""

    environment: Environment = "development"
    plugins: PluginsSection = PluginsSection()
    data: DataSection = DataSection()
    run: RunSection = RunSection()
    log: LogSection = LogSection()
