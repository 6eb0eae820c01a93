"""The kernel as the text of two modules, each function under numba's `njit`; nothing in them is written anew.

One has all that is the same for every strategy, so that it is compiled once; the other the run that calls a
strategy's decision, and the decision.
"""

import ast
import inspect
import math
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from textwrap import dedent
from types import ModuleType
from typing import Any

from app.domain.errors import PluginError
from app.domain.money import half_even
from app.engine import charges
from app.engine.kernel import (
    amounts,
    choosing,
    compiled_tables,
    layout,
    matching,
    orders,
    posting,
    pricing,
    scripted,
    sizing,
    stepping,
    taking,
    upkeep,
    whole_run,
)

MODULES: Sequence[ModuleType] = (
    layout,
    compiled_tables,
    charges,
    amounts,
    posting,
    pricing,
    orders,
    choosing,
    matching,
    upkeep,
    taking,
    sizing,
    stepping,
    scripted,
)

_HEAD = '''"""Made from the sources of the LTS kernel: do not edit, delete it at will."""
from math import (
    atan, ceil, copysign, cos, exp, fabs, floor, hypot, inf, isfinite, isinf, isnan, log, log10, log1p, nan,
    pi, sin, sqrt, tan, tanh, trunc,
)

from numba import njit
'''

# Nothing in the kernel makes an array, so nothing needs to count who holds one: counting, at every call, of
# every table costs several times what the kernel does.
_JIT = "njit(cache=True, nogil=True, _nrt=False)"

# What every bar calls is put in its place: handing over the tables, by value, costs more than most calls do.
_INLINED = "njit(cache=True, nogil=True, _nrt=False, inline='always')"
_HOT = ("has_room", "_has_room", "wakes", "venue_step")

# A strategy is not trusted with memory: what it reads outside of its columns is an error.
_CHECKED = "njit(cache=True, nogil=True, _nrt=False, boundscheck=True)"


def base_text() -> str:
    """Return the module of everything that no strategy changes."""
    parts = [_HEAD, _one(half_even)]
    names: dict[str, str] = {}
    for module in MODULES:
        for node in _definitions(inspect.getsource(module)):
            _claim(node, module.__name__, names)
            parts.append(ast.unparse(node))
    return "\n\n".join(parts) + "\n"


def program_text(decide: Callable[..., Any], base: str) -> str:
    """Return the module of a whole run with a strategy's decision, over the module of the name `base`.

    Raises PluginError where the decision is not a plain function whose source can be read.
    """
    nodes = list(_definitions(inspect.getsource(whole_run)))
    parts = [_HEAD, f"from {base} import {', '.join(_imported())}", _decision(decide)]
    return "\n\n".join([*parts, *map(ast.unparse, nodes)]) + "\n"


def _imported() -> list[str]:
    """Return what the whole run imports from the kernel's other modules."""
    tree = ast.parse(inspect.getsource(whole_run))
    found = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    return sorted(
        alias.name for node in found if (node.module or "").startswith("app.") for alias in node.names
    )


def digest(text: str) -> str:
    """Return the name under which a module's text is kept."""
    return sha256(text.encode()).hexdigest()[:24]


def _definitions(text: str) -> Iterator[ast.stmt]:
    """Yield what a module defines: constants and functions, without their types and docstrings."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign):
            yield node
        elif isinstance(node, ast.FunctionDef):
            yield _plain(node)


def _plain(node: ast.FunctionDef) -> ast.FunctionDef:
    """Return a function without types and docstring; instead of one that it takes it calls `decide_`.

    numba keeps nothing on disk of a function that is handed another one.
    """
    node.args.args = [argument for argument in node.args.args if argument.arg != "decide"]
    for argument in node.args.args:
        argument.annotation = None
    for name in ast.walk(node):
        if isinstance(name, ast.Name) and name.id == "decide":
            name.id = "decide_"
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    how = _CHECKED if node.name == "decide_" else _INLINED if node.name in _HOT else _JIT
    jit = ast.parse(how, mode="eval").body
    plain = ast.FunctionDef(node.name, node.args, body or [ast.Pass()], [jit], None, None)
    plain.type_params = []  # type: ignore[attr-defined]  # what Python 3.12 and later ask for
    return ast.fix_missing_locations(plain)


def _claim(node: ast.stmt, module: str, names: dict[str, str]) -> None:
    """Refuse a name that two modules define, because the text is one name space."""
    defined = [node.name] if isinstance(node, ast.FunctionDef) else []
    if isinstance(node, ast.Assign):
        defined = [name.id for name in ast.walk(node.targets[0]) if isinstance(name, ast.Name)]
    for name in defined:
        if names.setdefault(name, module) != module:
            raise PluginError(f"The kernel defines '{name}' twice: in {names[name]} and {module}.")


def _one(function: Callable[..., Any]) -> str:
    return "\n\n".join(map(ast.unparse, _definitions(dedent(inspect.getsource(function)))))


_ALLOWED = frozenset(
    {"abs", "bool", "float", "int", "len", "max", "min", "range", "round", "True", "False", "None"}
)


def _decision(decide: Callable[..., Any]) -> str:
    """Return the text of a strategy's decision, named `decide_`, with its module's numbers written into it.

    Raises PluginError where it uses anything else, because nothing else could be the same when compiled.
    """
    node = _function(decide)
    known = vars(inspect.getmodule(decide) or inspect)
    names = [name for part in node.body for name in ast.walk(part) if isinstance(name, ast.Name)]
    own = {argument.arg for argument in node.args.args}
    own |= {name.id for name in names if isinstance(name.ctx, ast.Store)}
    for name in [name for name in names if name.id not in own]:
        value: Any = known.get(name.id)
        if name.id in _ALLOWED and name.id not in known:
            continue
        if getattr(math, name.id, None) is not None and value is getattr(math, name.id):
            continue
        if type(value) not in (int, float) or not math.isfinite(value):
            raise PluginError(
                f"The compiled function {decide.__qualname__} uses '{name.id}'.",
                "It may use numbers of its module, functions of math, abs, min, max, int, float, len, range.",
            )
        _become(name, value)
    node.name = "decide_"
    return ast.unparse(_plain(node))


def _become(name: ast.Name, value: float) -> None:
    """Turn a name in a tree into the number that it stands for; its text is the number's."""
    name.id = f"({value!r})"


def _function(decide: Callable[..., Any]) -> ast.FunctionDef:
    """Return the tree of a plain function of a module."""
    try:
        node = ast.parse(dedent(inspect.getsource(decide))).body[0]
    except (OSError, TypeError, SyntaxError, IndexError) as error:
        raise PluginError(f"The source of {decide!r} cannot be read.", "Define it in a module.") from error
    wrapped = getattr(decide, "__wrapped__", None) or getattr(decide, "__closure__", None)
    if not isinstance(node, ast.FunctionDef) or node.name != decide.__name__ or wrapped:
        raise PluginError(f"{decide!r} is no plain function of a module.", "Define it there with `def`.")
    return node
