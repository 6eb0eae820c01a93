"""Real faults: what cannot be opened, and what breaks in the middle of the work, says what to do."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from subprocess import Popen
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.domain.errors import StorageFailed, StorageUnusable
from app.persistence import schema
from app.persistence.database import Database
from app.persistence.locking import WriterLock

pytestmark = [pytest.mark.integration, pytest.mark.requirement("SYS-013"), pytest.mark.requirement("SYS-018")]

posix = pytest.mark.skipif(os.name != "posix", reason="the fault is made with a POSIX resource limit or mode")


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """A SQLite file with one table."""
    path = tmp_path / "lts.db"
    with Database.open(str(path)) as database, database.transaction() as session:
        session.execute(text("CREATE TABLE t (value text)"))
    return path


def refused(url: str, **options: float) -> StorageUnusable:
    with pytest.raises(StorageUnusable) as caught:
        Database.open(url, **options)
    assert caught.value.remedy
    assert "canary" not in str(caught.value)
    return caught.value


def run(database: Database, *statements: str) -> None:
    with database.transaction() as session:
        for statement in statements:
            session.execute(text(statement)).close()


def test_a_path_below_a_file_is_refused(tmp_path: Path):
    (tmp_path / "file").touch()
    assert str(tmp_path / "file") in refused(str(tmp_path / "file" / "lts.db")).problem


def test_a_folder_is_no_database(tmp_path: Path):
    assert str(tmp_path) in refused(str(tmp_path)).problem


def test_a_file_of_something_else_is_refused_and_left_as_it_is(tmp_path: Path):
    path = tmp_path / "prices.csv"
    path.write_text("timestamp,open,high,low,close,volume\n" * 100, encoding="utf-8")
    content = path.read_bytes()
    assert f"{path} is not a SQLite database" in refused(str(path)).problem
    assert path.read_bytes() == content


def test_a_damaged_database_is_told(filled: Path):
    with Database.open(str(filled)) as database, database.transaction() as session:
        session.execute(text("INSERT INTO t VALUES (:value)"), [{"value": "x" * 500}] * 100)
    with filled.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (filled.stat().st_size - 4096))
    with Database.open(str(filled)) as database, pytest.raises(StorageFailed, match="is damaged"):
        run(database, "SELECT * FROM t")


def test_a_database_that_is_not_there_is_made_only_where_that_is_allowed(tmp_path: Path):
    with pytest.raises(StorageUnusable, match="There is no database"):
        Database.open(str(tmp_path / "lts.db"), create=False)
    assert not (tmp_path / "lts.db").exists()


def test_a_file_locked_by_another_program_is_told_and_works_again_afterwards(filled: Path):
    with Database.open(str(filled), patience=0.05) as database:
        with closing(sqlite3.connect(filled, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with (
                pytest.raises(StorageFailed, match="locked by another program"),
                database.transaction() as session,
            ):
                session.execute(text("INSERT INTO t VALUES ('x')"))
            other.execute("ROLLBACK")
        with database.transaction() as session:
            session.execute(text("INSERT INTO t VALUES ('x')"))


def test_another_lts_that_keeps_writing_is_told_and_work_goes_on_afterwards(filled: Path):
    other = WriterLock(filled.with_name("lts.db.lock"), patience=1)
    with Database.open(str(filled), patience=0.05) as database:
        with other.held(), pytest.raises(StorageFailed, match="another writer"), database.transaction():
            pass
        with database.transaction() as session:
            session.execute(text("INSERT INTO t VALUES ('x')"))


def test_a_new_database_that_another_lts_keeps_locked_is_told_at_the_first_change(tmp_path: Path):
    other = WriterLock(tmp_path / "lts.db.lock", patience=1)
    with Database.open(str(tmp_path / "lts.db"), patience=0.05) as database:
        with other.held(), pytest.raises(StorageFailed, match="another writer"):
            run(database, "CREATE TABLE t (value text)")
        run(database, "CREATE TABLE t (value text)")


def test_another_thread_that_keeps_writing_is_told(tmp_path: Path):
    lock = WriterLock(tmp_path / "lock", patience=0.05)
    with lock.held(), pytest.raises(StorageFailed, match=r"0\.05 seconds"), lock.held():
        pass


def test_a_lock_file_that_cannot_be_used_is_told(filled: Path):
    lock = filled.with_name("lts.db.lock")
    lock.unlink()
    lock.mkdir()
    with (
        Database.open(str(filled)) as database,
        pytest.raises(StorageFailed, match=r"lts\.db\.lock"),
        database.transaction(),
    ):
        pass


def test_a_full_disk_is_told_and_the_transaction_is_undone(filled: Path):
    with Database.open(str(filled)) as database:
        # SQLite's own bound on the file is met with the code of a full disk.
        bound, fill = "PRAGMA max_page_count = 3", "INSERT INTO t VALUES (zeroblob(100000))"
        with pytest.raises(StorageFailed, match="is full") as failed:
            run(database, bound, fill)
        assert "Free some space" in failed.value.remedy
        with database.reading() as session:
            assert session.scalar(text("SELECT count(*) FROM t")) == 0


@posix
def test_a_limit_on_the_size_of_files_is_told(filled: Path, run_python: Callable[..., Popen[str]]):
    program = (
        "import resource, sys\n"
        "from sqlalchemy import text\n"
        "from app.domain.errors import StorageFailed\n"
        "from app.persistence.database import Database\n"
        "database = Database.open(sys.argv[1])\n"
        "before = resource.getrlimit(resource.RLIMIT_FSIZE)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, before[1]))\n"
        "try:\n"
        "    with database.transaction() as session:\n"
        "        session.execute(text('INSERT INTO t VALUES (:value)'), {'value': 'x' * 1_000_000})\n"
        "except StorageFailed as failed:\n"
        "    print(failed.problem)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, before)\n"
        "database.close()\n"
    )
    said, complaint = run_python(program, str(filled)).communicate(timeout=60)
    assert complaint == ""
    assert f"The database {filled.resolve()}" in said
    with Database.open(str(filled)) as database, database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM t")) == 0


def test_a_database_without_tables_says_which_one_is_missing(tmp_path: Path):
    with Database.open(str(tmp_path / "lts.db")) as database, pytest.raises(StorageFailed, match="users"):
        run(database, "SELECT * FROM users")


def test_a_server_that_does_not_answer_is_told_without_the_password():
    told = refused("postgresql://ada:canary@127.0.0.1:1/lts")
    assert "127.0.0.1" in told.problem
    assert "server runs" in told.remedy


def test_a_wrong_password_is_told(postgres_url: str):
    wrong = postgres_url.replace("://lts:", "://lts:canary")
    assert "password authentication failed" in refused(wrong).problem


def test_a_database_that_the_server_does_not_have_is_told(postgres_url: str):
    assert 'database "nowhere" does not exist' in refused(postgres_url.rsplit("/", 1)[0] + "/nowhere").problem


def test_a_connection_lost_in_the_middle_is_told_and_the_next_one_works(postgres_url: str):
    def lose(database: Database) -> None:
        with database.transaction() as session:
            own = session.scalar(text("SELECT pg_backend_pid()"))
            with psycopg.connect(postgres_url, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s)", [own])
            session.execute(text("SELECT 1"))

    with Database.open(postgres_url) as database:
        with pytest.raises(StorageFailed, match="was lost"):
            lose(database)
        run(database, "SELECT 1")


def test_every_connection_in_use_is_told(postgres_url: str):
    def use_all(database: Database) -> None:
        with ExitStack() as stack:
            while True:
                stack.enter_context(database.reading()).connection()

    with Database.open(postgres_url, patience=0.05) as database:
        with pytest.raises(StorageFailed, match="stayed in use"):
            use_all(database)
        run(database, "SELECT 1")


def test_a_missing_driver_names_what_to_install(run_python: Callable[..., Popen[str]]):
    program = (
        "import sys\n"
        "sys.modules['psycopg'] = None\n"
        "from app.domain.errors import StorageUnusable\n"
        "from app.persistence.database import Database\n"
        "try:\n"
        "    Database.open('postgresql://ada:canary@host/lts')\n"
        "except StorageUnusable as unusable:\n"
        "    print(unusable)\n"
    )
    said, complaint = run_python(program).communicate(timeout=60)
    assert complaint == ""
    assert 'pip install "lts-server[postgres]"' in said
    assert "canary" not in said


def test_an_error_of_the_database_does_not_repeat_what_was_to_be_stored(database_url: str):
    def store(database: Database, value: str) -> None:
        with database.transaction() as session:
            session.execute(text("INSERT INTO t VALUES (1, :value)"), {"value": value})

    with Database.open(database_url) as database:
        run(database, "CREATE TABLE t (id integer PRIMARY KEY, value text)")
        store(database, "first")
        with pytest.raises(IntegrityError) as caught:
            store(database, "canary")
        assert "INSERT INTO t" in str(caught.value)
        assert "canary" not in str(caught.value)
        with pytest.raises(StorageFailed) as failed, database.reading() as session:
            session.execute(text("INSERT INTO t VALUES (2, :value)"), {"value": "canary"})
        assert "canary" not in str(failed.value) + str(failed.value.__cause__)


# Root may write anywhere, so it is nobody meanwhile, once everything is imported.
READING = """
import os, sys
from pathlib import Path
from sqlalchemy import text
from app.domain.errors import StorageError
from app.persistence.database import Database

path = sys.argv[1]
Database.open(sys.argv[2]).close()
user = os.geteuid()
if user == 0:
    os.seteuid(65534)
try:
    with Database.open(path) as database:
        with database.reading() as session:
            print(session.scalar(text("SELECT value FROM t")))
        with database.transaction() as session:
            session.execute(text("DELETE FROM t"))
except StorageError as error:
    print(type(error).__name__, error)
finally:
    os.seteuid(user)
"""


@pytest.fixture
def locked_folder() -> Iterator[Path]:
    """A folder that anybody may enter, and where nobody may write once its mode is 0555."""
    folder = Path(tempfile.mkdtemp(prefix="lts-locked-"))
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@posix
@pytest.mark.parametrize(
    ("journal", "told"),
    [
        ("DELETE", ("kept\nStorageFailed", "write permission")),
        ("WAL", ("StorageUnusable", "to the file and its folder")),
    ],
)
def test_a_read_only_file_in_a_read_only_folder_is_read_where_sqlite_can(
    locked_folder: Path,
    tmp_path: Path,
    run_python: Callable[..., Popen[str]],
    journal: str,
    told: tuple[str, ...],
):
    path = foreign_file(locked_folder / "lts.db", journal)
    path.chmod(0o444)
    locked_folder.chmod(0o555)
    said, complaint = run_python(READING, str(path), str(tmp_path / "other.db")).communicate(timeout=60)
    assert complaint == ""
    assert str(path) in said
    for words in told:
        assert words in said
    assert [file.name for file in locked_folder.iterdir()] == ["lts.db"]


def foreign_file(path: Path, journal: str) -> Path:
    """Make what another program might have left."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA journal_mode = {journal}")
        connection.execute("CREATE TABLE t (value text)")
        connection.execute("INSERT INTO t VALUES ('kept')")
    return path


def test_a_file_that_is_only_looked_at_or_refused_is_left_as_it_is(tmp_path: Path):
    path = foreign_file(tmp_path / "other.db", "DELETE")
    content, time = path.read_bytes(), path.stat().st_mtime_ns
    with Database.open(str(path)) as database:
        assert schema.state(database) is schema.State.FOREIGN
        assert schema.current(database) is None
        assert schema.check(database)
        for change in (schema.upgrade, lambda opened: schema.downgrade(opened, "base")):
            with pytest.raises(StorageUnusable, match="not of LTS"):
                change(database)
        assert [file.name for file in tmp_path.iterdir()] == ["other.db"]
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (content, time)
    assert [file.name for file in tmp_path.iterdir()] == ["other.db"]


@pytest.mark.parametrize("changing", [Database.transaction, Database.changing_schema])
def test_the_first_change_sets_the_journal_and_makes_the_lock(tmp_path: Path, changing: Callable[..., Any]):
    path = foreign_file(tmp_path / "lts.db", "DELETE")
    with Database.open(str(path)) as database:
        with changing(database) as work:
            work.execute(text("INSERT INTO t VALUES ('more')"))
        with database.reading() as session:
            assert session.scalar(text("SELECT count(*) FROM t")) == 2
        assert (tmp_path / "lts.db.lock").exists()
    assert path.read_bytes()[18:20] == b"\2\2"  # a log: https://www.sqlite.org/fileformat.html#ffvnums


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_file_is_refused_at_the_first_change(filled: Path):
    filled.chmod(0o400)
    with Database.open(str(filled)) as database, pytest.raises(StorageFailed, match="read-only"):
        run(database, "INSERT INTO t VALUES ('x')")
