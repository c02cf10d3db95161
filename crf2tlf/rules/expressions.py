"""Expressions of the spec language: a small subset of Python's syntax, parsed into our own tree.

The text is checked word by word (`expression_text`), then parsed with `ast`, never evaluated: every node is
translated one by one, and what is not in the closed list below is refused. `$NAME` is a constant of the study. A
name with dots is a reference.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from crf2tlf.errors import did_you_mean
from crf2tlf.rules.expression_text import (
    CONSTANT_MARK,
    MAX_DEPTH,
    ExpressionError,
    check_text,
    prepare,
    shorten,
    too_deep,
)
from crf2tlf.rules.function_names import FUNCTION_SIGNATURES

COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
ARITHMETIC: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
__all__ = ["Expression", "ExpressionError", "parse_expression", "parse_reference"]


@dataclass(frozen=True)
class Literal:
    """A text in quotes or a number."""

    value: str | float


@dataclass(frozen=True)
class Constant:
    """`$NAME`, a constant of the study."""

    name: str


@dataclass(frozen=True)
class Reference:
    """A name, with or without dots: `AESTDTC`, `DM.RFSTDTC`, `raw.ae.IT.AETERM`, `table.visits.VISIT`."""

    parts: tuple[str, ...]

    @property
    def source(self) -> str:
        """What the value comes from: "" (this dataset), "DM", "raw.ae", "table.visits" or "response.RECIST"."""
        if self.parts[0] in {"raw", "table", "response"} and len(self.parts) > 2:
            return ".".join(self.parts[:2])
        return self.parts[0] if len(self.parts) > 1 else ""

    @property
    def name(self) -> str:
        """The variable or raw field without its source; raw fields may hold dots."""
        if not self.source:
            return self.parts[0]
        return ".".join(self.parts[self.source.count(".") + 1 :])

    @property
    def dotted(self) -> str:
        return ".".join(self.parts)

    def __str__(self) -> str:
        return self.dotted


@dataclass(frozen=True)
class Negation:
    """`not operand`."""

    operand: Expression


@dataclass(frozen=True)
class Minus:
    """`-operand`."""

    operand: Expression


@dataclass(frozen=True)
class Arithmetic:
    """`left + right` and the like, numbers only."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Comparison:
    """`left == right` and the like; missing when either side is missing."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Membership:
    """`item in [values]`, or `not in`."""

    item: Expression
    values: tuple[Literal | Constant, ...]
    negated: bool


@dataclass(frozen=True)
class Logic:
    """`and` or `or` of two or more operands, three-valued."""

    operator: str
    operands: tuple[Expression, ...]


@dataclass(frozen=True)
class Call:
    """A call of a function of the closed list."""

    function: str
    arguments: tuple[Expression, ...]


Expression = Literal | Constant | Reference | Negation | Minus | Arithmetic | Comparison | Membership | Logic | Call


def parse_expression(text: str) -> Expression:
    """The tree of an expression; ExpressionError when the text is not one."""
    prepared = prepare(text)
    try:
        tree = ast.parse(prepared, mode="eval")
    except (MemoryError, RecursionError):
        raise too_deep() from None
    except (SyntaxError, ValueError):
        # Python's own words differ from version to version, so they are not passed on.
        raise ExpressionError(f"'{shorten(text)}' is no expression: check brackets, quotes and operators") from None
    return _translate(tree.body, 0)


def parse_reference(text: str) -> Reference:
    """The reference that a text names; ExpressionError when it is more or less than a name."""
    expression = parse_expression(text)
    if not isinstance(expression, Reference):
        raise ExpressionError(f"'{shorten(text)}' is no reference such as DM.RFSTDTC or raw.ae.AETERM")
    return expression


def walk(expression: Expression) -> Iterator[Expression]:
    """The expression and all its parts, outermost first."""
    yield expression
    for part in _parts(expression):
        yield from walk(part)


def references(expression: Expression | None) -> tuple[Reference, ...]:
    """All references in the order in which they stand, each once."""
    parts = walk(expression) if expression is not None else ()
    return tuple(dict.fromkeys(part for part in parts if isinstance(part, Reference)))


def constants(expression: Expression | None) -> tuple[str, ...]:
    """The names of all constants, each once."""
    parts = walk(expression) if expression is not None else ()
    return tuple(dict.fromkeys(part.name for part in parts if isinstance(part, Constant)))


def _parts(expression: Expression) -> tuple[Expression, ...]:
    match expression:
        case Negation(operand) | Minus(operand):
            return (operand,)
        case Arithmetic(_, left, right) | Comparison(_, left, right):
            return (left, right)
        case Membership(item, values, _):
            return (item, *values)
        case Logic(_, operands):
            return operands
        case Call(_, arguments):
            return arguments
        case _:
            return ()


def _translate(node: ast.expr, depth: int) -> Expression:
    if depth > MAX_DEPTH:
        raise too_deep()
    below = depth + 1
    match node:
        case ast.Constant(value=value):
            return _literal(value)
        case ast.Name() | ast.Attribute():
            return _reference(node)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return Negation(_translate(operand, below))
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
            return Literal(0.0 - number)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return Minus(_translate(operand, below))
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in ARITHMETIC:
            return Arithmetic(ARITHMETIC[type(operator)], _translate(left, below), _translate(right, below))
        case ast.BoolOp(op=logic, values=values):
            word = "and" if isinstance(logic, ast.And) else "or"
            return Logic(word, tuple(_translate(value, below) for value in values))
        case ast.Compare():
            return _comparison(node, below)
        case ast.Call():
            return _call(node, below)
        case _:
            raise ExpressionError(f"'{_source(node)}' is not part of the expression language")


def _literal(value: object) -> Literal:
    if isinstance(value, str):
        return Literal(check_text(value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Literal(float(value))
    hint = "; use missing(x) to ask for a missing value" if value is None else ""
    raise ExpressionError(f"'{value}' is neither a text nor a number{hint}")


def _reference(node: ast.expr) -> Reference | Constant:
    parts: list[str] = []
    inner = node
    while isinstance(inner, ast.Attribute):
        parts.append(inner.attr)
        inner = inner.value
    if not isinstance(inner, ast.Name):
        raise ExpressionError(f"'{_source(node)}' is not part of the expression language")
    parts.append(inner.id)
    if any(part.startswith("_") for part in parts):
        raise ExpressionError(f"'{_source(node)}': a name does not begin with an underscore")
    if inner.id.startswith(CONSTANT_MARK):
        if len(parts) > 1:
            raise ExpressionError(f"'{_source(node)}': a constant has no parts")
        return Constant(inner.id.removeprefix(CONSTANT_MARK))
    return Reference(tuple(reversed(parts)))


def _comparison(node: ast.Compare, depth: int) -> Expression:
    if len(node.ops) != 1:
        raise ExpressionError(f"'{_source(node)}': compare two values at a time, joined by 'and'")
    operator, right = node.ops[0], node.comparators[0]
    left = _translate(node.left, depth)
    if isinstance(operator, ast.In | ast.NotIn):
        return Membership(left, _members(right, depth), isinstance(operator, ast.NotIn))
    if type(operator) not in COMPARISONS:
        raise ExpressionError(f"'{_source(node)}': use missing(x) to ask for a missing value")
    return Comparison(COMPARISONS[type(operator)], _not_empty(left), _not_empty(_translate(right, depth)))


def _not_empty(side: Expression) -> Expression:
    """An empty text is a missing value, which equals nothing: a comparison with it would never hold."""
    if side == Literal(""):
        raise ExpressionError("nothing equals an empty text: use missing(x) to ask for a missing value")
    return side


def _members(node: ast.expr, depth: int) -> tuple[Literal | Constant, ...]:
    if not isinstance(node, ast.List | ast.Tuple):
        raise ExpressionError(f"'{_source(node)}': 'in' needs a list such as ['A', 'B']")
    members = tuple(_not_empty(_translate(element, depth)) for element in node.elts)
    if not members:
        raise ExpressionError("'in' needs at least one value")
    for member in members:
        if not isinstance(member, Literal | Constant):
            raise ExpressionError(f"'{_source(node)}': a list holds texts, numbers or constants only")
    return tuple(member for member in members if isinstance(member, Literal | Constant))


def _call(node: ast.Call, depth: int) -> Call:
    if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTION_SIGNATURES:
        name = _source(node.func)
        hint = did_you_mean(name, FUNCTION_SIGNATURES)
        raise ExpressionError(f"'{name}' is not a function of the expression language" + (f"; {hint}" if hint else ""))
    if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
        raise ExpressionError(f"'{_source(node)}': arguments are given by position")
    signature = FUNCTION_SIGNATURES[node.func.id]
    if not signature.takes(len(node.args)):
        raise ExpressionError(f"'{_source(node)}': {node.func.id} takes {signature.arity}, {len(node.args)} given")
    return Call(node.func.id, tuple(_translate(argument, depth) for argument in node.args))


def _source(node: ast.expr) -> str:
    try:
        return shorten(ast.unparse(node).replace(CONSTANT_MARK, "$"))
    except RecursionError:
        return "…"
