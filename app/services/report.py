"""The HTML report of a run: one private file that opens offline, with plotly's script beside it."""

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from app.security.files import write_private
from app.services._report.header import PluginRow, ReportHeader, SettingRow

if TYPE_CHECKING:
    from app.ports.run import RunResult

__all__ = ["PluginRow", "ReportHeader", "SettingRow", "write_report"]


def write_report(result: "RunResult", run: ReportHeader, folder: Path) -> Path:
    """Write `<run id>.html` into the folder, plotly's script beside it, and return the page's path.

    The script is shared by all reports of the folder and replaced when plotly's version has changed. Raises
    StorageError that names the file when something cannot be written.
    """
    from app.services._report.page import SCRIPT, render

    # A file name in a notice may hold bytes that are no text.
    page = render(result, run).encode("utf-8", errors="backslashreplace")
    put_script(folder / SCRIPT)
    return write_private(folder / f"{run.run_id}.html", page)


def put_script(path: Path) -> None:
    content = (files("plotly") / "package_data" / path.name).read_bytes()
    try:
        present = path.read_bytes() == content
    except OSError:  # missing or unreadable: writing it says what is wrong, if anything is
        present = False
    if not present:
        write_private(path, content)
