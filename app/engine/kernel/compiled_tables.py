"""What `tables` has for lists, for int64 arrays under numba: the rows are there, and changes go unnoticed."""

from typing import Any


def put(table: Any, used: int, row: Any) -> None:
    """Write a row behind the last one in use; nothing is ever written behind the table's end."""
    if used >= len(table):
        return
    for column, value in enumerate(row):
        table[used, column] = value


def push(numbers: Any, used: int, number: int) -> None:
    """Write a number behind the last one in use, never behind the end."""
    if used < len(numbers):
        numbers[used] = number


def cut(numbers: Any, used: int) -> None:
    """Do nothing: a count says how many are in use."""


def note(changed: Any, order: int) -> None:
    """Do nothing: a compiled run has nobody who listens."""


def has_room(table: Any, used: int, more: int) -> bool:
    """Return whether a table takes so many more rows."""
    return bool(used + more <= len(table))
