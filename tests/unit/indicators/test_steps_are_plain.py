"""Steps and what they call keep to the part of Python that a compiler takes as it stands."""

import ast
from inspect import getsource
from textwrap import dedent
from types import FunctionType

import pytest

from app.indicators import recurrences, stops, volume
from app.indicators.averages import HullDifference
from app.indicators.catalogue import INDICATORS

pytestmark = pytest.mark.unit

BUILT_IN = {"abs", "max", "min", "range", "sqrt"}
ALLOWED = (
    *(ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Assign, ast.AugAssign, ast.Expr, ast.Constant),
    *(ast.If, ast.IfExp, ast.For, ast.Compare, ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.Name, ast.Subscript),
    *(ast.Tuple, ast.Call, ast.expr_context, ast.operator, ast.unaryop, ast.cmpop, ast.boolop),
)


def shared_functions():
    return {
        name: value
        for module in (recurrences, stops, volume)
        for name, value in vars(module).items()
        if isinstance(value, FunctionType) and value.__module__ == module.__name__
    }


SHARED = shared_functions()
STEPS = {f"{kind.__name__}.step": kind.step for kind in (*INDICATORS, HullDifference)}


def body_of(function):
    """Return a function's syntax without its annotations and decorators, which are not run by a compiler."""
    tree = ast.parse(dedent(getsource(function))).body[0]
    tree.returns, tree.decorator_list = None, []
    for argument in tree.args.args:
        argument.annotation = None
    return tree


def beyond(function):
    """Yield what a function does that is not plain."""
    for node in ast.walk(body_of(function)):
        if not isinstance(node, ALLOWED):
            yield type(node).__name__
        if isinstance(node, ast.Call) and node.keywords:
            yield "a keyword"
        if isinstance(node, ast.Call) and node.func.id not in BUILT_IN | set(SHARED):
            yield node.func.id


@pytest.mark.parametrize("name", [*STEPS, *SHARED])
def test_a_step_is_arithmetic_on_tuples_numbers_and_columns(name):
    assert list(beyond((STEPS | SHARED)[name])) == []


def not_plain(state, row, columns, params):
    return {"state": [value.real for value in columns[0]]}


def test_what_is_not_plain_is_found():
    assert {"Dict", "ListComp", "Attribute"} <= set(beyond(not_plain))
