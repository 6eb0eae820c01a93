"""The page about the strategies says exactly what their options are."""

import re
from pathlib import Path

import pytest

from app.ports import Strategy
from plugins_strategy.bollinger_reversion import BollingerReversion
from plugins_strategy.buy_and_hold import BuyAndHold
from plugins_strategy.donchian_breakout import DonchianBreakout
from plugins_strategy.macd_trend import MacdTrend
from plugins_strategy.momentum_rotation import MomentumRotation
from plugins_strategy.pairs import Pairs
from plugins_strategy.prediction import Prediction
from plugins_strategy.rsi_reversion import RsiReversion
from plugins_strategy.sma_cross import SmaCross

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[3]
SHIPPED: tuple[type[Strategy], ...] = (
    *(BollingerReversion, BuyAndHold, DonchianBreakout, MacdTrend, MomentumRotation),
    *(Pairs, Prediction, RsiReversion, SmaCross),
)
ROW = re.compile(r"^\| `(\w+)` \| `([^`]*)` \| (.+) \|$", re.MULTILINE)


def sections():
    """Return the text under each strategy's heading."""
    page = (ROOT / "docs" / "reference" / "strategies.md").read_text(encoding="utf-8")
    parts = re.split(r"^## (\w+)$", page, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def written(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    return f"{value:g}" if isinstance(value, float) else str(value)


def name_of(shipped):
    return shipped.__module__.removeprefix("plugins_strategy.")


def test_every_strategy_has_a_section_in_the_order_of_the_alphabet():
    files = {path.stem for path in (ROOT / "plugins_strategy").glob("[a-z]*.py")}
    assert list(sections()) == sorted(map(name_of, SHIPPED)) == sorted(files)


@pytest.mark.parametrize("shipped", SHIPPED, ids=name_of)
def test_a_section_lists_every_option_with_its_default_and_meaning_and_a_command(shipped):
    section = sections()[name_of(shipped)]
    fields = shipped.Options.model_fields.items()
    assert ROW.findall(section) == [
        (name, written(field.default), field.description) for name, field in fields
    ]
    assert f"$ lts run --strategy {name_of(shipped)}" in section
