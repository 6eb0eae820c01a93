"""Compiled kernels: made once, kept on disk under the hash of their text, and loaded from there."""

import importlib.util
import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from app.domain.errors import ConfigurationError, described
from app.engine.compiled.source import digest, module_text


def available() -> bool:
    """Return whether numba is installed."""
    return importlib.util.find_spec("numba") is not None


def is_warm(decide: Callable[..., Any], folder: Path) -> bool:
    """Return whether what numba makes of a decision's kernel lies in the folder already."""
    name = f"lts_kernel_{digest(module_text(decide))}"
    return any(folder.glob(f"__pycache__/{name}.whole_run-*.nbi"))


@cache
def kernel_module(decide: Callable[..., Any], folder: Path) -> ModuleType:
    """Return the kernel with a strategy's decision, compiled when its functions are first called.

    What numba makes of it is kept beside it in `folder`, which must be the user's own: what is in there is
    executed. Raises ConfigurationError where numba is missing or cannot be loaded.
    """
    if not available():
        raise ConfigurationError(
            "run.speed = compiled needs numba, which is not installed.",
            'Install it with: python -m pip install "lts-server[fast]"',
        )
    text = module_text(decide)
    name = f"lts_kernel_{digest(text)}"
    path = folder / f"{name}.py"
    _write(path, text)
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ConfigurationError(f"{path} cannot be loaded as a module.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except ImportError as error:
        raise ConfigurationError(f"numba cannot be loaded: {described(error)}") from error
    return module


def _write(path: Path, text: str) -> None:
    """Write a file that only the user may change, at once and whole; leave one alone that is right."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
