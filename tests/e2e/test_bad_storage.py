"""Folders, databases, disks and pipes that cannot take what a run writes."""

import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.system, pytest.mark.requirement("SYS-011", "SYS-013")]

posix = pytest.mark.skipif(sys.platform == "win32", reason="limits and devices of POSIX")
QUICK = ("--set", "data.start=2012-06-01")

# Starts the program named by the arguments under a limit on the size of every file that it writes.
LIMITED = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
os.execv(sys.argv[2], sys.argv[2:])
"""


def limited(lts: Any, limit: int, *arguments: str) -> Any:
    lts.measure_no_coverage()
    return lts.call([sys.executable, "-c", LIMITED, str(limit), str(lts.program), *arguments])


def test_a_database_below_a_file_is_refused(lts: Any) -> None:
    (lts.here / "file").write_text("content", encoding="utf-8")
    for words in (("run",), ("db", "upgrade")):
        message = lts.inside(*words, "--db", lts.here / "file" / "lts.db", code=2).message
        assert str(lts.here / "file") in message
        assert "Name another" in message
    assert (lts.here / "file").read_text(encoding="utf-8") == "content"


def test_a_database_that_is_a_folder_is_refused(lts: Any) -> None:
    for words in (("run",), ("db", "current"), ("config", "show")):
        message = lts.inside(*words, "--db", lts.here, code=2).message
        assert str(lts.here) in message


@pytest.mark.parametrize(
    "content", [b"dear diary\n" * 1000, b"\x00" * 8192, b"SQLite format 3\x00" + b"x" * 500]
)
def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(lts: Any, content: bytes) -> None:
    path = lts.here / "diary.db"
    path.write_bytes(content)
    for words in (("run",), ("db", "upgrade"), ("config", "show")):
        message = lts.inside(*words, "--db", path, code=2).message
        assert str(path) in message
    assert path.read_bytes() == content


def test_an_output_folder_that_is_a_file_or_lies_below_one_is_refused(lts: Any) -> None:
    (lts.here / "file").write_text("content", encoding="utf-8")
    for folder in ("file", "file/below"):
        message = lts.inside("run", "--output", folder, code=2).message
        assert f"The folder {folder} cannot be made" in message
    assert lts.runs() == []


def test_a_home_folder_that_is_a_file_is_refused(lts: Any) -> None:
    lts.home.write_text("content", encoding="utf-8")
    assert str(lts.home) in lts.inside("run", code=2).message


@posix
@pytest.mark.parametrize(("limit", "runs"), [(50_000, 0), (1_000_000, 1)])
def test_a_full_disk_ends_the_run_which_never_looks_finished(lts: Any, limit: int, runs: int) -> None:
    done = limited(lts, limit, "run", "--json")
    assert (done.code, done.out) == (1, "")
    assert str(lts.database) in done.message
    assert "free space" in done.message
    stored = lts.runs()
    assert len(stored) == runs
    assert "completed" not in dict(stored)


@posix
def test_a_report_that_finds_no_room_fails_the_run_and_is_named(lts: Any) -> None:
    done = limited(lts, 4_000_000, "run", "--json")
    assert (done.code, done.out) == (1, "")
    assert "plotly.min.js could not be written" in done.message
    ((status, error),) = lts.runs()
    assert status == "failed"
    assert "plotly.min.js" in (error or "")
    assert lts.query("SELECT count(*) > 100 FROM equity_points") == [(1,)]
    assert [record[0] for record in lts.query("SELECT action FROM audit_logs ORDER BY sequence")] == [
        "run.started",
        "run.ended",
    ]
    assert [path.suffix for path in (lts.home / "reports").iterdir()] == [".jsonl"]


@posix
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_output_that_cannot_be_written_is_one_message_and_exit_code_1(lts: Any) -> None:
    for words in (("run", "--json", *QUICK), ("run", *QUICK), ("config", "show"), ("--help",)):
        with Path("/dev/full").open("wb") as full:
            done = lts(*words, stdout=full, code=1)
        assert done.message.startswith("Error: The output cannot be written: no space left on device.")
    assert dict(lts.runs()) == {"completed": None}


@posix
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_an_error_that_cannot_be_told_still_has_its_exit_code(lts: Any) -> None:
    with Path("/dev/full").open("wb") as full:
        lts("run", "--set", "data.start=never", stderr=full, code=2)


@posix
@pytest.mark.parametrize("words", [("run", "--json", *QUICK), ("run", *QUICK), ("plugins", "list")])
def test_a_reader_that_has_left_is_no_reason_for_a_traceback(lts: Any, words: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        assert lts(*words, stdout=writing, code=1).err == ""
    finally:
        os.close(writing)


@posix
@pytest.mark.parametrize(("closing", "code"), [(">&-", 0), ("2>&-", 0), (">&- 2>&-", 0)])
def test_closed_streams_do_not_stop_a_run(lts: Any, closing: str, code: int) -> None:
    command = ["sh", "-c", f'"$@" {closing}', "sh", str(lts.program), "run", *QUICK]
    assert lts.call(command).code == code
    assert lts.runs() == [("completed", None)]


@posix
def test_a_user_without_privileges_name_or_home_runs_it_and_is_told_what_may_not_be_written(
    ordinary: Any,
) -> None:
    lts = ordinary
    assert lts("run", "--json", *QUICK).json["status"] == "completed"
    locked = lts.here / "locked"
    locked.mkdir(mode=0o555)
    for words in (("--db", locked / "lts.db"), ("--output", locked / "out"), ("--output", locked)):
        message = lts("run", *QUICK, *words, code=2).message
        assert str(locked) in message
        assert "write permission" in message
    assert [status for status, _ in lts.runs()] == ["completed", "failed"]
    (user,) = lts.query("SELECT issuer, username FROM users")
    if lts.prefix:
        assert re.fullmatch(r"uid-\d+", user[1])
        del lts.environment["LTS_HOME"]
        assert "LTS_HOME" in lts("run", code=2).message
