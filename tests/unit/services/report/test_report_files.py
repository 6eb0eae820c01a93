"""What a report leaves on the disk."""

import os
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.errors import StorageError
from app.ports.run import RunResult
from app.services.report import ReportHeader, write_report

pytestmark = pytest.mark.integration


def test_a_report_is_one_page_with_plotlys_script_beside_it(
    result: RunResult, header: ReportHeader, tmp_path: Path
) -> None:
    folder = tmp_path / "reports"
    page = write_report(result, header, folder)
    assert page == folder / f"{header.run_id}.html"
    assert sorted(path.name for path in folder.iterdir()) == sorted([page.name, "plotly.min.js"])
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert (folder / "plotly.min.js").read_bytes().startswith(b"/**\n* plotly.js v")


@pytest.mark.requirement("SYS-010")
@pytest.mark.skipif(os.name == "nt", reason="Windows keeps the user's folders private by itself")
def test_both_files_belong_to_the_user_alone(result: RunResult, header: ReportHeader, tmp_path: Path) -> None:
    page = write_report(result, header, tmp_path / "reports")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in page.parent.iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE(page.parent.stat().st_mode) == 0o700


def test_the_script_is_written_once_and_replaced_when_it_differs(
    result: RunResult, header: ReportHeader, tmp_path: Path
) -> None:
    write_report(result, header, tmp_path)
    script = tmp_path / "plotly.min.js"
    content, written = script.read_bytes(), script.stat().st_ino
    write_report(result, replace(header, run_id="second"), tmp_path)
    assert script.stat().st_ino == written
    script.write_bytes(b"/** plotly.js v0 */")
    write_report(result, replace(header, run_id="third"), tmp_path)
    assert script.read_bytes() == content


def test_a_folder_that_cannot_be_made_is_named(
    result: RunResult, header: ReportHeader, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StorageError, match="reports"):
        write_report(result, header, tmp_path / "file" / "reports")


def test_a_notice_with_bytes_that_are_no_text_is_still_written(
    result: RunResult, header: ReportHeader, tmp_path: Path
) -> None:
    odd = os.fsdecode(b"caf\xe9.csv") if os.name != "nt" else "caf\udce9.csv"
    page = write_report(replace(result, notices=[odd]), header, tmp_path)
    assert "caf\\udce9.csv" in page.read_text(encoding="utf-8")


def test_importing_the_report_loads_neither_plotly_nor_jinja_nor_numpy() -> None:
    code = (
        "import sys, app.services.report, app.cli.summary\n"
        "sys.exit(' '.join({'plotly', 'jinja2', 'numpy', 'rich'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
