"""Who may import whom: the architecture's table as data, held against every import statement of the code."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

BUILT_IN_PLUGINS = (
    "plugins_aaa",
    "plugins_broker",
    "plugins_core",
    "plugins_pipeline",
    "plugins_portfolio",
    "plugins_strategy",
)

# One row per folder of the architecture; a folder may always import itself and what its row names.
TABLE: dict[str, str] = {
    "app": "",
    "app.domain": "",
    "app.engine": "domain indicators",
    "app.indicators": "domain",
    "app.risk": "domain",
    "app.analytics": "domain",
    "app.ports": "domain engine indicators",
    "app.settings": "",
    "app.plugins": "ports settings",
    "app.data": "domain ports",
    "app.security": "domain",
    "app.observability": "domain",
    "app.persistence": "domain security",
    "app.services": "domain risk analytics engine data persistence security ports plugins settings",
    "app.live": "domain engine risk data persistence ports plugins services security observability",
    "app.client": "domain",
    "app.cli": "*",
    "app.bootstrap": "*",
    "plugins_strategy": "ports indicators",
    "plugins_portfolio": "ports indicators",
    "plugins_broker": "ports indicators",
    "plugins_aaa": "ports persistence security",
    "plugins_pipeline": "ports engine risk analytics data live services observability",
    "plugins_core": "ports services plugins settings security observability",
}

# These are calculations: no network library, file, clock, task or chance gets in. numba takes most of a
# second to import, so it is imported inside the function that needs it.
PURE: dict[str, frozenset[str]] = {
    "app.domain": frozenset(),
    "app.engine": frozenset({"numpy", "numba"}),
    "app.indicators": frozenset({"numpy", "numba"}),
    "app.risk": frozenset({"numpy", "numba"}),
    "app.analytics": frozenset({"numpy", "numba"}),
}
LAZY = frozenset({"numba"})
IMPURE = frozenset(
    {"asyncio", "http", "io", "logging", "multiprocessing", "os", "pathlib", "random", "secrets", "shutil"}
    | {"signal", "socket", "sqlite3", "subprocess", "tempfile", "threading", "time", "urllib"}
)


@dataclass(frozen=True)
class Import:
    """One imported module, and where: `names` are what a `from` statement takes out of it."""

    line: int
    module: str
    names: tuple[str, ...]
    inside_function: bool


def imports_of(source: str) -> Iterator[Import]:
    """Yield every import of a module; `from app import domain` counts as an import of `app.domain`."""
    tree = ast.parse(source)
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    lazy = {id(inner) for function in functions for inner in ast.walk(function)}
    for node in ast.walk(tree):
        inside = id(node) in lazy
        if isinstance(node, ast.Import):
            yield from (Import(node.lineno, alias.name, (), inside) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names = tuple(alias.name for alias in node.names)
            module = "." * node.level + (node.module or "")
            if module == "app":
                yield from (Import(node.lineno, f"app.{name}", (), inside) for name in names)
            else:
                yield Import(node.lineno, module, names, inside)


def folder_of(module: str) -> str:
    """Return the row of the table that a dotted module name belongs to."""
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "app" else parts[0]


def is_ours(module: str) -> bool:
    return module.partition(".")[0] in {"app", *BUILT_IN_PLUGINS}


def refusal(folder: str, found: Import) -> str | None:
    """Return why `folder` may not have this import, None if it may."""
    if found.module.startswith("."):
        return "relative imports hide who imports whom"
    if is_ours(found.module):
        return refusal_among_us(folder, found)
    return refusal_from_outside(folder, found)


def refusal_among_us(folder: str, found: Import) -> str | None:
    target = folder_of(found.module)
    if target == folder:
        return None
    if any(part.startswith("_") for part in (*found.module.split("."), *found.names)):
        return f"{folder} may not import a private name of {target}"
    allowed = TABLE[folder].split()
    if target.startswith("app.") and ("*" in allowed or target.removeprefix("app.") in allowed):
        return None
    return f"{folder} may not import {target}"


def refusal_from_outside(folder: str, found: Import) -> str | None:
    if folder not in PURE:
        return None
    root = found.module.split(".")[0]
    if root in IMPURE:
        return f"{folder} may not import {root}: it does no I/O and reads no clock"
    if root in sys.stdlib_module_names:
        return None
    if root not in PURE[folder]:
        return f"{folder} may not import {root}"
    if root in LAZY and not found.inside_function:
        return f"{root} must be imported inside the function that needs it"
    return None


def violations(root: Path) -> list[str]:
    """Return `file:line: reason` for each import under `root` that the table does not allow."""
    found = []
    for top in ("app", *BUILT_IN_PLUGINS):
        for path in sorted((root / top).rglob("*.py")):
            relative = path.relative_to(root)
            folder = folder_of(".".join(relative.with_suffix("").parts).removesuffix(".__init__"))
            if folder not in TABLE:
                found.append(f"{relative.as_posix()}:1: {folder} has no row in the table")
                continue
            for statement in imports_of(path.read_text(encoding="utf-8")):
                reason = refusal(folder, statement)
                if reason is not None:
                    found.append(f"{relative.as_posix()}:{statement.line}: {reason}")
    return found


def test_every_import_is_allowed_by_the_table(checkout: Path) -> None:
    assert violations(checkout) == []


def test_every_folder_named_in_a_row_has_a_row() -> None:
    named = {name for row in TABLE.values() for name in row.split() if name != "*"}
    assert {f"app.{name}" for name in named} <= TABLE.keys()


PLANTED = [
    ("app/domain/money.py", "import numpy", "app.domain may not import numpy"),
    ("app/domain/money.py", "from app.settings import layers", "app.domain may not import app.settings"),
    (
        "app/domain/money.py",
        "import time",
        "app.domain may not import time: it does no I/O and reads no clock",
    ),
    ("app/domain/money.py", "from . import bars", "relative imports hide who imports whom"),
    ("app/engine/matching.py", "import pandas", "app.engine may not import pandas"),
    ("app/engine/matching.py", "import numba", "numba must be imported inside the function that needs it"),
    (
        "app/settings/layers.py",
        "from app.domain.errors import LtsError",
        "app.settings may not import app.domain",
    ),
    ("app/services/runs.py", "from app import live", "app.services may not import app.live"),
    ("app/services/runs.py", "def f():\n    import app.live.desk", "app.services may not import app.live"),
    ("app/cli/main.py", "import plugins_core.headless", "app.cli may not import plugins_core"),
    (
        "app/cli/main.py",
        "from app.data.csv import _rows",
        "app.cli may not import a private name of app.data",
    ),
    ("app/utils/text.py", "", "app.utils has no row in the table"),
    ("plugins_strategy/sma.py", "from app.engine import book", "plugins_strategy may not import app.engine"),
    ("plugins_strategy/sma.py", "import plugins_broker", "plugins_strategy may not import plugins_broker"),
]


@pytest.mark.parametrize(("path", "source", "reason"), PLANTED)
def test_a_planted_violation_is_reported_with_its_file_and_line(
    tmp_path: Path, path: str, source: str, reason: str
) -> None:
    module = tmp_path / path
    module.parent.mkdir(parents=True)
    module.write_text(source, encoding="utf-8")
    line = source.count("\n") + 1
    assert violations(tmp_path) == [f"{path}:{line}: {reason}"]


def test_allowed_imports_are_not_reported(tmp_path: Path) -> None:
    module = tmp_path / "app" / "engine" / "matching.py"
    module.parent.mkdir(parents=True)
    module.write_text(
        "import math\nimport numpy as np\nfrom app.domain.money import Money\nfrom app.engine import book\n"
        "def compile():\n    import numba\n",
        encoding="utf-8",
    )
    assert violations(tmp_path) == []
