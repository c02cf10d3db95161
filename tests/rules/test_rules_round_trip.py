"""What is shown parses to the same tree, and no text whatever ends in a traceback."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from crf2tlf.rules.expressions import (
    Arithmetic,
    Call,
    Comparison,
    Constant,
    Expression,
    ExpressionError,
    Literal,
    Logic,
    Membership,
    Minus,
    Negation,
    Reference,
    parse_expression,
)
from crf2tlf.rules.function_names import FUNCTION_SIGNATURES
from crf2tlf.rules.show import show

PARTS = st.from_regex(r"[A-Z][A-Z0-9_]{0,7}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False).map(lambda number: number + 0.0)  # no minus zero
NAMES = st.lists(PARTS, min_size=1, max_size=3).map(lambda parts: Reference(tuple(parts)))
LITERALS = st.one_of(TEXTS, NUMBERS).map(Literal)
NOT_EMPTY = LITERALS.filter(lambda literal: literal.value != "")
ATOMS: st.SearchStrategy[Expression] = st.one_of(LITERALS, NAMES, PARTS.map(Constant))


def _can_be_negated(part: Expression) -> bool:
    """`-1` is a number, not the negation of one; that of a negative number is a negation."""
    number = isinstance(part, Literal) and not isinstance(part.value, str)
    return not number or show(part).startswith("-")


def _calls(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    def build(name: str) -> st.SearchStrategy[Expression]:
        signature = FUNCTION_SIGNATURES[name]
        least, most = len(signature.arguments) - signature.optional, len(signature.arguments)
        arguments = st.lists(inner, min_size=least, max_size=most + (2 if signature.more else 0))
        return arguments.map(lambda given: Call(name, tuple(given)))

    return st.sampled_from(sorted(FUNCTION_SIGNATURES)).flatmap(build)


def _larger(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    side = inner.filter(lambda expression: expression != Literal(""))
    members = st.lists(st.one_of(NOT_EMPTY, PARTS.map(Constant)), min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Negation, inner),
        st.builds(Minus, inner.filter(_can_be_negated)),
        st.builds(Arithmetic, st.sampled_from("+-*/"), inner, inner),
        st.builds(Comparison, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), side, side),
        st.builds(Membership, inner, members, st.booleans()),
        st.builds(Logic, st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=3).map(tuple)),
        _calls(inner),
    )


@given(st.recursive(ATOMS, _larger, max_leaves=12))
@settings(max_examples=500, deadline=None)
def test_what_is_shown_parses_to_the_same_tree(expression: Expression) -> None:
    assert parse_expression(show(expression)) == expression


@given(st.text(max_size=60))
@settings(max_examples=500, deadline=None)
def test_any_text_is_an_expression_or_an_error_of_the_language(text: str) -> None:
    try:
        shown = show(parse_expression(text))
    except ExpressionError:
        return
    assert parse_expression(shown) == parse_expression(text)


WORDS = [
    "A",
    ".",
    "(",
    ")",
    "[",
    "]",
    ",",
    "'x'",
    "1",
    "not",
    "and",
    "or",
    "in",
    "==",
    "<",
    "-",
    "$B",
    "upper",
    "if",
    "for",
]


@given(st.lists(st.sampled_from(WORDS)))
@settings(max_examples=500, deadline=None)
def test_any_row_of_words_is_an_expression_or_an_error_of_one_line(words: list[str]) -> None:
    try:
        parse_expression(" ".join(words))
        told = ""
    except ExpressionError as error:
        told = str(error)
    assert len(told) < 300
    assert "\n" not in told
