"""A virtual environment for each peer, made on demand below the user's cache folder."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from platformdirs import user_cache_path

HERE = Path(__file__).parent


def default_folder() -> Path:
    """Return where the environments are kept unless the command line says otherwise."""
    return user_cache_path("lts-benchmarks", appauthor=False) / "peers"


def python(folder: Path, name: str) -> Path:
    """Return the interpreter of a peer's environment, whether or not it exists yet."""
    return folder / name / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def is_ready(folder: Path, name: str) -> bool:
    """Return whether the environment was made from the requirements as they are now."""
    installed = _installed(folder, name)
    return installed.is_file() and installed.read_bytes() == _requirements(name).read_bytes()


def make(folder: Path, name: str) -> None:
    """Make a peer's environment anew. Raises CalledProcessError where pip fails, whose output is shown."""
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder / name], check=True)
    pip = (str(python(folder, name)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    subprocess.run([*pip, "--requirement", str(_requirements(name))], check=True)
    shutil.copyfile(_requirements(name), _installed(folder, name))


def _requirements(name: str) -> Path:
    return HERE / f"requirements-{name}.txt"


def _installed(folder: Path, name: str) -> Path:
    return folder / name / "installed.txt"
