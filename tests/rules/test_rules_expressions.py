"""The text of expressions: what is one, what is not and why, and that it can be written back."""

from __future__ import annotations

import pytest

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
    constants,
    parse_expression,
    parse_reference,
    references,
)
from crf2tlf.rules.show import show

AGE = Reference(("AGE",))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("AGE", AGE),
        ("DM.AGE", Reference(("DM", "AGE"))),
        ("raw.ae.IT.AETERM", Reference(("raw", "ae", "IT", "AETERM"))),
        ("raw.ae.不良事件", Reference(("raw", "ae", "不良事件"))),
        ("$CUTOFF", Constant("CUTOFF")),
        ("'$CUTOFF'", Literal("$CUTOFF")),
        ('"it\'s"', Literal("it's")),
        (r"'a\\b\n'", Literal("a\\b\n")),
        ("1.5e3", Literal(1500.0)),
        ("-1", Literal(-1.0)),
        ("- AGE", Minus(AGE)),
        ("--1", Minus(Literal(-1.0))),
        ("AGE in [-1, $X, 'a']", Membership(AGE, (Literal(-1.0), Constant("X"), Literal("a")), False)),
        ("AGE not in ('a',)", Membership(AGE, (Literal("a"),), True)),
        ("not AGE == 1", Negation(Comparison("==", AGE, Literal(1.0)))),
        ("AGE\n  >= 18", Comparison(">=", AGE, Literal(18.0))),
        ("AGE - 1 - 2", Arithmetic("-", Arithmetic("-", AGE, Literal(1.0)), Literal(2.0))),
        ("AGE+1 *2", Arithmetic("+", AGE, Arithmetic("*", Literal(1.0), Literal(2.0)))),
        ("missing(AGE) or AGE > 1", Logic("or", (Call("missing", (AGE,)), Comparison(">", AGE, Literal(1.0))))),
        ("1or 2", Logic("or", (Literal(1.0), Literal(2.0)))),
    ],
)
def test_an_expression_becomes_a_tree(text: str, tree: Expression) -> None:
    assert parse_expression(text) == tree


NOT_PART = "is not part of the expression language"
BROKEN = "is no expression: check brackets, quotes and operators"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "an expression is wanted, the text is empty"),
        (" \n ", "an expression is wanted, the text is empty"),
        ("(AGE", f"'(AGE' {BROKEN}"),
        ("AGE 1", f"'AGE 1' {BROKEN}"),
        ("AGE <> 1", f"'AGE <> 1' {BROKEN}"),
        ("AGE ** 2", f"'AGE ** 2' {BROKEN}"),
        ("AGE // 2", f"'AGE // 2' {BROKEN}"),
        ("0777", f"'0777' {BROKEN}"),
        ("1_000", f"'1_000' {BROKEN}"),
        ("0x10", f"'0x10' {BROKEN}"),
        ("1j", f"'1j' {BROKEN}"),
        ("raw.ae.class", f"'raw.ae.class' {BROKEN}"),
        ("...", f"'...' {BROKEN}"),
        ("*AGE", f"'*AGE' {BROKEN}"),
        ("f'{AGE}'", f"'f'{{AGE}}'' {BROKEN}"),
        ("b'AGE'", f"'b'AGE'' {BROKEN}"),
        ("await AGE", f"'await AGE' {NOT_PART}"),
        ("+AGE", f"'+AGE' {NOT_PART}"),
        ("AGE[0]", f"'AGE[0]' {NOT_PART}"),
        ("[AGE]", f"'[AGE]' {NOT_PART}"),
        ("(AGE, 1)", f"'(AGE, 1)' {NOT_PART}"),
        ("AGE if 1 else 2", f"'AGE if 1 else 2' {NOT_PART}"),
        ("[x for x in y]", f"'[x for x in y]' {NOT_PART}"),
        ("(yield)", f"'(yield)' {NOT_PART}"),
        ("upper(AGE).x", f"'upper(AGE).x' {NOT_PART}"),
        ("$A == upper($B).x", f"'upper($B).x' {NOT_PART}"),
        ("lambda: 1", f"the character ':' {NOT_PART}"),
        ("(x := 1)", f"the character ':' {NOT_PART}"),
        ("{1}", f"the character '{{' {NOT_PART}"),
        ("AGE % 2", f"the character '%' {NOT_PART}"),
        ("AGE # years", f"the character '#' {NOT_PART}"),
        ("AGE; 1", f"the character ';' {NOT_PART}"),
        ("AGE = 1", f"the character '=' {NOT_PART}; write '==', '<=' or '>=' to compare"),
        ("AGE ^= 1", f"the character '^' {NOT_PART}; write '!=' or 'not'"),
        ("A & B", f"the character '&' {NOT_PART}; write 'and'"),
        ("A || B", f"the character '|' {NOT_PART}; write 'or', or concat() for texts"),
        ("$", f"the character '$' {NOT_PART}; a constant is a letter after '$', then letters and digits"),
        ("$1A", f"the character '$' {NOT_PART}; a constant is a letter after '$', then letters and digits"),
        ("‘Y’", f"the character '‘' (U+2018 LEFT SINGLE QUOTATION MARK) {NOT_PART}; write straight quotes"),
        ("АGE", f"the character 'А' (U+0410 CYRILLIC CAPITAL LETTER A) {NOT_PART}"),
        ("ＡGE", f"the character 'Ａ' (U+FF21 FULLWIDTH LATIN CAPITAL LETTER A) {NOT_PART}"),
        ("𝐀", f"the character '𝐀' (U+1D400 MATHEMATICAL BOLD CAPITAL A) {NOT_PART}"),
        ("AGE\u00a0== 1", f"the character '\\xa0' (U+00A0 NO-BREAK SPACE) {NOT_PART}"),
        ("A\u200bGE", f"the character '\\u200b' (U+200B ZERO WIDTH SPACE) {NOT_PART}"),
        ("ǂX", f"the character 'ǂ' (U+01C2 LATIN LETTER ALVEOLAR CLICK) {NOT_PART}"),
        ("AGE == ١", f"the character '١' (U+0661 ARABIC-INDIC DIGIT ONE) {NOT_PART}"),
        ("'Y", "a text that begins with ' is not closed"),
        ('AGE == "', 'a text that begins with " is not closed'),
        ("'a' 'b'", "'b' follows another text: join texts with concat()"),
        (r"'a\d'", r"'a\d': a backslash in a text is written twice"),
        (r"'\N{DIGIT ONE}'", r"'\N{DIGIT ONE}': a backslash in a text is written twice"),
        (r"'\x00'", "a text holds the control character U+0000"),
        (r"'\ud800'", "a text holds the control character U+D800"),
        ("1e400", "the number 1e400 is too large"),
        ("9" * 400, f"the number {'9' * 120}… is too large"),
        ("None", "'None' is neither a text nor a number; use missing(x) to ask for a missing value"),
        ("AGE == True", "'True' is neither a text nor a number"),
        ("AGE is None", "'AGE is None': use missing(x) to ask for a missing value"),
        ("AGE == ''", "nothing equals an empty text: use missing(x) to ask for a missing value"),
        ("AGE in ['']", "nothing equals an empty text: use missing(x) to ask for a missing value"),
        ("1 < AGE < 2", "'1 < AGE < 2': compare two values at a time, joined by 'and'"),
        ("AGE in 'Y'", "''Y'': 'in' needs a list such as ['A', 'B']"),
        ("AGE in []", "'in' needs at least one value"),
        ("AGE in [AGE]", "'[AGE]': a list holds texts, numbers or constants only"),
        ("$A.B", "'$A.B': a constant has no parts"),
        ("_x", "'_x': a name does not begin with an underscore"),
        ("raw.ae.__class__", "'raw.ae.__class__': a name does not begin with an underscore"),
        ("__import__('os')", "'__import__' is not a function of the expression language"),
        ("AGE.upper()", "'AGE.upper' is not a function of the expression language; did you mean 'upper'?"),
        ("'x'.join(AGE)", "''x'.join' is not a function of the expression language"),
        ("uper(AGE)", "'uper' is not a function of the expression language; did you mean 'upper'?"),
        ("upper(*AGE)", "'upper(*AGE)': arguments are given by position"),
        ("upper()", "'upper()': upper takes 1 argument, 0 given"),
        ("substr(AGE)", "'substr(AGE)': substr takes 2 to 3 arguments, 1 given"),
        ("concat(AGE)", "'concat(AGE)': concat takes 2 or more arguments, 1 given"),
        ("scan(AGE, 1, '-', 2)", "'scan(AGE, 1, '-', 2)': scan takes 3 arguments, 4 given"),
    ],
)  # fmt: skip
def test_what_is_no_expression_says_why(text: str, message: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        parse_expression(text)
    assert str(raised.value) == message


DEEP = "the expression is nested more than 60 deep"
LONG = "the expression is longer than 4000 characters"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("(" * 10_000, LONG),
        ("not " * 10_000, LONG),
        ("1+" * 5000 + "1", LONG),
        ("(" * 4000, DEEP),
        ("(" * 61 + "1" + ")" * 61, DEEP),
        ("[" * 200 + "]" * 200, DEEP),
        ("not " * 999 + "A", DEEP),
        ("-" * 3999 + "1", DEEP),
        ("1+" * 1999 + "1", DEEP),
        ("upper(" * 100 + "A" + ")" * 100, DEEP),
    ],
)
def test_what_would_blow_up_a_parser_is_refused(text: str, message: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        parse_expression(text)
    assert str(raised.value) == message


def test_a_wide_expression_is_not_deep() -> None:
    text = " or ".join(f"AGE == {number}" for number in range(200))
    assert show(parse_expression(text)) == text


def test_a_message_quotes_at_most_a_line() -> None:
    with pytest.raises(ExpressionError) as raised:
        parse_expression("(" + "AGE\n+ " * 50)
    assert str(raised.value) == f"'({'AGE + ' * 19}AGE +…' {BROKEN}"


@pytest.mark.parametrize("text", ["upper(AGE)", "1", "$X", "AGE == 1", "'AGE'"])
def test_a_reference_is_a_name_and_nothing_else(text: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        parse_reference(text)
    assert str(raised.value) == f"'{text}' is no reference such as DM.RFSTDTC or raw.ae.AETERM"


@pytest.mark.parametrize(
    ("text", "source", "name"),
    [
        ("AGE", "", "AGE"),
        ("DM.AGE", "DM", "AGE"),
        ("SUPPAE.AETRTEM", "SUPPAE", "AETRTEM"),
        ("raw.ae.IT.AETERM", "raw.ae", "IT.AETERM"),
        ("table.visits.VISIT", "table.visits", "VISIT"),
        ("IT.AETERM", "IT", "AETERM"),
    ],
)
def test_a_reference_has_a_source_and_a_name(text: str, source: str, name: str) -> None:
    reference = parse_reference(text)
    assert (reference.source, reference.name, str(reference)) == (source, name, text)


def test_references_and_constants_are_listed_once_each() -> None:
    expression = parse_expression("DM.AGE > $A and (AGE > $A or not missing(DM.AGE)) and SEX in ['F', $B]")
    assert [str(reference) for reference in references(expression)] == ["DM.AGE", "AGE", "SEX"]
    assert constants(expression) == ("A", "B")
    assert (references(None), constants(None)) == ((), ())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("(A)", "A"),
        ("A+B*C", "A + B * C"),
        ("(A+B)*C", "(A + B) * C"),
        ("A-(B-C)", "A - (B - C)"),
        ("-(A+B)", "-(A + B)"),
        ("2- -1", "2 - -1"),
        ("not (A and B)", "not (A and B)"),
        ("A and (B and C)", "A and (B and C)"),
        ("A or B and C", "A or B and C"),
        ("(A or B) and C", "(A or B) and C"),
        ("(not A) == B", "(not A) == B"),
        ("(A == B) == C", "(A == B) == C"),
        ("A  in ('x','y')", "A in ['x', 'y']"),
        ("0.1", "0.1"),
        ("123456789.123456789", "123456789.12345679"),
        ("1e20", "1e+20"),
        ("18.0", "18"),
        ('"a"', "'a'"),
        ('"it\'s"', '"it\'s"'),
        (r"'\n'", r"'\n'"),
    ],
)
def test_an_expression_is_shown_in_one_form(text: str, shown: str) -> None:
    assert show(parse_expression(text)) == shown
