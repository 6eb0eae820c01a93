"""Packages on disk are executed again, and everything is as before afterwards."""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from app.services._lookahead.fresh import imported_anew

pytestmark = [pytest.mark.integration, pytest.mark.requirement("SYS-001")]

KEEPS = "SEEN = []\n"


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on the path; what is imported from it is forgotten at the end."""
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


def write(folder: Path, name: str, text: str = KEEPS) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_a_module_is_executed_again_inside_the_block_and_comes_back_after_it(packages):
    write(packages, "lone.py")
    before = import_module("lone")
    before.SEEN.append("the future")
    with imported_anew("lone"):
        assert import_module("lone").SEEN == []
        import_module("lone").SEEN.append("another")
        assert import_module("lone").SEEN == ["another"]
    assert import_module("lone") is before
    assert before.SEEN == ["the future"]


def test_the_whole_package_of_a_module_is_executed_again(packages):
    for name in ("pack/__init__.py", "pack/memory.py", "pack/inner/__init__.py"):
        write(packages, name)
    write(packages, "pack/inner/strategy.py", "from pack.memory import SEEN\n")
    import_module("pack.inner.strategy").SEEN.append("the future")
    with imported_anew("pack.inner.strategy"):
        assert import_module("pack.inner.strategy").SEEN == []
    assert import_module("pack.memory").SEEN == ["the future"]


def test_what_is_first_imported_inside_the_block_does_not_stay(packages):
    write(packages, "lone.py")
    with imported_anew("lone"):
        import_module("lone")
    assert "lone" not in sys.modules


def test_a_name_space_that_packages_share_is_not_theirs(packages):
    write(packages, "shared/one/__init__.py")
    write(packages, "shared/two/__init__.py")
    one, two = import_module("shared.one"), import_module("shared.two")
    with imported_anew("shared.one"):
        assert import_module("shared.one") is not one
        assert import_module("shared.two") is two


def test_the_modules_come_back_when_the_block_fails(packages):
    write(packages, "lone.py")
    before = import_module("lone")
    with pytest.raises(ValueError, match="broken"), imported_anew("lone"):
        raise ValueError("broken")
    assert sys.modules["lone"] is before


def test_compiled_modules_stay_because_many_cannot_be_imported_twice(packages):
    write(packages, "pack/__init__.py")
    import_module("pack")
    compiled = import_module("_heapq" if "_heapq" not in sys.builtin_module_names else "_json")
    sys.modules["pack.compiled"] = compiled
    with imported_anew("pack"):
        assert sys.modules["pack.compiled"] is compiled
        assert "pack" not in sys.modules


@pytest.mark.parametrize("module", ["app.ports", "builtins", "nowhere"])
def test_the_host_what_is_built_in_and_what_is_not_there_are_left_alone(packages, module):
    before = dict(sys.modules)
    with imported_anew(module):
        assert sys.modules == before
    assert sys.modules == before
