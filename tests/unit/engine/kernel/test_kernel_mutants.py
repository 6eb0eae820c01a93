"""A deliberate mistake in the kernel does not survive the comparison with the reference venue."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable

import pytest
from kernel_replay import difference
from reference_programs import program_from_seed

import app.engine.kernel
from app.domain.bars import Timeframe
from app.domain.money import half_even
from app.engine.kernel import choosing, matching, pricing
from app.engine.kernel import layout as at

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-006")]

SEEDS = range(200)
MODULES = [
    importlib.import_module(found.name)
    for found in pkgutil.iter_modules(app.engine.kernel.__path__, "app.engine.kernel.")
]
MODULES += [importlib.import_module(f"app.engine.{name}") for name in ("charges", "simulation")]

Function = Callable[..., object]


def mutate(monkeypatch, name: str, mutant: Function) -> None:
    """Put a mutant in the place of a kernel function, in every module that knows it by name."""
    holders = [module for module in MODULES if hasattr(module, name)]
    assert holders, f"The kernel has no {name} any more; write its mutant anew."
    for module in holders:
        monkeypatch.setattr(module, name, mutant)


def rewritten(function: Function, text: str, other: str) -> Function:
    """Return a function with a piece of its source replaced."""
    source = inspect.getsource(function)
    assert text in source, f"{function.__name__} has no {text!r} any more; write its mutant anew."
    names = dict(vars(inspect.getmodule(function)))
    exec(source.replace(text, other), names)  # noqa: S102 - the source is the kernel's own
    return names[function.__name__]


def touching_is_enough(side, limit, price, touch):
    return side * (limit - price) >= 0


def strictly_through(side, limit, price, touch):
    return side * (limit - price) > 0


original_open_fill = pricing.open_fill


def a_gap_fills_at_the_stop(order, price, starts, touch):
    found = original_open_fill(order, price, starts, touch)
    waits = order[at.O_KIND] in (at.STOP, at.TRAILING_STOP) and order[at.O_TRIGGERED] == 0
    return order[at.O_STOP] if found and waits else found


original_comes_before = choosing._comes_before


def the_other_member_first(one, other, step, desk):
    return not original_comes_before(one, other, step, desk)


def floored(numerator, denominator):
    return numerator // denominator


def nothing(*_):
    return None


original_expire = matching._expire


def expiring_a_moment_late(moment, time, desk):
    original_expire(moment - 1, time, desk)


def expiring_half_a_day_early(moment, time, desk):
    original_expire(moment + Timeframe.D1.nanoseconds // 2, time, desk)


original_execute = matching.execute


def a_volume_of_ones_own(row, *arguments):
    desk = arguments[-1]
    bar = desk[at.D_BARS][desk[at.D_ORDERS][row][at.O_SYMBOL]]
    offer = bar[at.B_OFFER]
    original_execute(row, *arguments)
    bar[at.B_OFFER] = offer


def children_that_see_everything(row, price, _, *arguments):
    original_execute(row, price, at.SEES_ALL, *arguments)


original_match_open = matching._match_open


def watermarks_before_matching(step, time, desk):
    matching._trail(step, time, desk)
    original_match_open(step, time, desk)


original_slipped = pricing.slipped


def slipping_to_the_orders_favour(price, side, *arguments):
    return original_slipped(price, -side, *arguments)


def all_that_was_wanted(_, __, lots, *___):
    return lots


def a_reduction_without_a_bound(order, held):
    return order[at.O_LOTS]


def working_at_once(order, time, desk):
    changed = list(order)
    changed[at.O_ELIGIBLE] = 0
    return matching.left(changed) > 0 and matching.is_open(order) and trades(order, desk)


def trades(order, desk):
    return desk[at.D_BARS][order[at.O_SYMBOL]][at.B_TRADES] == 1


def on_bars_without_volume(order, time, desk):
    ready = matching.left(order) > 0 and order[at.O_ELIGIBLE] <= time and matching.is_open(order)
    return ready and desk[at.D_BARS][order[at.O_SYMBOL]][at.B_OPEN] > 0


def a_unit_too_high(numerator, denominator):
    return half_even(numerator, denominator) + 1


MUTANTS = {
    "a limit fills where it is touched": ("beats", touching_is_enough),
    "a touch is never enough": ("beats", strictly_through),
    "a gap through a stop fills at the stop": ("open_fill", a_gap_fills_at_the_stop),
    "of an ambiguous pair the other one fills": ("_comes_before", the_other_member_first),
    "amounts are floored": ("half_even", floored),
    "amounts are a unit too high": ("half_even", a_unit_too_high),
    "an OCO does not shrink": ("shrink_group", nothing),
    "the children of an ended order stay as they are": ("cut_children", nothing),
    "orders expire a moment late": ("_expire", expiring_a_moment_late),
    "orders expire half a day early": ("_expire", expiring_half_a_day_early),
    "each order has the volume to itself": ("execute", a_volume_of_ones_own),
    "a child sees the whole bar of its parent": ("execute", children_that_see_everything),
    "a watermark moves before the bar is matched": ("_match_open", watermarks_before_matching),
    "slippage is for the order": ("slipped", slipping_to_the_orders_favour),
    "a purchase owes what the cash does not pay": ("affordable", all_that_was_wanted),
    "a reduction goes beyond zero": ("reducible", a_reduction_without_a_bound),
    "a closed position leaves its exits working": ("end_reductions", nothing),
    "an order works before it is eligible": ("takes_part", working_at_once),
    "a bar without volume fills": ("takes_part", on_bars_without_volume),
    "a split leaves working orders as they are": ("_split_orders", nothing),
}


def first_caught():
    """Return the first seed whose program differs, with the mutant in place."""
    return next((seed for seed in SEEDS if difference(program_from_seed(seed))), None)


@pytest.mark.parametrize("what", MUTANTS)
def test_a_mutant_is_caught(monkeypatch, what):
    name, mutant = MUTANTS[what]
    mutate(monkeypatch, name, mutant)
    assert first_caught() is not None, f"No program notices that {what}."


def test_a_limit_that_slips_past_its_price_is_caught(monkeypatch):
    changed = rewritten(matching.execute, "paid = side * min(side * paid, side * order[O_LIMIT])", "pass")
    mutate(monkeypatch, "execute", changed)
    assert first_caught() is not None


def test_without_a_mutant_nothing_is_caught():
    assert all(not difference(program_from_seed(seed)) for seed in range(20))
