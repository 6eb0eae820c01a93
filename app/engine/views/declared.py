"""What a strategy declares for its bars, checked before the first of them."""

from collections.abc import Mapping

from app.domain.errors import InputError, PluginError
from app.engine.columns import MarketData
from app.engine.consolidation import Consolidator
from app.engine.consolidation.members import Members
from app.engine.views.bar_view import BarView
from app.engine.views.series import COLUMNS
from app.indicators.base import Indicator


def indicators_by_kind(
    indicators: Mapping[str, Indicator], consolidators: Mapping[str, Consolidator]
) -> dict[str, dict[str, Indicator]]:
    """Return the indicators of each kind of higher bars by its name, and those of the bars themselves by "".

    A name such as "hourly.trend" is for the higher bars "hourly" alone, and comes before one for all kinds.
    Raises PluginError for a name or a source that cannot be.
    """
    shared = {name: indicator for name, indicator in indicators.items() if "." not in name}
    kinds = {"": shared, **{kind: dict(shared) for kind in consolidators}}
    for full, indicator in indicators.items():
        kind, _, name = full.rpartition(".")
        _check_indicator(name, indicator)
        if kind not in kinds:
            raise PluginError(
                f"The indicator '{full}' is for higher bars '{kind}', which the strategy does not declare.",
                "Declare them in its `consolidators`, or leave out what stands before the full stop.",
            )
        kinds[kind][name] = indicator
    return kinds


def check_consolidators(consolidators: Mapping[str, Consolidator], market: MarketData) -> None:
    """Raise PluginError for a consolidator whose name cannot be, or that does not suit a series."""
    for name, consolidator in consolidators.items():
        if not name or "." in name:
            raise PluginError(
                f"Higher bars cannot be named '{name}'.", "Use a name without full stops, such as hourly."
            )
        for series in market.series.values():
            try:
                consolidator.check(Members.of_bars(series))
            except InputError as error:
                raise PluginError(f"The consolidator '{name}': {error.problem}", error.remedy) from error


def _check_indicator(name: str, indicator: Indicator) -> None:
    if name.startswith("_") or not name or hasattr(BarView, name):
        raise PluginError(
            f"An indicator cannot be named '{name}': bars have an attribute of that name already.",
            "Rename it in the strategy's `indicators`.",
        )
    for column in indicator.columns:
        if column not in COLUMNS:
            raise PluginError(
                f"The indicator '{name}' reads '{column}', which bars do not have.",
                f"Use one of {', '.join(COLUMNS)}.",
            )
