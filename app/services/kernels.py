"""Compiled kernels: made once, kept on disk under the hash of their text, and loaded from there."""

import importlib.util
import os
import stat
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from app.domain.errors import ConfigurationError, StorageError, described
from app.engine.compiled.source import base_text, digest, program_text
from app.security.files import private_folder


def available() -> bool:
    """Return whether numba is installed."""
    return importlib.util.find_spec("numba") is not None


def is_warm(decide: Callable[..., Any], folder: Path) -> bool:
    """Return whether what numba makes of a decision's kernel lies in the folder already."""
    program = _name("program", program_text(decide, _name("kernel", base_text())))
    return any(folder.glob(f"__pycache__/{program}.whole_run-*.nbi"))


@cache
def kernel_module(decide: Callable[..., Any], folder: Path) -> ModuleType:
    """Return the kernel with a strategy's decision, compiled when its functions are first called.

    What numba makes of it is kept beside it in `folder`, which must be the user's own: what is in there is
    executed. Raises ConfigurationError where numba is missing or the folder could be written by others,
    StorageError where it cannot be written.
    """
    if not available():
        raise ConfigurationError(
            "run.speed = compiled needs numba, which is not installed.",
            'Install it with: python -m pip install "lts-server[fast]"',
        )
    _check_own(private_folder(folder))
    base = _loaded("kernel", base_text(), folder)
    program = _loaded("program", program_text(decide, base.__name__), folder)
    for name, value in vars(base).items():
        program.__dict__.setdefault(name, value)
    return program


def _check_own(folder: Path) -> None:
    """Refuse a folder in which others could put what this process then executes."""
    if sys.platform == "win32":  # a user's folders are their own there unless they share them
        return
    found = folder.stat()
    if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & (stat.S_IWGRP | stat.S_IWOTH):
        raise ConfigurationError(
            f"The folder of compiled kernels, {folder}, can be written by other users.",
            f"Make it your own: chmod 700 {folder}",
        )


def _name(kind: str, text: str) -> str:
    return f"lts_{kind}_{digest(text)}"


def _loaded(kind: str, text: str, folder: Path) -> ModuleType:
    """Return the module of a text, written to the folder if it is not there as it should be."""
    name = _name(kind, text)
    if name in sys.modules:
        return sys.modules[name]
    path = folder / f"{name}.py"
    _write(path, text)
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ConfigurationError(f"{path} cannot be loaded as a module.")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except ImportError as error:
        del sys.modules[name]
        raise ConfigurationError(f"numba cannot be loaded: {described(error)}") from error
    return module


def _write(path: Path, text: str) -> None:
    """Write a file at once and whole; leave one alone that is right."""
    try:
        if path.is_file() and not path.is_symlink() and path.read_text(encoding="utf-8") == text:
            return
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise StorageError(
            f"{path} cannot be written: {error.strerror}.", "Free or allow space there."
        ) from error
