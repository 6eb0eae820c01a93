"""Every pluggy hook, on one screen.

Any plugin may implement them, and so may packages of the entry-point group `lts_extensions`. Offers are asked
for once, at start. Observers hear after the commit, in batches; one that raises is logged and skipped.
"""

from collections.abc import Mapping, Sequence

import pluggy

from app.domain.fills import Fill
from app.domain.orders import Order, Rule
from app.engine.fees import FeeSchedule
from app.ports.run import RunResult
from app.ports.sources import DataSource

hookspec = pluggy.HookspecMarker("lts")
hookimpl = pluggy.HookimplMarker("lts")


class Offers:
    """Hooks that offer something to the host."""

    @hookspec
    def lts_data_sources(self) -> Mapping[str, DataSource]:
        """Offer data sources by the name that `data.source` chooses."""

    @hookspec
    def lts_fee_schedules(self) -> Mapping[str, FeeSchedule]:
        """Offer fee schedules by the name that a broker's option chooses, like `broker.fees`."""

    @hookspec
    def lts_risk_rules(self) -> Sequence[Rule]:
        """Offer risk rules that judge new exposure in every run, after the built-in ones."""


class Observers:
    """Hooks that hear what happened."""

    @hookspec
    def lts_run_started(self, run_id: str) -> None:
        """Hear that a run's row is written and RUNNING."""

    @hookspec
    def lts_orders_changed(self, run_id: str, orders: Sequence[Order]) -> None:
        """Hear the latest state of orders that changed and are committed."""

    @hookspec
    def lts_fills_committed(self, run_id: str, fills: Sequence[Fill]) -> None:
        """Hear of fills that are posted and committed."""

    @hookspec
    def lts_run_ended(self, run_id: str, result: RunResult | None) -> None:
        """Hear that a run has ended; the result is None where it failed or was stopped at once."""


SPECS = (Offers, Observers)
