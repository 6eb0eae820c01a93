"""What a run would come to had every bar that leaves the order of fills open gone one way, or the other."""

from dataclasses import dataclass, replace

from app.domain.errors import described
from app.engine.venue import Intrabar, VenueModel
from app.plugins.host import HookFailure
from app.plugins.system import System
from app.ports import Broker, RunContext, RunResult, RunStatus
from app.services.recorders import Forgetful
from app.services.run_data import venue_of


@dataclass(frozen=True)
class Bound:
    """What a run came to under one policy: `final_equity` in minor units, the others as in its statistics."""

    policy: Intrabar
    final_equity: int
    total_return: float | None
    sharpe: float | None
    max_drawdown: float | None

    @classmethod
    def of(cls, policy: Intrabar, result: RunResult) -> "Bound":
        """Return the bound that a result is; it has a sample of equity."""
        known = result.statistics
        return cls(
            policy,
            result.equity.equity.item(-1),
            known["total_return"],
            known["sharpe"],
            known["max_drawdown"],
        )


@dataclass(frozen=True)
class Bounds:
    """A run with ambiguous fills as it was, and under `worst` and `best`; `problem` says why one is None."""

    own: Bound
    worst: Bound | None = None
    best: Bound | None = None
    problem: str = ""


def bounds(result: RunResult, system: System, context: RunContext) -> Bounds | None:
    """Return a backtest's bounds, or None where no fill was ambiguous, or it did not run to its end.

    It is repeated in memory with its plugins built anew; the policy that it used itself is not repeated. What
    fails there costs the bound alone.
    """
    repeatable = system.pipeline.mode == "backtest" and len(result.equity) > 0
    if not (repeatable and result.ambiguous and result.status is RunStatus.COMPLETED):
        return None
    venue = venue_of(context.broker, system.settings.chosen["broker"])
    own = Bound.of(venue.intrabar, result)
    found: dict[Intrabar, Bound | str] = {
        policy: own if policy is venue.intrabar else _bound(replace(venue, intrabar=policy), system, context)
        for policy in (Intrabar.WORST, Intrabar.BEST)
    }
    known = {policy: bound for policy, bound in found.items() if isinstance(bound, Bound)}
    problem = " ".join(bound for bound in found.values() if isinstance(bound, str))
    return Bounds(own, known.get(Intrabar.WORST), known.get(Intrabar.BEST), problem)


def _bound(venue: VenueModel, system: System, context: RunContext) -> Bound | str:
    """Return what the run comes to at another venue, or why that is not known."""
    try:
        result = _repeated(venue, system, context)
    except Exception as error:  # noqa: BLE001 - whatever a plugin raises now, the run has its result
        problem = system.settings.scrubbed(described(error))
        return f"Under intrabar = {venue.intrabar} the run failed: {problem}."
    if result.status is not RunStatus.COMPLETED or not len(result.equity):
        return f"Under intrabar = {venue.intrabar} the run was stopped."
    return Bound.of(venue.intrabar, result)


def _repeated(venue: VenueModel, system: System, context: RunContext) -> RunResult:
    """Return what the run comes to at another venue. Raises what the run raises."""
    anew = System.build(system.settings, system.host.catalogue, _told_before)
    return anew.pipeline.run(
        replace(
            context,
            strategy=anew.strategy,
            portfolio=anew.portfolio,
            broker=_Venue(venue),
            rules=anew.host.risk_rules(),
            recorder=Forgetful(),
            progress=lambda _done, _total: None,
        )
    )


class _Venue(Broker):
    """A broker whose venue is given."""

    def __init__(self, venue: VenueModel) -> None:
        super().__init__()
        self._venue = venue

    def simulation(self) -> VenueModel:
        """Return the venue."""
        return self._venue


def _told_before(_: HookFailure) -> None:
    """Hear nothing: the run's own plugins have told it."""
