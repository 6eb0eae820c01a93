"""A plugin's code as a new process would import it: what its modules kept from an earlier run is gone."""

import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from importlib import invalidate_caches
from importlib.machinery import SourceFileLoader, SourcelessFileLoader
from types import ModuleType

_OURS = "app"  # the host's own modules hold nothing of a plugin's, and cannot be there twice


@contextmanager
def imported_anew(*modules: str) -> Iterator[None]:
    """Let the next import of these modules, and of the packages that they belong to, execute them again.

    The modules of before come back at the end of the block. Modules that are not Python files, like compiled
    extensions, stay as they are: many cannot be imported twice.
    """
    roots = {_package_of(module) for module in modules} - {_OURS}
    before = _take_out(roots)
    invalidate_caches()
    try:
        yield
    finally:
        _take_out(roots)
        sys.modules.update(before)


def _take_out(roots: Collection[str]) -> dict[str, ModuleType]:
    """Remove the Python modules of these packages from those that are imported, and return them."""
    found = {
        name: module
        for name, module in sys.modules.items()
        if _is_python(module) and any(name == root or name.startswith(f"{root}.") for root in roots)
    }
    for name in found:
        del sys.modules[name]
    return found


def _package_of(module: str) -> str:
    """Return the outermost package of a module that is not a mere name space, which others may share."""
    parts = module.split(".")
    names = [".".join(parts[: end + 1]) for end in range(len(parts))]
    return next((name for name in names if getattr(sys.modules.get(name), "__file__", None)), module)


def _is_python(module: ModuleType) -> bool:
    loader = getattr(getattr(module, "__spec__", None), "loader", None)
    return isinstance(loader, SourceFileLoader | SourcelessFileLoader)
