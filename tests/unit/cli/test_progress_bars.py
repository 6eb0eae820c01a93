"""A bar is drawn on terminals only."""

import sys
from io import StringIO

import pytest

from app.cli.progress import progress_bar

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-001")]


class Terminal(StringIO):
    """A stream that people look at."""

    def isatty(self) -> bool:
        return True


def drawn(monkeypatch, stream, *, shown):
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm-256color")
    with progress_bar("Checking", shown=shown) as progress:
        progress(0, 4)
        progress(4, 4)
    return stream.getvalue()


def test_a_terminal_gets_a_bar(monkeypatch):
    text = drawn(monkeypatch, Terminal(), shown=True)
    assert "Checking" in text
    assert "100%" in text


@pytest.mark.parametrize(("stream", "shown"), [(Terminal, False), (StringIO, True)])
def test_a_pipe_and_whoever_wants_none_get_nothing(monkeypatch, stream, shown):
    assert drawn(monkeypatch, stream(), shown=shown) == ""
