"""How runs end, in their row, their log and the audit trail, whatever ends them."""

from asyncio import CancelledError
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.errors import InputError, RunFailed, StorageFailed
from app.persistence import audit
from app.persistence.database import Database
from app.persistence.tables.audit_logs import AuditLog
from app.persistence.tables.runs import Run
from app.ports import Identity, RunResult
from app.services.runs import RunStore
from app.services.trail import DatabaseTrail
from app.services.witness import Witness
from plugins_aaa.local import Local

pytestmark = [pytest.mark.integration, pytest.mark.requirement("SYS-007", "SYS-011", "STC-12")]


class Lines:
    """A log in memory, as (level, event, facts)."""

    def __init__(self) -> None:
        self.written: list[tuple[str, str, dict[str, Any]]] = []

    def info(self, event: str, **facts: Any) -> None:
        self.written.append(("info", event, facts))

    def warning(self, event: str, **facts: Any) -> None:
        self.written.append(("warning", event, facts))

    def error(self, event: str, **facts: Any) -> None:
        self.written.append(("error", event, facts))


class Mute(BaseException):
    """An error that raises another when it is asked what it says."""

    def __str__(self) -> str:
        raise CancelledError


def without_secret(text: str) -> str:
    return text.replace("hunter2", "******")


@pytest.fixture
def witness(database: Database, begin: Callable[..., RunStore]) -> Witness:
    aaa = Local()
    store = begin()
    aaa.keep_accounts(DatabaseTrail(database, "headless", store.clock))
    return Witness(store, aaa, Identity("local", "ann", frozenset()), Lines(), scrub=without_secret)


def ending(database: Database) -> tuple[Any, ...]:
    with database.reading() as session:
        return tuple(session.execute(select(Run.status, Run.error)).one())


def audited(database: Database) -> list[tuple[Any, ...]]:
    with database.reading() as session:
        assert audit.verify(session, "headless") is None
        query = select(AuditLog.actor, AuditLog.action, AuditLog.object, AuditLog.after)
        return [tuple(row) for row in session.execute(query.order_by(AuditLog.sequence))]


def test_a_run_with_a_result_is_audited_from_start_to_end(
    database: Database, witness: Witness, backtested: tuple[RunResult, Any]
) -> None:
    result = backtested[0]
    with witness.marking():
        witness.started()
        witness.store.finish(result, {})
        witness.ended(result)
    run = f"run/{witness.store.run_id}"
    details = {"status": "completed", "state_hash": result.state_hash}
    assert audited(database) == [("ann", "run.started", run, None), ("ann", "run.ended", run, details)]
    assert [event for _, event, _ in witness.log.written] == ["run ended"]
    assert ending(database) == ("completed", None)


@pytest.mark.parametrize(
    ("error", "raised", "expected"),
    [
        (InputError("bad row", "mend it"), InputError, ("failed", "bad row")),
        (ZeroDivisionError("oh"), RunFailed, ("failed", "ZeroDivisionError: oh")),
        (SystemExit(0), RunFailed, ("failed", "SystemExit: 0")),
        (ValueError("\x00 \ud800 \n"), RunFailed, ("failed", "ValueError: \\x00 \\ud800 \\n")),
        (CancelledError("gone"), RunFailed, ("failed", "CancelledError: gone")),
        (Mute(), RunFailed, ("failed", "Mute: (it cannot say what was wrong)")),
        (ValueError("key hunter2!"), RunFailed, ("failed", "ValueError: key ******!")),
        (InputError("x" * 5000), InputError, ("failed", "x" * 2000)),
        (KeyboardInterrupt(15), KeyboardInterrupt, ("interrupted", "stopped at once")),
    ],
    ids=[
        "of LTS",
        "of a plugin",
        "an exit",
        "unprintable",
        "no exception",
        "a mute one",
        "a secret",
        "a long one",
        "a signal",
    ],
)
def test_whatever_ends_a_run_early_is_written_down_as_its_reason(
    database: Database,
    witness: Witness,
    error: BaseException,
    raised: type[BaseException],
    expected: tuple[str, str],
) -> None:
    with pytest.raises(raised), witness.marking():
        raise error
    assert ending(database) == expected
    status, reason = expected
    assert [row[3] for row in audited(database)] == [{"status": status, "reason": reason}]
    ((level, event, facts),) = witness.log.written
    assert (level, event, facts["status"], facts["reason"]) == ("error", "run ended early", *expected)


def test_a_run_whose_log_is_not_open_yet_is_marked_all_the_same(database: Database, witness: Witness) -> None:
    witness.log = None
    with pytest.raises(InputError), witness.marking():
        raise InputError("no folder")
    assert ending(database) == ("failed", "no folder")


class Gone(RunStore):
    """A run in a database that takes nothing any more."""

    def fail(self, *_: object) -> None:
        raise StorageFailed("gone again")


def test_storage_that_fails_twice_is_told_once(witness: Witness) -> None:
    witness.store = Gone(**vars(witness.store))
    with pytest.raises(StorageFailed, match="gone first"), witness.marking():
        raise StorageFailed("gone first")


def test_a_run_that_has_ended_stays_ended_when_its_auditing_fails(
    database: Database, witness: Witness, backtested: tuple[RunResult, Any]
) -> None:
    witness.store.finish(backtested[0], {})
    with pytest.raises(RunFailed), witness.marking():
        raise OSError("the audit trail is gone")
    assert ending(database) == ("completed", None)
