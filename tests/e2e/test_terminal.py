"""`lts run` as somebody at a terminal sees it: a progress bar, then a coloured table."""

import os
import re
import subprocess
import sys
from contextlib import suppress
from typing import Any

import pytest

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.requirement("SYS-001"),
    pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals of this kind are POSIX"),
]

COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def seen_on_a_terminal(lts: Any, *arguments: str) -> str:
    """Return everything that `lts` writes to a terminal of 100 columns."""
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
    process = subprocess.Popen(
        [lts.program, *arguments],
        cwd=lts.here,
        env={**lts.environment, "TERM": "xterm-256color"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    seen = b""
    with suppress(OSError):  # how a terminal's reader learns on Linux that the last writer has left
        while part := os.read(ours, 65536):
            seen += part
    os.close(ours)
    assert process.wait(timeout=60) == 0, seen
    return seen.decode("utf-8")


def test_a_terminal_gets_a_progress_bar_and_colours(lts: Any) -> None:
    seen = seen_on_a_terminal(lts, "run")
    assert "Running" in seen
    assert "━" in seen
    assert "100%" in seen
    assert COLOUR.search(seen)
    assert seen.index("Running") < seen.index("Final equity")
    assert "Report " in COLOUR.sub("", seen)


def test_json_and_quiet_show_no_progress_on_a_terminal_either(lts: Any) -> None:
    quick = ("--set", "data.start=2012-06-01")
    assert seen_on_a_terminal(lts, "run", "--quiet", *quick) == ""
    printed = seen_on_a_terminal(lts, "run", "--json", *quick)
    assert printed.startswith("{")
    assert "\x1b" not in printed
