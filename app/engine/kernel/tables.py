"""The three things that lists and arrays do differently; `compiled_tables` has them for arrays.

A table has room for more rows than are in use; how many are is counted beside it.
"""

from typing import Any


def put(table: list[list[int]], used: int, row: Any) -> None:
    """Write a row behind the last one in use."""
    table.append(list(row))


def push(numbers: list[int], used: int, number: int) -> None:
    """Write a number behind the last one in use."""
    numbers.append(number)


def cut(numbers: list[int], used: int) -> None:
    """Forget the numbers behind the last one in use."""
    del numbers[used:]


def note(changed: list[int], order: int) -> None:
    """Remember that an order has changed."""
    changed.append(order)


def has_room(table: list[list[int]], used: int, more: int) -> bool:
    """Return whether a table takes so many more rows; a list always does."""
    return True
