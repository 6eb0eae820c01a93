"""What the program says about itself."""

import re
from importlib.metadata import version
from typing import Any

import pytest

pytestmark = pytest.mark.system

COMMANDS = [
    "run",
    "check-lookahead",
    "sweep",
    "config show",
    "config explain",
    "plugins list",
    "plugins show",
    "plugins debug",
    "db upgrade",
    "db downgrade",
    "db current",
    "db check",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(lts: Any, command: str) -> None:
    shown = lts.inside(*command.split(), "--help").out
    assert f"Usage: lts {command}" in shown
    assert re.search(rf"Examples?:\s+lts {command}", shown)


def test_help_names_every_command_and_gives_examples(lts: Any) -> None:
    shown = lts.inside("--help").out
    for name in ("run", "check-lookahead", "sweep", "config", "plugins", "db"):
        assert re.search(rf"^│ {name} ", shown, re.MULTILINE)
    assert "lts run" in shown[shown.index("Examples:") :]
    assert lts.inside("-h").out == shown


def test_help_of_run_states_exit_codes_and_where_files_go(lts: Any) -> None:
    shown = " ".join(lts.inside("run", "--help").out.split())
    assert "Exit codes: 0 done, 1 the run failed, 2 bad configuration or input, 130" in shown
    for default in ("LTS_DATABASE_URL, else lts.db in", "reports in the data folder"):
        assert default in shown


def test_version_is_the_distributions(lts: Any) -> None:
    assert lts.inside("--version").out == f"lts {version('lts-server')}\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "pwsh"])
def test_completion_is_there_for_the_usual_shells(lts: Any, shell: str) -> None:
    script = lts(env={"_LTS_COMPLETE": f"source_{shell}"}).out
    assert "_LTS_COMPLETE" in script


def test_completion_completes_commands(lts: Any) -> None:
    asked = {"_LTS_COMPLETE": "complete_bash", "COMP_WORDS": "lts plu", "COMP_CWORD": "1"}
    assert lts(env=asked).out.split() == ["plugins"]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [(["runn"], "runn"), (["run", "--sett", "a=1"], "--sett"), (["config", "explain"], "key")],
)
def test_a_mistyped_command_line_is_refused_with_exit_code_2(
    lts: Any, arguments: list[str], named: str
) -> None:
    done = lts.inside(*arguments, code=2)
    assert named in done.err
    assert done.out == ""
