"""Tables of the command line, in a pipe and on a terminal."""

import re

import pytest

from app.cli.tables import print_table

pytestmark = pytest.mark.unit

LONG = "word " * 60


def test_a_pipe_gets_each_row_whole_on_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    print_table(("Key", "Value"), [("a.very.long.key.of.a.plugin", LONG), ("b", "2")])
    lines = capsys.readouterr().out.splitlines()
    assert any("a.very.long.key.of.a.plugin" in line and LONG.strip() in line for line in lines)


def test_cells_are_text_and_no_markup_and_their_control_characters_are_escaped(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_table(("Key",), [("[bold]x[/bold]",), ("\x1b[31mred",), ("two\nlines",)])
    printed = capsys.readouterr().out
    assert "[bold]x[/bold]" in printed
    assert "\\x1b[31mred" in printed
    assert "two" in printed
    assert "two\\nlines" not in printed


def test_a_terminal_gets_lines_that_fit(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "40")
    print_table(("Key", "Value"), [("a", LONG)])
    lines = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out).splitlines()
    assert max(map(len, lines)) <= 40
    assert " ".join(" ".join(lines).split()).count("word") == 60


def test_a_terminal_of_80_columns_cuts_neither_keys_nor_values(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    key, value, source = "portfolio.equal_weight.cash_buffer", "v" * 100, f"/{'s' * 100}.toml"
    print_table(("Key", "Value", "Set by"), [(key, value, source)])
    printed = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    assert max(map(len, printed.splitlines())) <= 80
    assert key in printed
    assert printed.count("v") == 100 + key.count("v") + "Value".count("v")
    assert printed.count("s") >= 100
    assert "…" not in printed
