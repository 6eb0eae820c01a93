"""How one run starts and ends, written down in its row, its log and the audit trail."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Protocol

from app.domain.errors import LtsError, RunFailed, StorageError, described
from app.ports import AAA, AuditEvent, Identity, RunResult, RunStatus
from app.services.runs import RunStore
from app.settings.errors import printable

_LONGEST = 2_000  # characters


class Log(Protocol):
    """A structured log."""

    def info(self, event: str, **facts: Any) -> Any:
        """Log what went as it should."""

    def warning(self, event: str, **facts: Any) -> Any:
        """Log what somebody should look at."""

    def error(self, event: str, **facts: Any) -> Any:
        """Log what ended the work."""


@dataclass
class Witness:
    """Sees one run from the moment its row is RUNNING; `log` is None until it is open.

    `scrub` takes what is secret out of a text, because a plugin may put its options into its errors.
    """

    store: RunStore
    aaa: AAA
    identity: Identity
    log: Log | None = None
    scrub: Callable[[str], str] = str

    def started(self) -> None:
        """Record the start."""
        self._record("run.started")

    def ended(self, result: RunResult) -> None:
        """Record that the run came to a result."""
        if self.log is not None:
            self.log.info("run ended", status=result.status, state_hash=result.state_hash)
        self._record("run.ended", status=result.status.value, state_hash=result.state_hash)

    @contextmanager
    def marking(self) -> Iterator[None]:
        """Mark the run FAILED or INTERRUPTED, with the reason, when it ends by an error.

        Raises RunFailed in place of an error that is none of LTS's.
        """
        try:
            yield
        except KeyboardInterrupt:
            self._ended_early("stopped at once", RunStatus.INTERRUPTED)
            raise
        except GeneratorExit:
            raise
        except LtsError as error:
            self._ended_early(self._told(str(error.problem)), RunStatus.FAILED)
            raise
        except BaseException as error:
            problem = self._told(described(error))
            self._ended_early(problem, RunStatus.FAILED)
            raise RunFailed(f"The run failed: {problem}.", "--debug shows where it happened.") from error

    def _told(self, problem: str) -> str:
        # A plugin's message may hold what no database takes as text.
        return printable(self.scrub(problem))[:_LONGEST]

    def _ended_early(self, reason: str, status: RunStatus) -> None:
        if self.log is not None:
            failed = status is RunStatus.FAILED
            self.log.error("run ended early", status=status, reason=reason, exc_info=failed)
        with suppress(StorageError):  # the storage may be what failed; the first error is the one to tell
            self.store.fail(reason, status)
            self._record("run.ended", status=status.value, reason=reason)

    def _record(self, action: str, **details: object) -> None:
        self.aaa.record(AuditEvent(self.identity.subject, action, f"run/{self.store.run_id}", details))
