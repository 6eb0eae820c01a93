"""A whole run through the kernel, over lists or compiled over arrays, on a simulation's account."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np

from app.domain.errors import LtsError, OutOfRange, PluginError, described
from app.domain.events import Split
from app.domain.orders import Reason
from app.engine.codes import REASON_CODES
from app.engine.columns import Float64, MarketData
from app.engine.desk import Desk, as_arrays
from app.engine.kernel import layout as at
from app.engine.kernel import taking, upkeep, whole_run
from app.engine.program import Program, SignalSizing
from app.engine.simulation import Simulation
from app.engine.state_hash import TagColumn
from app.engine.timeline import Timeline
from app.engine.venue_bars import daily_activity, session_marks
from app.engine.views.series import FloatSeries
from app.indicators.base import Indicator

COMPILED_LIMIT = 2**62
_CHUNK = 1_000_000  # steps between two looks at whether the run shall stop
_GROWTH = 2
_TABLES = {
    at.D_ORDERS: at.ORDER_COLUMNS,
    at.D_FILLS: at.FILL_COLUMNS,
    at.D_CASH: at.CASH_COLUMNS,
    at.D_TRADES: at.TRADE_COLUMNS,
    at.D_HOLDINGS: at.HOLDING_COLUMNS,
}
_COUNTS = {
    at.D_ORDERS: at.N_ORDERS,
    at.D_FILLS: at.N_FILLS,
    at.D_CASH: at.N_CASH,
    at.D_TRADES: at.N_TRADES,
    at.D_HOLDINGS: at.N_HOLDINGS,
}
_FIXED = {at.D_FINER: at.FINER_COLUMNS, at.D_ACTIONS: at.ACTION_COLUMNS}
_LEGS = ("stop loss", "take profit", "trailing stop")


class Unsuited(LtsError):
    """A run that the compiled kernel cannot carry, and the class API can."""


class TooWide(Unsuited, OutOfRange):
    """A product of the run needs more than 64 bits; Python's own integers hold it."""


@dataclass(frozen=True, eq=False)
class Stage:
    """What runs over one market share: its columns for the kernel, and the inputs computed so far."""

    market: MarketData
    timeline: Timeline
    columns: tuple[Any, ...]
    inputs: dict[Any, Float64] = field(default_factory=dict)

    @classmethod
    def of(cls, simulation: Simulation) -> "Stage":
        """Return the stage of a simulation."""
        return cls(simulation.market, simulation.timeline, market_columns(simulation))


class WholeRun:
    """A program's run over the desk of an account that has its deposit and has taken no step yet.

    `module` is the compiled kernel with the program's decision; None runs the same text interpreted. `run`
    leaves the tables in `desk`: the given one, of lists, where it is interpreted; else one of arrays.
    """

    def __init__(
        self,
        stage: Stage,
        desk: Desk,
        program: Program,
        sizing: SignalSizing,
        indicators: Mapping[str, Indicator],
        *,
        module: ModuleType | None,
        first: int = 0,
    ) -> None:
        self.stage = stage
        self.desk = desk
        self.program = program
        self.sizing = sizing_row(sizing, first, len(program.tags))
        self.module = module
        self._floats = [FloatSeries(series, indicators) for series in stage.market.series.values()]
        self._inputs: Float64 | None = None
        self.states = np.array([list(program.state) or [0.0]] * len(self._floats), np.float64)
        self.params = np.array(list(program.params) or [0.0], np.float64)

    def run(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Return how many steps were taken. Raises TooWide where compiled integers do not suffice."""
        total, step = len(self.stage.timeline), 0
        speed = _Interpreted(self) if self.module is None else _Compiled(self, self.module)
        while step < total and not stopping():
            step = self._until_action(step, min(total, step + _CHUNK), speed)
        self.desk = speed.desk
        return step

    def tags(self) -> TagColumn:
        """Return the tags of the orders that there are."""
        orders = self.desk[at.D_ORDERS][: self.desk[at.D_COUNTS][at.N_ORDERS]]
        numbers = as_arrays(orders, at.ORDER_COLUMNS)[:, at.O_TAG]
        return TagColumn(numbers, (*_LEGS, *self.program.tags))

    def _until_action(self, start: int, stop: int, speed: "_Interpreted | _Compiled") -> int:
        """Take steps up to `stop`, letting the corporate actions act that are due on the way."""
        actions = self.desk[at.D_ACTIONS]
        due = [row for row, action in enumerate(actions) if start <= action[at.E_STEP] < stop]
        step = start
        for row in due:
            when = actions[row][at.E_STEP]
            step = speed.take(step, when)
            speed.act(row, self.stage.timeline.times.item(when))
            self._rescale(actions[row], when, speed)
        return speed.take(step, stop)

    def _rescale(self, action: list[int], step: int, speed: "_Interpreted | _Compiled") -> None:
        if action[at.E_KIND] != at.SPLIT:
            return
        floats = self._floats[action[at.E_SYMBOL]]
        symbol = floats.bars.instrument.symbol
        split = Split(symbol, 0, action[at.E_PART], action[at.E_WHOLE])
        floats.split(self.stage.timeline.rows[symbol].item(step), split.numerator / split.denominator)
        self._inputs = None
        speed.inputs = speed.read(self.inputs())

    def inputs(self) -> Float64:
        """Return the strategy's columns by symbol, input and row, NaN behind a symbol's last row.

        There is always one such row: a program that looks back from the first bar finds it at -1.
        """
        if self._inputs is not None:
            return self._inputs
        longest = max(len(floats.bars) for floats in self._floats)
        columns = np.full((len(self._floats), len(self.program.inputs), longest + 1), np.nan)
        for symbol, floats in enumerate(self._floats):
            for place, name in enumerate(self.program.inputs):
                columns[symbol, place, : len(floats.bars)] = self._column(symbol, name)
        self._inputs = columns
        return columns

    def _column(self, symbol: int, name: str) -> Float64:
        """Return one input of a symbol, computed once for all runs that have split it as often."""
        floats = self._floats[symbol]
        head, _, output = name.partition(".")
        key = (symbol, len(floats.splits), floats.indicators.get(head, name), output)
        if key not in self.stage.inputs:
            self.stage.inputs[key] = _computed(floats, name)
        return self.stage.inputs[key]


def _computed(floats: FloatSeries, name: str) -> Float64:
    head, _, output = name.partition(".")
    if head not in floats.indicators:
        return floats.column(name)
    result = floats.result(head)
    return np.asarray(getattr(result, output) if output else result)


class _Interpreted:
    """The kernel under CPython, over the simulation's own lists."""

    def __init__(self, run: WholeRun) -> None:
        self.desk = run.desk
        self._market = tuple(table.tolist() for table in run.stage.columns)
        self._sizing, self._states = run.sizing.tolist(), run.states.tolist()
        self._params = run.params.tolist()
        self._requests = [[0] * at.REQUEST_COLUMNS for _ in self.desk[at.D_TERMS]]
        self._decide = run.program.decide
        self.inputs = self.read(run.inputs())

    def read(self, inputs: Float64) -> Any:
        """Return columns as the kernel reads them."""
        return inputs.tolist()

    def take(self, start: int, stop: int) -> int:
        """Take the steps from `start` to `stop`."""
        step = whole_run.whole_run(
            start, stop, self.desk, self._market, self.inputs, self._states, self._params, self._sizing,
            self._requests, self._decide,
        )  # fmt: skip
        _check(self.desk)
        return step

    def act(self, row: int, time: int) -> None:
        """Let a corporate action act."""
        upkeep.act(row, time, self.desk)
        taking.watch(self.desk)


class _Compiled:
    """The kernel under numba, over arrays with room for what is to come."""

    def __init__(self, run: WholeRun, module: ModuleType) -> None:
        self._module = module
        self.desk = array_desk(run.desk)
        self._market = run.stage.columns
        self._sizing, self._states, self._params = run.sizing, run.states.copy(), run.params
        self._requests = np.zeros((len(self.desk[at.D_TERMS]), at.REQUEST_COLUMNS), np.int64)
        self.inputs = self.read(run.inputs())

    def read(self, inputs: Float64) -> Any:
        """Return columns as the kernel reads them."""
        return inputs

    def take(self, start: int, stop: int) -> int:
        """Take the steps from `start` to `stop`, with larger tables whenever one is full."""
        step = start
        while step < stop:
            step = self._taken(step, stop)
            _check(self.desk)
            if step < stop:
                self.desk = grown(self.desk)
        return int(step)

    def _taken(self, start: int, stop: int) -> int:
        try:
            step = self._module.whole_run(
                start, stop, self.desk, self._market, self.inputs, self._states, self._params, self._sizing,
                self._requests,
            )  # fmt: skip
        except IndexError as error:
            raise PluginError(
                "The strategy's compiled program goes outside of its columns, state or parameters.",
                "Read rows from 0 to `row`, and declare every input, state and parameter.",
            ) from error
        except Exception as error:
            raise Unsuited(
                f"The kernel could not be made or run with this program: {described(error)[:300]}",
                "Mend the program, or delete the folder of compiled kernels.",
            ) from error
        return int(step)

    def act(self, row: int, time: int) -> None:
        """Let a corporate action act, which writes at most one row of any table."""
        if any(self.desk[at.D_COUNTS][count] >= len(self.desk[place]) for place, count in _COUNTS.items()):
            self.desk = grown(self.desk)
        self._module.act(row, time, self.desk)
        self._module.watch(self.desk)
        _check(self.desk)


def write_back(arrays: Desk, lists: Desk) -> None:
    """Make the tables of a desk of lists those of a desk of arrays; every order counts as changed."""
    counts = arrays[at.D_COUNTS]
    for place, table in enumerate(lists):
        array = arrays[place]
        if place in _COUNTS:
            table[:] = array[: counts[_COUNTS[place]]].tolist()
        elif place == at.D_WORKING:
            table[:] = array[: counts[at.N_WORKING]].tolist()
        elif place == at.D_ACCOUNT:
            limit = table[at.A_LIMIT]
            table[:] = array.tolist()
            table[at.A_LIMIT] = limit
        elif place in (at.D_POSITIONS, at.D_COUNTS, at.D_ACTIONS, at.D_WATCH):
            table[:] = array.tolist()
    lists[at.D_CHANGED].extend(range(counts[at.N_ORDERS]))


_FAULTS = {
    at.TOO_LARGE: "an amount needs more than 64 bits on its way",
    at.TOO_FINE: "a decision has a signal of more than six decimals or beyond -1 and 1, or makes no sense",
}


def _check(desk: Desk) -> None:
    counts = desk[at.D_COUNTS]
    if any(counts[count] > len(desk[place]) for place, count in _COUNTS.items()):
        raise RuntimeError("A table of the kernel had no room for its rows.")
    fault = int(desk[at.D_ACCOUNT][at.A_FAULT])
    if fault:
        raise TooWide(f"The compiled run cannot go on: {_FAULTS[fault]}.", "Set run.speed = interpreted.")


def array_desk(desk: Desk, room: int = 1024) -> Desk:
    """Return the tables of a desk as int64 arrays, those that grow with so many more rows."""
    arrays: list[Any] = []
    for place, table in enumerate(desk):
        if place in _TABLES:
            arrays.append(_roomy(as_arrays(table, _TABLES[place]), room))
        elif place in _FIXED:
            arrays.append(as_arrays(table, _FIXED[place]))
        elif place == at.D_WORKING:
            arrays.append(_roomy(_numbers(table), room))
        elif place == at.D_CHANGED:
            arrays.append(np.zeros(0, np.int64))
        elif place == at.D_ACCOUNT:
            account = list(table)
            account[at.A_LIMIT] = COMPILED_LIMIT
            arrays.append(_numbers(account))
        else:
            arrays.append(_numbers(table))
    return tuple(arrays)


def grown(desk: Desk) -> Desk:
    """Return the desk with twice the room in every table that grows."""
    larger = list(desk)
    for place in (*_TABLES, at.D_WORKING):
        larger[place] = _roomy(desk[place], len(desk[place]) * (_GROWTH - 1) + 64)
    return tuple(larger)


def _roomy(table: Any, more: int) -> Any:
    return np.concatenate((table, np.zeros((more, *table.shape[1:]), np.int64)))


def sizing_row(sizing: SignalSizing, first: int, tags: int) -> Any:
    """Return how signals are sized as the kernel's row."""
    row = [0] * at.SIZING_COLUMNS
    row[at.Z_FIRST], row[at.Z_TAGS] = first, tags
    row[at.Z_SPEND], row[at.Z_SPEND_OF] = sizing.spend.as_integer_ratio()
    row[at.Z_SHARE], row[at.Z_SHARE_OF] = sizing.share.as_integer_ratio()
    lots = sizing.lots or 0
    row[at.Z_QUANTITY], row[at.Z_QUANTITY_OF] = lots.as_integer_ratio()
    row[at.Z_WITHIN_CASH] = int(sizing.within_cash)
    return _numbers(row)


def _numbers(values: Any) -> Any:
    """Return numbers as int64. Raises TooWide where one does not fit."""
    try:
        return np.array(values, np.int64)
    except OverflowError as error:
        raise TooWide("The compiled run cannot go on: a setting needs more than 64 bits.") from error


def market_columns(simulation: Simulation) -> tuple[Any, ...]:
    """Return a market as the tables of a whole run, by symbol and step; without a new bar, the last one."""
    market, timeline = simulation.market, simulation.timeline
    impact = simulation.venue.slippage.model.value == "square_root"
    rows: list[list[Any]] = [[] for _ in range(at.M_FINER_END + 1)]
    for number, (symbol, series) in enumerate(market.series.items()):
        at_row = np.maximum(timeline.rows[symbol], 0)
        marks = session_marks(series, simulation.sessions)
        following = np.append(marks.closes[1:], 0)
        sigma, lots = daily_activity(series) if impact else (np.zeros(len(series), np.int64),) * 2
        columns = (
            series.opens, series.highs, series.lows, series.closes, series.volumes, marks.starts, marks.ends,
            marks.closes, following, sigma, lots,
            *simulation.columns.finer_ranges(number),
        )  # fmt: skip
        rows[at.M_FRESH].append(timeline.fresh[symbol])
        rows[at.M_ROWS].append(timeline.rows[symbol])
        for place, column in zip(range(at.M_OPENS, at.M_FINER_END + 1), columns, strict=True):
            rows[place].append(column[at_row])
    times = (timeline.times, timeline.known_until)
    return (*(np.array(each, np.int64) for each in times), *(_stacked(each) for each in rows[at.M_FRESH :]))


def _stacked(columns: list[Any]) -> Any:
    return np.ascontiguousarray(np.stack(columns), np.int64)


def trimmed(desk: Desk) -> Desk:
    """Return a desk of arrays without the rows that are not in use."""
    counts = desk[at.D_COUNTS]
    used = {place: int(counts[count]) for place, count in _COUNTS.items()}
    used[at.D_WORKING] = int(counts[at.N_WORKING])
    return tuple(table[: used[place]] if place in used else table for place, table in enumerate(desk))


def end_all(desk: Desk, timeline: Timeline) -> None:
    """Cancel what still works at the end of the data, on a desk of arrays."""
    orders, working = desk[at.D_ORDERS], desk[at.D_WORKING]
    orders[working, at.O_STATUS] = at.CANCELED
    orders[working, at.O_REASON] = REASON_CODES[Reason.END_OF_DATA]
    orders[working, at.O_UPDATED] = timeline.times[-1]
