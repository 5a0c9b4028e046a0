"""Formulas of computed values: arithmetic over the keys of earlier fields, and nothing else.

They are read by Python's own parser and walked by hand: no name, call or attribute that is not
listed here ever runs.
"""

import ast
import math
import operator
from collections.abc import Callable, Iterable, Mapping
from decimal import Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from statistics import mean

LONGEST = 200
# Enough for any measurement; a power or a long product cannot fill the memory.
_ARITHMETIC = Context(prec=28, traps=[DivisionByZero, InvalidOperation, Overflow])
_TWO: dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: _ARITHMETIC.add,
    ast.Sub: _ARITHMETIC.subtract,
    ast.Mult: _ARITHMETIC.multiply,
    ast.Div: _ARITHMETIC.divide,
}
_ONE: dict[type[ast.unaryop], Callable[[Decimal], Decimal]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
_CALLS: dict[str, Callable[[list[Decimal]], Decimal]] = {
    "min": min,
    "max": max,
    "mean": mean,
    "abs": lambda values: abs(values[0]),
    "range": lambda values: max(values) - min(values),
}


class FormulaError(ValueError):
    """A formula that cannot be read, or uses something that is not offered."""


def names_in(formula: str) -> set[str]:
    """Return the keys that a formula uses; FormulaError when it is not one."""
    tree = _read(formula)
    called = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and node not in called}


def computed(formula: str, values: Mapping[str, Iterable[Decimal]]) -> Decimal | None:
    """Return the value of a formula; None while a value is missing or there is no number.

    A key stands for its only reading, or for the list of them inside a function: `range(length)`.
    """
    known = {key: list(readings) for key, readings in values.items()}
    try:
        return _value(_read(formula).body, known)
    except (KeyError, DivisionByZero, InvalidOperation, Overflow):
        return None


def _read(formula: str) -> ast.Expression:
    if len(formula) > LONGEST:
        raise FormulaError(formula)
    try:
        tree = ast.parse(formula.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise FormulaError(formula) from None
    for node in ast.walk(tree.body):
        if not _is_known(node):
            raise FormulaError(formula)
    return tree


def _is_known(node: ast.AST) -> bool:
    match node:
        case ast.BinOp():
            return type(node.op) in _TWO
        case ast.UnaryOp():
            return type(node.op) in _ONE
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            return name in _CALLS and bool(args) and (name != "abs" or len(args) == 1)
        case ast.Constant(value=value):
            return type(value) in (int, float) and math.isfinite(float(str(value)))
        case ast.Name():
            return True
        case _:
            return isinstance(node, ast.operator | ast.unaryop | ast.expr_context)


def _value(node: ast.expr, known: Mapping[str, list[Decimal]]) -> Decimal:
    match node:
        case ast.BinOp():
            left, right = _value(node.left, known), _value(node.right, known)
            return _TWO[type(node.op)](left, right)
        case ast.UnaryOp():
            return _ONE[type(node.op)](_value(node.operand, known))
        case ast.Call(func=ast.Name(id=name)):
            return _CALLS[name]([each for arg in node.args for each in _values(arg, known)])
        case ast.Constant():
            # As it was written: 0.1 is a tenth, not the float beside it.
            return Decimal(str(node.value))
        case ast.Name():
            if len(known[node.id]) != 1:
                raise KeyError(node.id)
            return known[node.id][0]
    raise FormulaError(ast.dump(node))


def _values(node: ast.expr, known: Mapping[str, list[Decimal]]) -> list[Decimal]:
    if isinstance(node, ast.Name):
        if not known[node.id]:
            raise KeyError(node.id)
        return known[node.id]
    return [_value(node, known)]
