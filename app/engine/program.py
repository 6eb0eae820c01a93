"""What a strategy and a portfolio declare so that their runs can be compiled: plain functions and numbers."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

from app.domain.errors import PluginError

Decision = Callable[[Any, Any, int, Any], tuple[float, float, float, float, float]]
F = TypeVar("F", bound=Callable[..., Any])

_ARGUMENTS = ("state", "columns", "row", "params")


def compiled(function: F) -> F:
    """Mark a pure function that may be compiled as it stands; return it unchanged.

    It takes (state, columns, row, params): a row of floats that it may write to, the declared inputs as
    columns of floats, the row of the present bar, and the parameters. It returns five floats: the signal
    (NaN: nothing is wanted), stop loss, take profit, trailing distance (NaN: none), and the number of a tag
    (0: none, 1: the first). It reads no row after `row`, calls nothing but `abs`, `min`, `max` and functions
    of `math`, and uses no other names than numbers of its module. Raises PluginError for other arguments.
    """
    if tuple(inspect.signature(function).parameters) != _ARGUMENTS:
        raise PluginError(
            f"The compiled function {function.__qualname__} takes {inspect.signature(function)}.",
            f"Its arguments are ({', '.join(_ARGUMENTS)}).",
        )
    return function


@dataclass(frozen=True)
class Program:
    """A strategy as one function of each symbol's columns; its runs are the same at every speed.

    `inputs` name columns of bars (`closes` ...), indicators, or one output of an indicator (`bands.upper`);
    `state` is what a symbol's row of memory begins as; `tags` are the texts of the tags, from number 1.
    """

    decide: Decision
    inputs: Sequence[str]
    state: Sequence[float] = ()
    params: Sequence[float] = ()
    tags: Sequence[str] = ()


@dataclass(frozen=True)
class SignalSizing:
    """How a portfolio turns a signal into a holding: a `share` of the equity that it may `spend`, or `lots`.

    `lots` is what a signal of 1 holds, in lots, instead of the share; `within_cash` cuts purchases to the
    cash above what is not spent.
    """

    spend: Fraction = Fraction(1)
    share: Fraction = Fraction(1)
    lots: Fraction | None = None
    within_cash: bool = False
