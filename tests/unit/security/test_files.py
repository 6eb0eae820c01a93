"""Files and folders that only their user can read."""

import os
import stat
from pathlib import Path

import pytest

from app.domain.errors import StorageFailed, StorageUnusable
from app.security.files import private_file, private_folder, write_private

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-010"), pytest.mark.requirement("STC-9")]

posix = pytest.mark.skipif(os.name != "posix", reason="Windows keeps a user's folders private by itself")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def generous_umask():
    before = os.umask(0)
    yield
    os.umask(before)


@posix
@pytest.mark.usefixtures("generous_umask")
def test_new_folders_and_files_are_for_their_user_only(tmp_path: Path):
    assert mode(private_folder(tmp_path / "a" / "b")) == 0o700
    assert mode(tmp_path / "a") == 0o700
    assert mode(private_file(tmp_path / "c" / "d.db")) == 0o600
    assert mode(tmp_path / "c") == 0o700
    assert mode(write_private(tmp_path / "e" / "report.html", "text")) == 0o600
    assert mode(tmp_path / "e") == 0o700


@posix
def test_a_folder_and_a_file_that_exist_keep_their_mode(tmp_path: Path):
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o755)
    file = shared / "old.db"
    file.write_bytes(b"content")
    file.chmod(0o640)
    assert mode(private_folder(shared)) == 0o755
    assert mode(private_file(file)) == 0o640
    assert file.read_bytes() == b"content"


@posix
@pytest.mark.usefixtures("generous_umask")
def test_a_rewritten_file_becomes_private(tmp_path: Path):
    report = tmp_path / "report.html"
    report.write_text("old", encoding="utf-8")
    report.chmod(0o644)
    write_private(report, "new")
    assert mode(report) == 0o600


@pytest.mark.parametrize(
    ("content", "stored"), [("größer\n", "größer\n".encode()), ("", b""), (b"\x00\xff\r\n", b"\x00\xff\r\n")]
)
def test_what_is_written_is_what_is_stored(tmp_path: Path, content: str | bytes, stored: bytes):
    path = write_private(tmp_path / "file", content)
    assert path.read_bytes() == stored
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_below_a_file_is_refused(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(StorageUnusable, match="file") as refused:
        private_folder(tmp_path / "file" / "folder")
    assert "another folder" in refused.value.remedy


def test_a_folder_in_place_of_a_file_is_refused(tmp_path: Path):
    with pytest.raises(StorageUnusable, match="cannot be opened"):
        private_file(tmp_path)


def test_a_write_that_fails_leaves_neither_half_a_file_nor_a_temporary_one(tmp_path: Path):
    taken = tmp_path / "taken"
    (taken / "inside").mkdir(parents=True)
    with pytest.raises(StorageFailed, match="taken could not be written"):
        write_private(taken, "text")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]
    assert taken.is_dir()
