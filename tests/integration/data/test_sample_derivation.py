"""The shipped sample is what its script makes of its source, byte for byte."""

import csv
import gzip
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import bokeh_sampledata
import pytest

from app.data.sample import derive
from app.data.sample.layout import ACTIONS_FILE, BARS_FILE, FOLDER
from app.domain.errors import InputError

pytestmark = pytest.mark.integration

SOURCE = Path(bokeh_sampledata.__file__).parent / "_data" / "stocks.csv.gz"


def test_deriving_again_gives_the_shipped_bytes(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "app.data.sample.derive",
        "--source",
        str(SOURCE),
        "--into",
        str(tmp_path),
    ]
    subprocess.run(command, check=True, timeout=60)
    for name in (BARS_FILE, ACTIONS_FILE):
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes()


def test_the_provenance_names_the_very_files() -> None:
    provenance = (FOLDER / "PROVENANCE.md").read_text(encoding="utf-8")
    for path in (SOURCE, FOLDER / BARS_FILE, FOLDER / ACTIONS_FILE):
        assert sha256(path.read_bytes()).hexdigest() in provenance


def test_a_step_that_is_no_whole_number_of_cents_stops_the_derivation() -> None:
    bars = [derive.SourceBar("2012-08-08", ("1", "1", "1", "10"), "1", "9.5")]
    bars.append(derive.SourceBar("2012-08-09", ("1", "1", "1", "10"), "1", "9.5123"))
    with pytest.raises(InputError, match=r"AAPL 2012-08-09: the adjusted close steps by 0\.0129"):
        derive.dividends("AAPL", bars)


def test_a_split_that_nobody_listed_stops_the_derivation() -> None:
    bars = [derive.SourceBar("2012-08-08", ("1", "1", "1", "20"), "1", "10")]
    bars.append(derive.SourceBar("2012-08-09", ("1", "1", "1", "10"), "1", "10"))
    with pytest.raises(InputError, match="AAPL 2012-08-09: the adjusted close steps by 10"):
        derive.dividends("AAPL", bars)


def test_a_source_that_lacks_a_symbol_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "stocks.csv.gz"
    with (
        gzip.open(SOURCE, "rt", encoding="utf-8") as original,
        gzip.open(path, "wt", encoding="utf-8") as copy,
    ):
        rows = csv.reader(original)
        csv.writer(copy).writerows(row for row in rows if row[0] != "IBM")
    with pytest.raises(InputError, match="holds no rows of IBM"):
        derive.read_source(path)


@pytest.mark.parametrize("content", [b"", b"not compressed", gzip.compress(b"a,b\n1,2\n", mtime=0)])
def test_another_file_is_refused_as_the_source(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "stocks.csv.gz"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"stocks.csv.gz (cannot be read|holds no rows)"):
        derive.read_source(path)


def test_a_price_of_five_decimals_is_refused_rather_than_rounded() -> None:
    bar = derive.SourceBar("2012-08-08", ("1", "1", "1", "1.00001"), "1", "1")
    with pytest.raises(InputError, match=r"1\.00001 has more than 4 decimals"):
        derive.encode_bars({symbol: [bar] for symbol in derive.SYMBOLS})
