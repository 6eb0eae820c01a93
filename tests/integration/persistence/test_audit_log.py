"""The audit log: appended with what it tells of, secrets masked, and every tampering found."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from subprocess import Popen

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from app.persistence import audit
from app.persistence.database import Database
from app.persistence.tables import AuditLog
from app.security.audit_chain import GENESIS, Anchor, AuditRecord

pytestmark = [pytest.mark.integration, pytest.mark.requirement("SYS-007"), pytest.mark.requirement("STC-12")]

RECORD = AuditRecord(
    time=datetime(2024, 5, 6, 7, 8, 9, 123456, UTC),
    actor="ada",
    action="portfolio.update",
    object="portfolio/1",
    before={"capital": "1000.00", "ratio": 1e16, "list": [1, 1.0, -0.0, None]},
    after={"capital": "2000.00", "api_key": "canary", "note": "größer\x00\ud800"},
    address="127.0.0.1",
    request_id="r-1",
)

json_objects = st.dictionaries(
    st.text(max_size=5),
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=5,
    ),
    max_size=3,
)


@pytest.fixture
def written(database: Database) -> Database:
    with database.transaction() as session:
        for number in range(5):
            audit.append(session, "desk", replace(RECORD, object=f"portfolio/{number}"))
        audit.append(session, "server", RECORD)
    return database


def tamper(database: Database, statement: str) -> None:
    """Change the log as somebody could who may switch its triggers off."""
    with database.changing_schema() as connection:
        if database.dialect == "sqlite":
            connection.execute(text("DROP TRIGGER audit_logs_refuse_update"))
            connection.execute(text("DROP TRIGGER audit_logs_refuse_delete"))
        else:
            connection.execute(text("ALTER TABLE audit_logs DISABLE TRIGGER ALL"))
        connection.execute(text(statement))


def broken(database: Database, anchor: Anchor | None = None) -> int | None:
    with database.reading() as session:
        return audit.verify(session, "desk", anchor)


def test_an_untouched_chain_is_whole(written: Database):
    assert broken(written) is None
    with written.reading() as session:
        assert audit.verify(session, "server") is None
        assert audit.verify(session, "nobody") is None
        assert audit.head(session, "nobody") == Anchor(0, GENESIS)


def test_secrets_are_masked_before_they_are_stored(written: Database):
    with written.reading() as session:
        entry = session.scalars(select(AuditLog).where(AuditLog.writer == "server")).one()
    assert entry.after == {**RECORD.after, "api_key": "******"}
    assert entry.before == RECORD.before
    assert (entry.time, entry.actor, entry.sequence) == (RECORD.time, "ada", 1)


def test_an_entry_is_rolled_back_with_what_it_tells_of(database: Database):
    def fail() -> None:
        with database.transaction() as session:
            audit.append(session, "desk", RECORD)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(AuditLog)) == 0


@pytest.mark.parametrize(
    ("statement", "sequence"),
    [
        ("UPDATE audit_logs SET actor = 'eve' WHERE writer = 'desk' AND sequence = 3", 3),
        ("UPDATE audit_logs SET after = NULL WHERE writer = 'desk' AND sequence = 1", 1),
        ("UPDATE audit_logs SET time = '2020-01-01 00:00:00.000000' WHERE sequence = 5", 5),
        ("DELETE FROM audit_logs WHERE writer = 'desk' AND sequence = 2", 2),
        ("DELETE FROM audit_logs WHERE writer = 'desk' AND sequence = 1", 1),
        ("UPDATE audit_logs SET sequence = 9 WHERE writer = 'desk' AND sequence = 4", 4),
        ("UPDATE audit_logs SET writer = 'desk', sequence = 6 WHERE writer = 'server'", 6),
    ],
)
def test_the_first_tampered_record_is_named(written: Database, statement: str, sequence: int):
    tamper(written, statement)
    assert broken(written) == sequence


def test_records_cut_off_at_the_end_are_missed_by_an_anchor_kept_elsewhere(written: Database):
    with written.reading() as session:
        anchor = audit.head(session, "desk")
    assert broken(written, anchor) is None
    tamper(written, "DELETE FROM audit_logs WHERE writer = 'desk' AND sequence >= 4")
    assert broken(written) is None
    assert broken(written, anchor) == 4


def test_a_chain_written_anew_does_not_meet_its_anchor(written: Database):
    assert broken(written, Anchor(2, "f" * 64)) == 2


@given(before=json_objects, after=json_objects)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_json_is_recorded_the_chain_stays_whole(database: Database, before: dict, after: dict):
    with database.transaction() as session:
        audit.append(session, "desk", replace(RECORD, before=before, after=after))
    assert broken(database) is None


def test_processes_that_append_to_one_chain_keep_it_whole(
    migrated_url: str, run_python: Callable[..., Popen[str]]
):
    program = (
        "import sys\n"
        "from datetime import datetime, UTC\n"
        "from app.persistence import audit\n"
        "from app.persistence.database import Database\n"
        "from app.security.audit_chain import AuditRecord\n"
        "record = AuditRecord(datetime(2024, 1, 1, tzinfo=UTC), sys.argv[2], 'act', 'object')\n"
        "with Database.open(sys.argv[1]) as database:\n"
        "    for _ in range(50):\n"
        "        with database.transaction() as session:\n"
        "            audit.append(session, 'desk', record)\n"
    )
    processes = [run_python(program, migrated_url, actor) for actor in ("ada", "bob")]
    assert [process.communicate(timeout=120) for process in processes] == [("", "")] * 2
    with Database.open(migrated_url) as database:
        assert broken(database) is None
        with database.reading() as session:
            assert audit.head(session, "desk").sequence == 100
