"""The built-in sources: their names, and that choosing among them costs nothing."""

import subprocess
import sys

import pytest

from app.data.sources import BUILTIN

pytestmark = pytest.mark.integration


def test_the_sources_are_those_that_the_settings_name() -> None:
    assert list(BUILTIN) == ["sample", "csv", "parquet"]


def test_the_sample_loads_without_pandas_or_pyarrow() -> None:
    program = (
        "import sys; sys.modules['pandas'] = sys.modules['pyarrow'] = None\n"
        "from app.data.sources import BUILTIN\n"
        "from app.ports import DataRequest\n"
        "sys.exit(BUILTIN['sample'](DataRequest(('IBM',))).bars != 3270)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=60).returncode == 0
