"""Whether a strategy's decisions depend on what comes after them: the same past, with several futures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.domain.bars import moment
from app.domain.errors import ConfigurationError, InputError
from app.engine.columns import MarketData
from app.engine.sessions import Sessions
from app.engine.timeline import Timeline
from app.plugins.system import System
from app.ports import RunContext
from app.services._lookahead.comparing import Trace, differences, until
from app.services._lookahead.cuts import chosen_cuts
from app.services._lookahead.fresh import imported_anew
from app.services._lookahead.futures import Future, with_future
from app.services._lookahead.watching import Watch, watch
from app.services.lookahead_verdict import Cut, Finding, Verdict

AGAIN = "same data again"
_NAME = "lookahead"


@dataclass(frozen=True)
class LookaheadCheck:
    """Runs one strategy over the same past with several futures.

    `build` makes all plugins anew from the same settings; `progress(done, total)` counts runs.
    """

    build: Callable[[], System]
    market: MarketData
    sessions: Sessions | None
    cuts: int
    progress: Callable[[int, int], None]

    def run(self) -> Verdict:
        """Return the verdict.

        Raises ConfigurationError where the pipeline is no backtest, InputError where there is no moment to
        cut at, and what the run over the whole raises.
        """
        system = self.build()
        _check_mode(system)
        times = Timeline(self.market).times
        if len(times) < 2:
            raise InputError("The data have one timestamp; nothing comes after.", "Choose a longer period.")
        name, seed = system.settings.chosen["strategy"], system.settings.core.run.seed
        modules = _modules(system, name)
        self.progress(0, _runs(self.cuts))
        whole, findings = self._twice(modules)
        cuts = chosen_cuts(times, whole.watched.made, self.cuts)
        self.progress(2, _runs(len(cuts)))
        for cut in cuts:
            for future in Future:
                with imported_anew(*modules):
                    copy = self._traced(with_future(self.market, cut, future, seed), cut)
                findings += differences(future.value, cut, whole, copy)
            self.progress(_runs(cuts.index(cut) + 1), _runs(len(cuts)))
        compared = [_cut(time, whole.watched) for time in cuts]
        return Verdict(
            strategy=name,
            symbols=tuple(self.market.series),
            bars=self.market.bars,
            seed=seed,
            runs=_runs(len(cuts)),
            orders=len(whole.watched.made),
            fills=len(whole.watched.fills),
            cuts=compared,
            findings=sorted(findings, key=lambda found: found.time),
            warnings=_warnings(self.cuts, compared, whole.watched, findings),
        )

    def _twice(self, modules: Sequence[str]) -> tuple[Trace, list[Finding]]:
        """Return the run over the whole, and how a second one differs from it."""
        with imported_anew(*modules):
            whole = self._traced(self.market, None)
            if whole.failure is not None:
                raise whole.failure
            # Not imported anew: what a module keeps from one run to the next shows in the second.
            return whole, differences(AGAIN, None, whole, self._traced(self.market, None))

    def _traced(self, market: MarketData, until: int | None) -> Trace:
        """Return what a run over this market does, stopped after a timestamp; a failure later is not seen."""
        system = self.build()
        name = system.settings.chosen["strategy"]
        watched = watch(system.strategy, name)
        context = RunContext(
            run_id=_NAME,
            portfolio_name=_NAME,
            strategy_name=name,
            currency=system.money.currency,
            capital=system.money.capital,
            market=market,
            seed=system.settings.core.run.seed,
            benchmark=market,
            benchmark_name=_NAME,
            strategy=system.strategy,
            portfolio=system.portfolio,
            broker=system.broker,
            recorder=watched,
            progress=lambda _done, _total: None,
            stopping=lambda: until is not None and watched.time >= until,
            rules=system.host.risk_rules(),
            sessions=self.sessions,
            finer=market.finer,
        )
        try:
            system.pipeline.run(context)
        except Exception as error:  # noqa: BLE001 - failing on a copy alone is a difference, whatever failed
            later = until is not None and watched.time > until
            return Trace(watched, None if later else error, system.settings.scrubbed)
        return Trace(watched)


def _runs(cuts: int) -> int:
    return 2 + cuts * len(Future)


def _modules(system: System, name: str) -> list[str]:
    """Return the modules of the strategy's class and of its entry point, which may be another package's."""
    target = system.host.catalogue.inspect("strategy", name).target
    return [type(system.strategy).__module__, target.partition(":")[0]]


def _check_mode(system: System) -> None:
    if system.pipeline.mode != "backtest":
        raise ConfigurationError(
            f"The pipeline {system.settings.chosen['pipeline']} has the mode {system.pipeline.mode!r}; "
            "looking ahead can be checked over past data only.",
            "Choose a pipeline of the mode backtest with --pipeline.",
        )


def _cut(time: int, whole: Watch) -> Cut:
    return Cut(time, sum(made <= time for made in whole.made), len(until(whole.fills, time)))


def _warnings(asked: int, cuts: Sequence[Cut], whole: Watch, findings: Sequence[Finding]) -> list[str]:
    warnings = []
    if len(cuts) < asked:
        warnings.append(f"The data have room for {len(cuts)} of {asked} cuts.")
    if not whole.made:
        warnings.append("The strategy made no order, so there was nothing to compare and this says little.")
    else:
        idle = [f"{moment(cut.time):%Y-%m-%d %H:%M}" for cut in cuts if not cut.orders]
        if idle:
            warnings.append(f"No order had been made by {', '.join(idle)}: these cuts say little.")
    if any(found.copy == AGAIN for found in findings):
        warnings.append(
            "Two runs over the same data differ: the strategy keeps memory outside self.state or leaves "
            "something to chance. Other differences may come from that rather than from the future."
        )
    return warnings
