"""The `lts` command as a user runs it: in a process, a folder and with a data folder of its own."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from importlib import invalidate_caches
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text

from app.cli.main import main
from app.persistence.database import Database

PROGRAM = Path(sysconfig.get_path("scripts")) / ("lts.exe" if sys.platform == "win32" else "lts")

# What makes a program believe that its pipe is a terminal, or of another width.
_TERMINAL = {"COLUMNS", "FORCE_COLOR", "GITHUB_ACTIONS", "NO_COLOR", "PY_COLORS", "TTY_COMPATIBLE"}

_NAMELESS = 54321


@dataclass(frozen=True)
class Finished:
    """What a process left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def message(self) -> str:
        """The one error message on standard error; fails where there is none, or more than one."""
        lines = self.err.splitlines()
        starts = [number for number, line in enumerate(lines) if line.startswith("Error: ")]
        assert len(starts) == 1, self.err
        indented = all(line.startswith("  ") for line in lines[starts[0] + 1 :])
        assert indented, self.err
        return "\n".join(lines[starts[0] :])


class Lts:
    """Runs `lts` with a data folder of its own, and looks into the database that it leaves."""

    program = PROGRAM

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.here = folder / "here"
        self.packages = folder / "packages"
        self.database = self.home / "lts.db"
        self.prefix: tuple[str, ...] = ()
        self.here.mkdir()
        self.packages.mkdir()
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("LTS_") and name not in _TERMINAL
        }
        path = [str(self.packages), *filter(None, [inherited.get("PYTHONPATH")])]
        self.environment = {
            **inherited,
            "LTS_HOME": str(self.home),
            "PYTHONPATH": os.pathsep.join(path),
            "PYTHONWARNINGS": "error",
        }

    def __call__(self, *arguments: object, code: int = 0, **options: Any) -> Finished:
        """Run `lts` to its end, which must have this exit code and, without --debug, no traceback."""
        words = [str(argument) for argument in arguments]
        done = self.call([*self.prefix, str(self.program), *words], **options)
        assert done.code == code, f"lts {' '.join(words)}: {done}"
        assert "--debug" in words or "Traceback" not in done.out + done.err, done
        return done

    def inside(self, *arguments: object, code: int = 0) -> Finished:
        """Do the same in this process, where one of its own would show no more and take a second to start."""
        words = [str(argument) for argument in arguments]
        out, err, before = StringIO(), StringIO(), dict(os.environ)
        with ExitStack() as stack:
            stack.callback(os.chdir, Path.cwd())
            stack.callback(os.environ.update, before)
            stack.callback(os.environ.clear)
            stack.callback(setattr, sys, "argv", sys.argv)
            os.chdir(self.here)
            os.environ.clear()
            os.environ.update(self.environment)
            sys.argv = [str(self.program), *words]
            stack.enter_context(self._importing())
            stack.enter_context(redirect_stdout(out))
            stack.enter_context(redirect_stderr(err))
            with pytest.raises(SystemExit) as left:
                main()
        done = Finished(left.value.code or 0, out.getvalue(), err.getvalue())
        assert done.code == code, f"lts {' '.join(words)}: {done}"
        assert "--debug" in words or "Traceback" not in done.out + done.err, done
        return done

    @contextmanager
    def _importing(self) -> Iterator[None]:
        """Let this process import the installed packages, and forget them at the end."""
        sys.path.insert(0, str(self.packages))
        invalidate_caches()
        try:
            yield
        finally:
            sys.path.remove(str(self.packages))
            for name, module in list(sys.modules.items()):
                if str(getattr(module, "__file__", None)).startswith(str(self.packages)):
                    del sys.modules[name]

    def call(self, command: Sequence[str], env: dict[str, str] | None = None, **options: Any) -> Finished:
        """Run any command in the folder and environment of this user."""
        done = subprocess.run(
            command,
            **{
                "stdout": subprocess.PIPE,
                "stderr": subprocess.PIPE,
                "cwd": self.here,
                **options,
            },
            env={**self.environment, **(env or {})},
            stdin=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        return Finished(done.returncode, done.stdout or "", done.stderr or "")

    def query(self, statement: str, database: str | None = None) -> list[tuple[Any, ...]]:
        """Return the rows that a query finds in this user's database, or in another."""
        url = database or str(self.database)
        with Database.open(url, create=False) as opened, opened.reading() as session:
            return [tuple(row) for row in session.execute(text(statement))]

    def runs(self, database: str | None = None) -> list[tuple[str, str | None]]:
        """Return status and error of every run; none where there is no database or no such table."""
        if database is None and not self.database.exists():
            return []
        url = database or str(self.database)
        with Database.open(url, create=False) as opened, opened.reading() as session:
            if not inspect(session.connection()).has_table("runs"):
                return []
            rows = session.execute(text("SELECT status, error FROM runs ORDER BY started_at, id"))
            return [(row.status, row.error) for row in rows]

    def measure_no_coverage(self) -> None:
        """Keep the measuring of coverage out of processes that may not, or cannot, write its files."""
        for name in [name for name in self.environment if name.startswith("COVERAGE")]:
            del self.environment[name]

    def install(self, name: str, source: str, version: str = "1.0", **groups: str) -> None:
        """Put a package of one module on the path, as pip would; `plugins_strategy="a = module:Class"`."""
        (self.packages / f"{name.replace('-', '_')}.py").write_text(source, encoding="utf-8")
        information = self.packages / f"{name.replace('-', '_')}-{version}.dist-info"
        information.mkdir()
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        (information / "METADATA").write_text(metadata, encoding="utf-8")
        points = "\n".join(f"[{group}]\n{line}" for group, line in groups.items())
        (information / "entry_points.txt").write_text(points, encoding="utf-8")


@pytest.fixture
def lts(tmp_path: Path) -> Lts:
    """The command of a user who has never run it."""
    folder = tmp_path / "user"
    folder.mkdir()
    return Lts(folder)


@pytest.fixture(scope="session")
def default_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lts, Finished]:
    """The command after `lts run --json`, for tests that only look at what it left."""
    user = Lts(tmp_path_factory.mktemp("default"))
    usual = {} if sys.platform == "win32" else {"umask": 0o022}
    return user, user("run", "--json", **usual)


@pytest.fixture
def ordinary() -> Iterator[Lts]:
    """The command of a user without privileges; root becomes a number that has neither name nor home."""
    # Not pytest's folder, which only its owner can enter.
    folder = Path(tempfile.mkdtemp(prefix="lts-ordinary-"))
    try:
        folder.chmod(0o755)
        user = Lts(folder)
        user.measure_no_coverage()
        for name in ("HOME", "LNAME", "LOGNAME", "USER", "USERNAME", "XDG_DATA_HOME"):
            user.environment.pop(name, None)
        if sys.platform != "win32" and os.geteuid() == 0:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, _NAMELESS, _NAMELESS)
            user.prefix = ("setpriv", f"--reuid={_NAMELESS}", f"--regid={_NAMELESS}", "--clear-groups", "--")
            try:
                user("--version")
            except (AssertionError, FileNotFoundError):
                pytest.skip("root needs setpriv, and an installation that other users can read")
        yield user
    finally:
        shutil.rmtree(folder)
