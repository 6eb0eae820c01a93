"""Bad settings and bad data: one message that names what is wrong and what to do, exit code 2, and no run."""

import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.system, pytest.mark.requirement("SYS-011", "SYS-018", "SYS-019")]

HEADER = "timestamp,open,high,low,close,volume\n"
GOOD = "2020-01-02,10,12,9,11,100\n2020-01-03,11,13,10,12,100\n2020-01-06,12,14,11,13,100\n"


def refused(lts: Any, *arguments: object) -> str:
    """Return the one message of a run that must not have begun."""
    done = lts.inside("run", *arguments, code=2)
    assert done.out == ""
    assert lts.runs() == []
    assert list(lts.home.glob("reports/*")) == []
    return done.message


SETTINGS = {
    "unknown key": ("data.sourec=csv", ["data.sourec", "--set", "Did you mean data.source"]),
    "unknown section": ("dta.source=csv", ["dta.source"]),
    "wrong type": ("strategy.fast=soon", ["strategy.sma_cross.fast", '"soon"', "integer"]),
    "no value": ("strategy.fast", ["--set number 1", "key=value"]),
    "options that contradict each other": ("strategy.fast=200", ["fast (200)", "slow (100)"]),
    "capital of nothing": ("portfolio.capital=0", ["portfolio.equal_weight.capital", "greater than 0"]),
    "negative capital": ("portfolio.capital=-5", ["portfolio.equal_weight.capital", "greater than 0"]),
    "capital that is no number": ("portfolio.capital=NaN", ["portfolio.equal_weight.capital", "NaN"]),
    "endless capital": ("portfolio.capital=Infinity", ["portfolio.equal_weight.capital", "nfinity"]),
    "capital of fractions of a cent": ("portfolio.capital=0.001", ["capital", "0.001", "decimals"]),
    "capital beyond what can be stored": ("portfolio.capital=1e12", ["portfolio.capital", "92 billion"]),
    "capital beyond all bounds": ("portfolio.capital=1e30", ["capital", "1e30"]),
    "unknown currency": ("portfolio.currency=dollars", ["portfolio.equal_weight.currency", "dollars"]),
    "symbol not in the data": ("data.symbols=IBM,TSLA", ["TSLA is not in the data", "AAPL"]),
    "symbol twice": ("data.symbols=IBM,IBM", ["data.symbols", "IBM appears twice"]),
    "benchmark not in the data": ("run.benchmark=SPY", ["run.benchmark", "SPY"]),
    "no data in the period": ("data.start=2031-01-01", ["no bar in the period", "data.start"]),
    "time frame finer than the data": ("data.timeframe=1h", ["AAPL", "1h", "data.timeframe"]),
    "day that does not exist": ("data.start=2012-02-30", ["data.start", "2012-02-30"]),
    "unknown environment": ("environment=prod", ["environment", "prod", "production"]),
    "unknown source": ("data.source=sampel", ["data.source", "Did you mean 'sample'"]),
    "no path": ("data.source=csv", ["data.path is empty"]),
}


@pytest.mark.parametrize("case", SETTINGS)
def test_a_bad_setting_is_refused(lts: Any, case: str) -> None:
    setting, named = SETTINGS[case]
    message = refused(lts, "--set", setting)
    assert [words for words in named if words not in message] == []


def test_an_end_before_the_start_is_refused(lts: Any) -> None:
    message = refused(lts, "--set", "data.start=2012-01-01", "--set", "data.end=2011-01-01")
    assert "data.end lies before data.start" in message
    assert "2011-01-01" in message


FILES = {
    "missing.toml": (None, ["missing.toml"]),
    "broken.toml": ("[data\n", ["broken.toml", "line 1"]),
    "unknown.toml": ("[data]\nsorce = 1\n", ["data.sorce", "unknown.toml", "data.source"]),
    "typed.toml": ("[strategy]\nfast = 'x'\n", ["strategy.sma_cross.fast", "typed.toml"]),
    "nan.toml": ("[portfolio]\ncapital = nan\n", ["nan.toml"]),
    "broken.json": ('{"data": }', ["broken.json", "line 1"]),
    "twice.json": ('{"data": {"tick": "1", "tick": "2"}}', ["twice.json", "tick"]),
    "settings.yaml": ("data: {}\n", ["settings.yaml", "TOML"]),
}


@pytest.mark.parametrize("name", FILES)
def test_a_bad_settings_file_is_refused_by_name(lts: Any, name: str) -> None:
    content, named = FILES[name]
    if content is not None:
        (lts.here / name).write_text(content, encoding="utf-8")
    message = refused(lts, "--config", name)
    assert [words for words in named if words not in message] == []


ROWS = {
    "empty file": ("", ["is empty"]),
    "header only": (HEADER, ["no rows"]),
    "no such columns": ("day,price\n2020-01-02,1\n", ["timestamp"]),
    "unparseable price": (HEADER + "2020-01-02,10,12,x,11,100\n", ["line 2", "'x'"]),
    "unparseable day": (HEADER + GOOD + "yesterday,10,12,9,11,100\n", ["line 5", "'yesterday'"]),
    "fields missing": (HEADER + GOOD + "2020-01-07,10,12\n", ["line 5", "3 fields"]),
    "high below low": (HEADER + GOOD + "2020-01-07,10,8,9,10,100\n", ["line 5", "high"]),
    "no number": (HEADER + GOOD + "2020-01-07,10,NaN,9,11,100\n", ["line 5", "high"]),
    "day twice": (HEADER + GOOD + "2020-01-06,12,14,11,13,100\n", ["line 5", "the same as", "line 4"]),
    "unsorted": (HEADER + GOOD + "2020-01-05,12,14,11,13,100\n", ["line 5"]),
    "mixed time zones": (
        HEADER + "2020-01-02T00:00:00Z,10,12,9,11,1\n2020-01-03T00:00:00,10,12,9,11,1\n",
        ["line 3"],
    ),
    "not text": (b"\x00\xff\xfe" * 100, ["line 1"]),
}


@pytest.mark.parametrize("case", ROWS)
def test_bad_rows_are_refused_by_file_and_line(lts: Any, case: str) -> None:
    content, named = ROWS[case]
    path = lts.here / "ACME.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    message = refused(lts, *source(path))
    assert [words for words in ("ACME.csv", *named) if words not in message] == []


def source(path: object) -> list[str]:
    settings = ("data.source=csv", f"data.path={path}", "data.symbols=ACME")
    return [word for setting in settings for word in ("--set", setting)]


def test_a_missing_data_file_and_an_empty_folder_are_refused(lts: Any) -> None:
    (lts.here / "prices").mkdir()
    for name in ("nowhere.csv", "prices", "prices/*.csv"):
        message = refused(lts, *source(name))
        assert name in message
        assert "data.path" in message


# Prints the most memory that the program named by the arguments took. Started by the test itself it would
# seem to take what the test holds, because Linux begins to count before the program takes over.
MEASURED = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""


@pytest.mark.requirement("STC-10")
@pytest.mark.skipif(sys.platform == "win32", reason="memory is measured and sparse files made as on POSIX")
def test_a_huge_file_of_one_line_is_refused_at_once_in_little_memory(lts: Any) -> None:
    path = lts.here / "ACME.csv"
    with path.open("wb") as file:
        file.truncate(1 << 30)
    done = lts.call([sys.executable, "-c", MEASURED, str(lts.program), "run", *source(path)])
    assert done.code == 2
    assert "ACME.csv, line 1: the line is longer than 64 KiB" in done.message
    assert int(done.out) * (1 if sys.platform == "darwin" else 1024) < 200 << 20
    assert lts.runs() == []


def test_debug_adds_the_traceback_before_the_message(lts: Any) -> None:
    bad = ("run", "--set", "strategy.fast=soon")
    told = lts(*bad, code=2).err
    done = lts(*bad, "--debug", code=2)
    assert done.err.startswith("Traceback")
    assert done.err.endswith(told)


def test_control_characters_of_the_input_never_reach_the_terminal(lts: Any) -> None:
    (lts.here / "ACME.csv").write_text(HEADER + "\x1b[31m2020,1,1,1,1,1\n", encoding="utf-8")
    for arguments in (source("ACME.csv"), ["--set", "a\x1b[31m.b=1"], ["--config", "no\x1b[31m.toml"]):
        assert "\x1b" not in refused(lts, *arguments)


@pytest.mark.parametrize("name", ["my données", "数据 🙂 %s {x} 'q'"])
@pytest.mark.requirement("SYS-012", "STC-8")
def test_paths_with_blanks_and_any_letters_work_everywhere(lts: Any, name: str) -> None:
    folder = lts.here / name
    folder.mkdir()
    rows = "".join(f"2020-01-{day:02},10,12,9,11,100\n" for day in range(1, 29))
    (folder / "ACME.csv").write_text(HEADER + rows, encoding="utf-8")
    (folder / "my settings.toml").write_text("[strategy]\nfast = 2\nslow = 3\n", encoding="utf-8")
    written = ("--config", folder / "my settings.toml", "--db", folder / "my.db", "--output", folder / "out")
    summary = lts("run", "--json", *source(folder), *written).json
    assert summary["status"] == "completed"
    assert summary["bars"] == 28
    assert Path(summary["report"]).parent == folder / "out"
    assert Path(summary["database"]) == folder / "my.db"
    assert lts.runs(str(folder / "my.db")) == [("completed", None)]
