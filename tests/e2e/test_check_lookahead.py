"""`lts check-lookahead`: honest strategies pass, those that know what they cannot know are found."""

from typing import Any

import pytest

pytestmark = [pytest.mark.system, pytest.mark.requirement("SYS-001", "SYS-005", "SYS-011")]

QUICK = ("--set", "data.start=2012-06-01", "--set", "data.symbols=IBM,MSFT")

HEAD = """
from app.ports import Strategy, Target

class Base(Strategy):
    def decide(self, bars, book):
        intents = []
        for symbol in bars.updated:
            bar = bars[symbol]
            ahead = self.ahead(symbol, bar)
            if ahead is not None:
                intents.append(Target(symbol, signal=1 if ahead > bar.close else 0))
        return intents
"""

# The array of which the view is a part holds every bar that there will be.
PEEKS_THROUGH_A_VIEW = f"""{HEAD}
class Peeker(Base):
    def ahead(self, symbol, bar):
        row, every = len(bar.closes), bar.closes.base
        return every[row] if row < len(every) else None
"""

# The sample's last day, on which nothing is asked: the run over the whole data does not fail.
FAILS_WHERE_THE_DATA_END = f"""{HEAD}
LAST_DAY = 1_362_096_000_000_000_000

class Peeker(Base):
    def ahead(self, symbol, bar):
        return bar.closes.base[len(bar.closes)] if bar.time < LAST_DAY else None
"""

# What the first run saw is known to the second.
REMEMBERS_IN_ITS_MODULE = f"""{HEAD}
SEEN = {{}}

class Peeker(Base):
    def ahead(self, symbol, bar):
        SEEN[symbol, len(bar.closes)] = bar.close
        return SEEN.get((symbol, len(bar.closes) + 1), bar.open)
"""

# The first run's future is kept for all others, which would then agree with it.
KEEPS_THE_FIRST_FUTURE = f"""{HEAD}
KEPT = {{}}

class Peeker(Base):
    def ahead(self, symbol, bar):
        row, every = len(bar.closes), KEPT.setdefault(symbol, bar.closes.base)
        return every[row] if row < len(every) else None
"""

GUESSES = f"""{HEAD}
from random import SystemRandom

class Peeker(Base):
    def ahead(self, symbol, bar):
        return bar.close + SystemRandom().choice((-1, 1))
"""

HONEST = f"""{HEAD}
class Peeker(Base):
    def ahead(self, symbol, bar):
        return 2 * bar.close - bar.open
"""


def check(lts: Any, source: str, *more: str, code: int) -> Any:
    lts.install("acme-peeker", source, plugins_strategy="peeker = acme_peeker:Peeker")
    return lts.inside("check-lookahead", "--strategy", "peeker", "--json", *QUICK, *more, code=code)


@pytest.mark.parametrize("strategy", ["sma_cross", "buy_and_hold"])
def test_the_strategies_that_come_with_lts_are_clean_and_nothing_is_written(lts: Any, strategy: str) -> None:
    done = lts.inside("check-lookahead", "--strategy", strategy, *QUICK)
    assert done.out.startswith(f"No look-ahead found in {strategy}, 17 runs, 5 cuts: ")
    assert not lts.home.exists()
    assert list(lts.here.iterdir()) == []


def test_an_honest_strategy_that_trades_every_day_is_clean(lts: Any) -> None:
    verdict = check(lts, HONEST, code=0).json
    assert (verdict["clean"], verdict["findings"], verdict["warnings"]) == (True, [], [])
    assert verdict["orders"] > 50
    assert [cut["orders"] for cut in verdict["cuts"]] == sorted({cut["orders"] for cut in verdict["cuts"]})


def test_a_look_through_the_base_of_a_view_is_found_with_what_each_run_did(lts: Any) -> None:
    verdict = check(lts, PEEKS_THROUGH_A_VIEW, "--cuts", "1", code=1).json
    (cut,) = verdict["cuts"]
    assert {found["copy"] for found in verdict["findings"]} >= {"prefix"}
    assert {found["copy"] for found in verdict["findings"]} & {"rising garbage", "falling garbage"}
    for found in verdict["findings"]:
        assert found["time"] == found["cut"] == cut["time"]  # it looks one bar ahead
        assert found["symbol"] in {"IBM", "MSFT"}
        assert found["whole"] != found["copied"]


def test_a_strategy_that_fails_where_the_data_end_is_found(lts: Any) -> None:
    verdict = check(lts, FAILS_WHERE_THE_DATA_END, code=1).json
    failed = next(found for found in verdict["findings"] if found["copy"] == "prefix")
    assert "failed: Strategy peeker failed at " in failed["copied"]
    assert "IndexError" in failed["copied"]


def test_a_memory_in_the_module_is_found_by_running_twice(lts: Any) -> None:
    verdict = check(lts, REMEMBERS_IN_ITS_MODULE, code=1).json
    (found,) = verdict["findings"]
    assert (found["copy"], found["cut"]) == ("same data again", None)
    assert "keeps memory outside self.state" in verdict["warnings"][0]


def test_a_future_that_is_kept_in_the_module_does_not_hide_the_look_ahead(lts: Any) -> None:
    verdict = check(lts, KEEPS_THE_FIRST_FUTURE, code=1).json
    assert {found["copy"] for found in verdict["findings"]} >= {"prefix", "rising garbage"}


def test_a_strategy_that_guesses_is_told_from_one_that_knows(lts: Any) -> None:
    done = check(lts, GUESSES, code=1)
    assert "same data again" in {found["copy"] for found in done.json["findings"]}
    assert "leaves something to chance" in done.err


def test_a_failure_on_garbage_after_the_cut_is_no_finding(lts: Any) -> None:
    frightened = "1 / (0.8 < bar.close / bar.closes[-2:][0] < 1.25) and 2 * bar.close - bar.open"
    source = HONEST.replace("2 * bar.close - bar.open", frightened)
    assert check(lts, source, code=0).json["findings"] == []


def test_what_a_failure_says_of_secrets_is_masked(lts: Any) -> None:
    source = FAILS_WHERE_THE_DATA_END.replace(
        "class Peeker(Base):",
        "from app.ports import Options\nfrom pydantic import SecretStr\n"
        "class Keyed(Options):\n    key: SecretStr = SecretStr('none')\n"
        "class Peeker(Base):\n    Options = Keyed",
    ).replace(
        "        return bar.closes.base",
        "        if len(bar.closes) == len(bar.closes.base) and bar.time < LAST_DAY:\n"
        "            raise ValueError(self.options.key.get_secret_value())\n"
        "        return bar.closes.base",
    )
    done = check(lts, source, "--set", "strategy.key=open-sesame", code=1)
    assert "ValueError" in done.out
    assert "open-sesame" not in done.out + done.err


def test_findings_are_a_table_for_people(lts: Any) -> None:
    lts.install("acme-peeker", PEEKS_THROUGH_A_VIEW, plugins_strategy="peeker = acme_peeker:Peeker")
    done = lts.inside("check-lookahead", "--strategy", "peeker", "--cuts", "2", *QUICK, code=1)
    assert "Whole data" in done.out
    assert "The copy's run" in done.out
    assert "prefix" in done.out
    assert "Look-ahead found in peeker, 8 runs, 2 cuts" in done.out


def test_a_strategy_without_orders_is_clean_with_a_warning(lts: Any) -> None:
    done = check(lts, HEAD.replace("class Base", "class Peeker").replace("updated", "updated[:0]"), code=0)
    assert done.json["orders"] == 0
    assert "Note: The strategy made no order" in done.err


def test_the_check_reads_settings_of_every_layer_as_a_run_does(lts: Any) -> None:
    (lts.here / "mine.toml").write_text('[plugins]\nstrategy = "buy_and_hold"\n', encoding="utf-8")
    lts.environment["LTS__DATA__SYMBOLS"] = "IBM"
    verdict = lts.inside("check-lookahead", "-c", "mine.toml", "--set", "run.seed=7", "--json").json
    assert (verdict["strategy"], verdict["symbols"], verdict["seed"]) == ("buy_and_hold", ["IBM"], 7)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--strategy", "sma_crss"), "sma_cross"),
        (("--set", "strategy.fast=0"), "strategy.sma_cross.fast"),
        (("--set", "data.source=nowhere"), "data.source"),
        (("--set", "data.start=2012-12-28", "--set", "data.end=2012-12-29"), "one timestamp"),
    ],
)
def test_a_check_that_cannot_be_is_refused_with_one_message(lts: Any, arguments: Any, named: str) -> None:
    assert named in lts.inside("check-lookahead", *arguments, code=2).message


def test_the_number_of_cuts_has_limits(lts: Any) -> None:
    for cuts in ("0", "1001", "many"):
        assert "--cuts" in lts.inside("check-lookahead", "--cuts", cuts, code=2).err


PAPER = """
from plugins_pipeline.backtest import Backtest

class Paper(Backtest):
    mode = "paper"
"""


def test_a_pipeline_that_is_no_backtest_is_refused(lts: Any) -> None:
    lts.install("acme-paper", PAPER, plugins_pipeline="on_paper = acme_paper:Paper")
    message = lts.inside("check-lookahead", "--pipeline", "on_paper", code=2).message
    assert "The pipeline on_paper has the mode 'paper'" in message


def test_a_strategy_that_fails_on_the_data_as_they_are_is_an_error_and_no_finding(lts: Any) -> None:
    source = HONEST.replace("2 * bar.close - bar.open", "bar.no_such_thing")
    done = check(lts, source, code=1)
    assert "Strategy peeker failed at 2012-06-01" in done.message
    assert done.out == ""


def test_help_has_examples_and_exit_codes(lts: Any) -> None:
    shown = " ".join(lts.inside("check-lookahead", "--help").out.split())
    assert "Usage: lts check-lookahead" in shown
    assert "Examples: lts check-lookahead" in shown
    assert "Exit codes: 0 no look-ahead found, 1 found or the strategy failed, 2 bad configuration" in shown
