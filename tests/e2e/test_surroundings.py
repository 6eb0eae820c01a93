"""Where `lts` is started from: folders that look like its own, and a wheel without a checkout."""

import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.system, pytest.mark.requirement("SYS-012", "STC-8")]

QUICK = ("--set", "data.start=2012-06-01")
CHECKOUT = Path(__file__).resolve().parents[2]


def test_folders_and_modules_named_like_ours_are_not_taken_for_them(lts: Any) -> None:
    trap = "raise SystemExit('the wrong one')\n"
    for name in ("app", "plugins_strategy", "migrations", "config"):
        folder = lts.here / name
        folder.mkdir()
        (folder / "__init__.py").write_text(trap, encoding="utf-8")
        (folder / "development.toml").write_text("[nonsense]\n", encoding="utf-8")
    (lts.here / "plugins_broker.py").write_text(trap, encoding="utf-8")
    assert lts("run", "--json", *QUICK).json["status"] == "completed"


def test_a_module_named_app_is_not_taken_for_ours(lts: Any) -> None:
    (lts.here / "app.py").write_text("raise SystemExit('the wrong one')\n", encoding="utf-8")
    assert lts("--version").out.startswith("lts ")


def test_nothing_is_written_where_it_is_started(lts: Any) -> None:
    lts("run", "--quiet", *QUICK)
    assert list(lts.here.iterdir()) == []


def test_variables_that_a_platform_invents_are_noted_and_ignored(lts: Any) -> None:
    lts.environment["LTS_PORT_80_TCP"] = "tcp://10.0.0.1:80"
    done = lts("run", "--json", *QUICK)
    assert done.json["status"] == "completed"
    assert done.err.startswith("Note: Ignored environment variables: LTS_PORT_80_TCP.")


@pytest.fixture(scope="session")
def unpacked_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built wheel, unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder / "dist"],
        cwd=CHECKOUT,
        check=True,
        capture_output=True,
    )
    (wheel,) = (folder / "dist").glob("lts_server-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


FROM_THE_WHEEL = """
import pathlib, sys
import app
site = pathlib.Path(sys.argv.pop(1))
assert pathlib.Path(app.__file__).parent == site / "app", app.__file__
from app.persistence.locate import packaged
assert packaged("migrations") == site / "app" / "_migrations"
assert packaged("config") == site / "app" / "_config"
from app.cli.main import main
main()
"""


@pytest.mark.requirement("STC-18")
def test_a_wheel_carries_migrations_configuration_and_data_and_runs_without_the_checkout(
    lts: Any, unpacked_wheel: Path, default_run: Any
) -> None:
    lts.environment["PYTHONPATH"] = str(unpacked_wheel)

    def from_the_wheel(*arguments: str) -> Any:
        start = [sys.executable, "-P", "-c", FROM_THE_WHEEL, str(unpacked_wheel)]
        done = lts.call([*start, *arguments])
        assert done.code == 0, done
        return done

    assert "is at revision" in from_the_wheel("db", "upgrade").out
    assert "exactly the tables" in from_the_wheel("db", "check").out
    assert from_the_wheel("run", "--json").json["state_hash"] == default_run[1].json["state_hash"]
    assert "development" not in from_the_wheel("config", "show", "--set", "environment=testing").out


def test_a_wheel_holds_nothing_but_the_program(unpacked_wheel: Path) -> None:
    top = {path.name for path in unpacked_wheel.iterdir() if not path.name.endswith(".dist-info")}
    assert top == {
        "app",
        "plugins_aaa",
        "plugins_broker",
        "plugins_core",
        "plugins_pipeline",
        "plugins_portfolio",
        "plugins_strategy",
    }
    assert (unpacked_wheel / "app" / "data" / "sample" / "daily.npy").is_file()
    assert (unpacked_wheel / "app" / "py.typed").is_file()
    assert list(unpacked_wheel.rglob("*.pyc")) == []
