"""Options classes like those of real plugins, and one call that goes through all passes."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Protocol, Self

import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from app.settings.collection import Flag, collect
from app.settings.layers import Assignment, Collected, Layer, Source, Step
from app.settings.resolution import resolve
from app.settings.settings import Settings

OptionsOf = Callable[[str, str], type[BaseModel]]


class _Options(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _SmaCross(_Options):
    fast: int = Field(default=20, ge=1)
    slow: int = 100

    @model_validator(mode="after")
    def _slow_is_slower(self) -> Self:
        if self.slow <= self.fast:
            raise ValueError("slow must be more than fast")
        return self


class _Momentum(_Options):
    """Shares `fast` with sma_cross, has an option of its own name and one that is a table."""

    fast: int = 5
    momentum: int = 10
    weights: dict[str, Decimal] = {}
    ratio: float | None = None
    exact: bool = False


class _EqualWeight(_Options):
    capital: Decimal = Field(default=Decimal(100000), gt=0)
    currency: str = "USD"
    cash_buffer: Decimal = Field(default=Decimal("0.02"), ge=0, lt=1)


class _FixedQuantity(_Options):
    capital: Decimal = Field(default=Decimal(100000), gt=0)
    currency: str = "USD"
    quantity: Decimal = Field(default=Decimal(100), gt=0)


class _Simulated(_Options):
    commission_bps: Decimal = Field(default=Decimal(10), ge=0, lt=10_000)


class _Venue(_Options):
    """A broker with secrets: one by its type, one by its name, one inside a table; `account` is required."""

    account: str
    pin: SecretStr = SecretStr("")
    api_key: str = ""
    headers: dict[str, str] = {}
    endpoint: str = ""

    @model_validator(mode="after")
    def _talkative(self) -> Self:
        if self.account == "closed":
            raise ValueError(
                f"no: {self.pin.get_secret_value()} {self.api_key} {self.headers.get('auth_token', '')}"
            )
        return self


class _Broken(_Options):
    """Its validator is faulty: it raises what pydantic does not catch."""

    @model_validator(mode="after")
    def _fails(self) -> Self:
        raise TypeError("a fault that repeats hunter2")


_CLASSES: dict[tuple[str, str], type[BaseModel]] = {
    ("core", "headless"): _Options,
    ("aaa", "local"): _Options,
    ("pipeline", "backtest"): _Options,
    ("strategy", "sma_cross"): _SmaCross,
    ("strategy", "momentum"): _Momentum,
    ("strategy", "buy_and_hold"): _Options,
    ("portfolio", "equal_weight"): _EqualWeight,
    ("portfolio", "fixed_quantity"): _FixedQuantity,
    ("broker", "simulated"): _Simulated,
    ("broker", "venue"): _Venue,
    ("broker", "broken"): _Broken,
}


@pytest.fixture(scope="session")
def options_of() -> OptionsOf:
    """Return what the plugin host would: the options class of a plugin, KeyError for another."""
    return lambda kind, name: _CLASSES[kind, name]


class Settle(Protocol):
    """Go through all passes with what the layers say."""

    def __call__(
        self,
        *overrides: str,
        environ: Mapping[str, str] | None = None,
        database: Mapping[str, object] | None = None,
        flags: Mapping[str, Flag] | None = None,
        files: tuple[Mapping[str, object], ...] = (),
    ) -> Settings: ...


def _file_steps(files: tuple[Mapping[str, object], ...]) -> tuple[Step, ...]:
    steps = []
    for number, values in enumerate(files, start=1):
        source = Source(Layer.FILE, f"{number}.toml")
        assignments = [Assignment(tuple(key.split(".")), value, source) for key, value in values.items()]
        steps.append(Step(Layer.FILE, tuple(assignments)))
    return tuple(steps)


@pytest.fixture(scope="session")
def settle(options_of: OptionsOf) -> Settle:
    """Return a function that resolves; `files` are dotted keys of files named 1.toml, 2.toml ..."""

    def resolved(
        *overrides: str,
        environ: Mapping[str, str] | None = None,
        database: Mapping[str, object] | None = None,
        flags: Mapping[str, Flag] | None = None,
        files: tuple[Mapping[str, object], ...] = (),
    ) -> Settings:
        above = collect(overrides=overrides, environ=environ, database=database, flags=flags)
        steps = (*_file_steps(files), *above.steps)
        return resolve(Collected(above.environment, steps, above.notices), options_of)

    return resolved
