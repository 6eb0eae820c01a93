"""What any exception is told as: short, and without raising another."""

from asyncio import CancelledError

import pytest

from app.domain.errors import InputError, described

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-011")]


class Mute(BaseException):
    """An error that raises another when it is asked what it says."""

    def __str__(self) -> str:
        raise SystemExit(1)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (InputError("no bars", "get some"), "no bars"),
        (KeyError("order"), "KeyError: 'order'"),
        (CancelledError(), "CancelledError"),
        (Mute(), "Mute: (it cannot say what was wrong)"),
    ],
    ids=["of LTS", "with a text", "without one", "mute"],
)
def test_an_error_is_told_by_its_problem_or_by_its_type_and_text(error: BaseException, told: str) -> None:
    assert described(error) == told


@pytest.mark.parametrize("kind", [InputError, ValueError])
def test_an_endless_text_is_cut(kind: type[Exception]) -> None:
    told = described(kind("x" * 100_000))
    assert len(told) == 500
    assert told.endswith("x...")
