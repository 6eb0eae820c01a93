"""Files for the data sources to read."""

from collections.abc import Callable
from pathlib import Path

import pytest

WriteText = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> WriteText:
    """Write text to a file of the test's folder exactly as given, and return its path."""

    def write_text(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8"))
        return path

    return write_text
