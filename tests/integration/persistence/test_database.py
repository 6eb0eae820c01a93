"""The unit of work: all or nothing, one writer at a time, and readers that never wait."""

import os
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import Popen

import pytest
from sqlalchemy import delete, func, select, text
from sqlalchemy.engine import make_url

from app.domain.errors import StorageFailed
from app.persistence.database import Database
from app.persistence.tables import Asset, Portfolio, User

pytestmark = [pytest.mark.integration, pytest.mark.requirement("SYS-013"), pytest.mark.requirement("STC-008")]


def count(database: Database, table=User) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_what_is_done_together_is_committed_together(database, rows):
    with database.transaction() as session:
        session.add(rows.make("User"))
        session.add(rows.make("Portfolio"))
    assert (count(database), count(database, Portfolio)) == (2, 2)


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_after_an_error_or_an_interrupt_nothing_of_it_is_left(database, rows, error):
    def fail() -> None:
        with database.transaction() as session:
            session.add(rows.make("User"))
            session.flush()
            raise error

    with pytest.raises(error):
        fail()
    assert count(database) == 1
    with database.transaction() as session:
        session.add(rows.make("User"))
    assert count(database) == 2


def test_rows_stay_usable_after_their_transaction(database, rows):
    with database.reading() as session:
        asset = session.get(Asset, rows.asset.id)
    assert asset.symbol == rows.asset.symbol


def test_a_reader_sees_one_state_and_does_not_wait_for_the_writer(database, rows):
    with database.reading() as reader:
        assert reader.scalar(select(func.count()).select_from(User)) == 1
        with database.transaction() as session:
            session.add(rows.make("User"))
            session.flush()
            assert count(database) == 1
        assert reader.scalar(select(func.count()).select_from(User)) == 1
    assert count(database) == 2


def test_a_reader_cannot_write(database, rows):
    with pytest.raises(StorageFailed, match="read-only"), database.reading() as session:
        session.execute(delete(User))
    assert count(database) == 1


def test_a_transaction_inside_a_transaction_is_a_mistake_that_is_told(database):
    with (
        database.transaction(),
        pytest.raises(RuntimeError, match="already in a transaction"),
        database.transaction(),
    ):
        pass
    with database.transaction():
        pass


def test_a_plain_path_opens_a_file(tmp_path: Path):
    path = tmp_path / "new folder" / "lts.db"
    with Database.open(str(path)) as database:
        assert (database.dialect, database.url) == ("sqlite", str(path.resolve()))
    assert path.is_file()


def test_the_address_is_shown_without_its_password(database, migrated_url: str):
    password = make_url(migrated_url).password
    if password:
        assert password not in database.url
        assert database.url.startswith("postgresql://lts:******@127.0.0.1:")
    else:
        assert database.url == make_url(migrated_url).database


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps a user's folders private by itself")
@pytest.mark.requirement("SYS-010")
@pytest.mark.requirement("STC-9")
def test_every_file_of_the_database_is_private(tmp_path: Path):
    before = os.umask(0)
    try:
        with Database.open(str(tmp_path / "folder" / "lts.db")) as database:
            with database.transaction() as session:
                session.execute(text("CREATE TABLE t (id integer)"))
            files = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "folder").iterdir()}
    finally:
        os.umask(before)
    assert files == dict.fromkeys(("lts.db", "lts.db-wal", "lts.db-shm", "lts.db.lock"), 0o600)
    assert stat.S_IMODE((tmp_path / "folder").stat().st_mode) == 0o700


def test_sqlite_is_set_up_to_lose_nothing(tmp_path: Path):
    with Database.open(str(tmp_path / "lts.db")) as database, database.transaction() as session:
        asked = ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers")
        found = [session.scalar(text(f"PRAGMA {name}")) for name in asked]
        assert found == ["wal", 2, 1, 1]


COUNTING = (
    "import sys\n"
    "from sqlalchemy import text\n"
    "from app.persistence.database import Database\n"
    "with Database.open(sys.argv[1]) as database:\n"
    "    for _ in range(100):\n"
    "        with database.transaction() as session:\n"
    "            seen = session.scalar(text('SELECT count FROM counter'))\n"
    "            session.execute(text('UPDATE counter SET count = :next'), {'next': seen + 1})\n"
)


def counter(path: Path) -> Database:
    database = Database.open(str(path))
    with database.transaction() as session:
        session.execute(text("CREATE TABLE counter (count integer)"))
        session.execute(text("INSERT INTO counter VALUES (0)"))
    return database


def counted(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(text("SELECT count FROM counter"))


def test_processes_that_read_and_then_write_neither_fail_nor_lose_a_change(
    tmp_path: Path, run_python: Callable[..., Popen[str]]
):
    with counter(tmp_path / "lts.db") as database:
        processes = [run_python(COUNTING, str(tmp_path / "lts.db")) for _ in range(3)]
        assert [process.communicate(timeout=120) for process in processes] == [("", "")] * 3
        assert counted(database) == 300


def test_threads_that_read_and_then_write_neither_fail_nor_lose_a_change(tmp_path: Path):
    with counter(tmp_path / "lts.db") as database:

        def work(_: int) -> None:
            with database.transaction() as session:
                seen = session.scalar(text("SELECT count FROM counter"))
                session.execute(text("UPDATE counter SET count = :next"), {"next": seen + 1})

        with ThreadPoolExecutor(8) as threads:
            list(threads.map(work, range(200)))
        assert counted(database) == 200


def test_many_processes_may_open_a_new_file_at_once(tmp_path: Path, run_python: Callable[..., Popen[str]]):
    program = (
        "import sys\nfrom sqlalchemy import text\nfrom app.persistence.database import Database\n"
        "with Database.open(sys.argv[1]) as database:\n"
        "    with database.transaction() as session:\n"
        "        session.execute(text('CREATE TABLE IF NOT EXISTS t (id integer)'))\n"
    )
    processes = [run_python(program, str(tmp_path / "lts.db")) for _ in range(4)]
    assert [process.communicate(timeout=120) for process in processes] == [("", "")] * 4
