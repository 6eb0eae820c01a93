"""Bad input ends with one message that names the key, the value, the source and the remedy."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.settings.errors import SettingsError
from app.settings.model import DataSection

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-005"), pytest.mark.requirement("SYS-018")]


@pytest.mark.parametrize(
    ("override", "problem", "remedy"),
    [
        ("strategy.fsat=1", "strategy.fsat (from --set strategy.fsat) is not a setting.", "strategy.fast"),
        ("data.symbol=A", "data.symbol (from --set data.symbol) is not a setting.", "data.symbols"),
        ("symbols=A", "symbols (from --set symbols) is not a setting.", "Did you mean data.symbols?"),
        ("data.fast=1", "data.fast (from --set data.fast) is not a setting.", "strategy.fast"),
        ("DATA.START=x", "DATA.START (from --set DATA.START) is not a setting.", "Did you mean data.start?"),
        ("broker.zzz=1", "broker.zzz (from --set broker.zzz) is not a setting.", "plugins show broker"),
        ("zzz=1", "zzz (from --set zzz) is not a setting.", "`lts config show` lists every setting."),
        ("data=1", "data (from --set data) is a section.", "Its keys are data.source, data.path"),
        ("strategy=1", "strategy (from --set strategy) is a section.", "strategy.fast, strategy.slow."),
        ("data.start.day=1", "data.start.day (from --set data.start.day) is not a setting.", "set it whole"),
        (
            "plugins.stratgy=x",
            "plugins.stratgy (from --set plugins.stratgy)",
            "Did you mean plugins.strategy",
        ),
        (
            "plugins.zzz=x",
            "plugins.zzz (from --set plugins.zzz) is not a setting.",
            "The kinds are core, aaa",
        ),
        ("plugins.strategy=../x", 'plugins.strategy = "../x" (from --set plugins.strategy)', "plugins list"),
        ("strategy.fast=abc", 'strategy.sma_cross.fast = "abc" (from --set strategy.fast)', "plugins show"),
        ("strategy.fast=2.0", "is refused: it should be a valid integer.", ""),
        ("strategy.fast=true", "is refused: it should be a valid integer.", ""),
        ("strategy.fast=0", "is refused: it should be greater than or equal to 1.", ""),
        ("portfolio.capital=0", "is refused: it should be greater than 0.", ""),
        ("portfolio.capital=-5", "is refused: it should be greater than 0.", ""),
        ("portfolio.capital=NaN", "is refused: it should be a finite number.", ""),
        ("portfolio.capital=many", "is refused: it should be a valid decimal.", ""),
        ("broker.commission_bps=10000", "is refused: it should be less than 10000.", ""),
        ("environment=prod", 'environment = "prod" (from --set environment)', "development, testing, prod"),
        ("environment=../../etc/passwd", "is refused.", "It is one of"),
        ("no-equals", "--set number 1 has no '='.", "--set key=value"),
        ("=1", "--set  does not name a setting.", "data.start"),
        ("data..start=1", "--set data..start does not name a setting.", ""),
    ],
)
def test_a_bad_override_is_refused(settle: Any, override: str, problem: str, remedy: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settle(override)
    assert problem in caught.value.problem
    assert remedy in caught.value.remedy
    assert str(caught.value) == f"{caught.value.problem}\n{caught.value.remedy}"


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("run.seed", "1", 'run.seed = "1" (from 1.toml) is refused: it should be a valid integer.'),
        ("run.seed", True, "run.seed = true (from 1.toml) is refused: it should be a valid integer."),
        ("run.seed", 1.0, "run.seed = 1.0 (from 1.toml) is refused"),
        ("data.source", 5, "data.source = 5 (from 1.toml) is refused: it should be a valid string."),
        ("data.symbols", "AAPL", 'data.symbols = "AAPL" (from 1.toml) is refused'),
        ("data.symbols", ["A", 5], 'data.symbols = ["A", 5] (from 1.toml) is refused: item 2: it should'),
        ("portfolio.capital", True, "portfolio.equal_weight.capital = true (from 1.toml) is refused"),
        ("portfolio.capital", None, "portfolio.equal_weight.capital = null (from 1.toml) is refused"),
        ("strategy.fast", {"a": 1}, "strategy.sma_cross.fast = {a = 1} (from 1.toml) is refused"),
        ("strategy.fast", object(), "is refused: it cannot be written as JSON."),
        ("strategy", [1], "strategy (from 1.toml) is a section."),
        ("stratgy", {}, "stratgy (from 1.toml) is not a setting."),
        ("plugins.strategy", 5, "plugins.strategy = 5 (from 1.toml) is refused"),
        ("plugins", "x", "plugins (from 1.toml) is not a setting."),
        ("strategy.sma_cross", 5, "strategy.sma_cross (from 1.toml) is a section."),
    ],
)
def test_a_wrong_type_in_a_file_is_refused(settle: Any, key: str, value: object, problem: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settle(files=({key: value},))
    assert problem in caught.value.problem


def test_empty_tables_say_nothing(settle: Any) -> None:
    files = ({"plugins": {}, "data": {}, "strategy": {"sma_cross": {}, "momentum": {}}, "broker": {}},)
    assert settle(files=files).provenance() == settle().provenance()


def test_a_decimal_may_be_written_as_a_number_or_as_text(settle: Any) -> None:
    for value in (12.1, "12.1"):
        options = settle(files=({"broker.commission_bps": value},)).options("broker")
        assert options.model_dump(mode="json") == {"commission_bps": "12.1"}


def test_the_variable_that_is_wrong_is_named(settle: Any) -> None:
    with pytest.raises(SettingsError) as caught:
        settle(environ={"LTS__STRATEGY__SMA_CROSS__FAST": "abc"})
    assert "(from LTS__STRATEGY__SMA_CROSS__FAST)" in caught.value.problem
    with pytest.raises(SettingsError, match="LTS__ does not name a setting"):
        settle(environ={"LTS__": "1"})


def test_two_variables_that_set_one_key_are_refused(settle: Any) -> None:
    with pytest.raises(SettingsError, match="set twice by LTS__STRATEGY__FAST and LTS__STRATEGY__SMA_CROSS"):
        settle(environ={"LTS__STRATEGY__FAST": "1", "LTS__STRATEGY__SMA_CROSS__FAST": "2"})


def test_options_that_do_not_fit_together_are_named_with_their_sources(settle: Any) -> None:
    with pytest.raises(SettingsError) as caught:
        settle("strategy.fast=200", files=({"strategy.slow": 150},))
    assert caught.value.problem == (
        "strategy.sma_cross is refused: slow must be more than fast. Given: "
        "strategy.sma_cross.fast = 200 (from --set strategy.fast), "
        "strategy.sma_cross.slow = 150 (from 1.toml)."
    )


def test_a_wrong_value_below_a_right_one_does_no_harm(settle: Any) -> None:
    settings = settle("run.seed=3", environ={"LTS__RUN__SEED": "abc"})
    assert settings.core.run.seed == 3
    assert settings.explain("run.seed").shadowed[0].value == '"abc"'


def test_debug_logging_is_refused_in_production(settle: Any) -> None:
    with pytest.raises(SettingsError) as caught:
        settle("environment=production", environ={"LTS__LOG__LEVEL": "debug"})
    assert "(from LTS__LOG__LEVEL) is refused in production" in caught.value.problem
    assert settle("environment=testing", "log.level=debug").core.log.level == "debug"
    assert settle("environment=production").core.environment == "production"


def test_explaining_an_unknown_key_suggests_the_nearest(settle: Any) -> None:
    with pytest.raises(SettingsError) as caught:
        settle().explain("strategy.fsat")
    assert caught.value.problem == "strategy.fsat is not a setting."
    assert "strategy.fast" in caught.value.remedy


def test_foreign_variables_are_ignored_with_a_notice(settle: Any) -> None:
    environ = {
        "LTS_PORT": "tcp://10.0.0.1",
        "LTS_HOME": "/data",
        "LTS_DATABASE_URL": "x",
        "LTSX": "",
        "PATH": "",
    }
    assert settle(environ=environ).notices == (
        "Ignored environment variables: LTS_PORT. Settings begin with LTS__.",
    )
    many = {f"LTS_SERVICE_{number}": "" for number in range(20)}
    (notice,) = settle(environ=many).notices
    assert "LTS_SERVICE_0, LTS_SERVICE_1, " in notice
    assert "and 12 more" in notice


@given(key=st.text(max_size=40), value=st.text(max_size=40))
def test_any_override_is_taken_or_refused_on_printable_lines(settle: Any, key: str, value: str) -> None:
    assert _refusal(settle, f"{key}={value}").isprintable()


@given(value=st.text(max_size=60))
def test_any_text_for_any_type_is_taken_or_refused(settle: Any, value: str) -> None:
    for key in ("strategy.weights", "strategy.ratio", "strategy.exact", "strategy.fast", "data.symbols"):
        assert _refusal(settle, "plugins.strategy=momentum", f"{key}={value}").isprintable()


def _refusal(settle: Any, *overrides: str) -> str:
    """Return what is said about overrides that may be refused, "" if they are taken."""
    try:
        settle(*overrides)
    except SettingsError as error:
        return error.problem + error.remedy
    return ""


def test_text_that_is_not_unicode_is_refused(settle: Any) -> None:
    with pytest.raises(SettingsError, match="it is not valid Unicode text"):
        settle(environ={"LTS__DATA__PATH": "/prices/\udcff"})


def test_a_gigantic_key_gets_a_short_message(settle: Any) -> None:
    with pytest.raises(SettingsError) as caught:
        settle(files=({"data." + "x" * 1_000_000: 1},))
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize(
    "tick",
    ["0", "-1", "0.000000001", "0.123456789", "1000001", "NaN", "0.0.1", "1_000", "\uff10.\uff11"],
)
def test_a_tick_that_no_price_could_be_read_with_is_refused_before_any_data(tick):
    with pytest.raises(ValidationError):
        DataSection(tick=tick)


@pytest.mark.parametrize("tick", ["", "0.01", "0.00000001", "1000000", "2.50"])
def test_a_tick_of_eight_decimals_or_none_is_taken(tick):
    assert DataSection(tick=tick).tick == tick
