"""Errors say what is wrong and what to do."""

import pytest

from app.domain.errors import (
    ConfigurationError,
    LtsError,
    OutOfRange,
    PluginError,
    StorageError,
    StorageFailed,
    StorageUnusable,
)

pytestmark = pytest.mark.unit


def test_an_error_reads_as_the_problem_and_then_the_remedy():
    error = LtsError("The tick is 0.", "Set data.tick.")
    assert str(error) == "The tick is 0.\nSet data.tick."
    assert (error.problem, error.remedy) == ("The tick is 0.", "Set data.tick.")


def test_an_error_without_a_known_remedy_is_only_the_problem():
    assert str(OutOfRange("Too large.")) == "Too large."


def test_the_type_says_what_to_do():
    assert issubclass(PluginError, ConfigurationError)
    assert {StorageFailed, StorageUnusable} <= set(StorageError.__subclasses__())
