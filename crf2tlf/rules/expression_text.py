"""The words and characters of an expression, checked one by one before Python's parser sees the text.

What Python would read in its own way (prefixed quotes, comments, adjoining quotes, look-alike letters, numbers with
underscores) is refused here, so that an expression means what it seems to mean, in every version of Python.
"""

from __future__ import annotations

import re
import unicodedata

MAX_LENGTH = 4000
MAX_DEPTH = 60
CONSTANT_MARK = "ǂ"  # stands for `$` in the text that Python parses; nobody can type it, since it is no known character
_SHOWN = 120
_LETTER = "A-Za-z_\u3400-\u4dbf\u4e00-\u9fff"  # field names of data capture systems can be Chinese
_TOKEN = re.compile(
    rf"""(?P<space>\s+)
    |(?P<text>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")
    |(?P<constant>\$[A-Za-z][A-Za-z0-9_]*)
    |(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    |(?P<word>[{_LETTER}][{_LETTER}0-9]*)
    |(?P<operator>==|!=|<=|>=|[<>+\-*/()\[\],.])""",
    re.VERBOSE | re.ASCII,
)
_ESCAPE = re.compile(r"\\(?:[\\'\"nrt]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})")
_HINTS = {
    "=": "write '==', '<=' or '>=' to compare",
    "!": "write '!=' or 'not'",
    "&": "write 'and'",
    "|": "write 'or', or concat() for texts",
    "^": "write '!=' or 'not'",
    "~": "write '!=' or 'not'",
    "$": "a constant is a letter after '$', then letters and digits",
    **dict.fromkeys("‘’“”´`«»", "write straight quotes"),
}


class ExpressionError(ValueError):
    """The text is no expression of the spec language; the message says why."""


def shorten(text: str) -> str:
    """The text on one line, cut after 120 characters."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"


def prepare(text: str) -> str:
    """The expression as text for Python's parser, `$NAME` marked; ExpressionError where a word is not allowed."""
    if not text.strip():
        raise ExpressionError("an expression is wanted, the text is empty")
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"the expression is longer than {MAX_LENGTH} characters")
    tokens: list[tuple[str, str]] = []
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise _unknown_character(text[position])
        position = found.end()
        kind = found.lastgroup or ""
        if kind != "space":
            _check(kind, found.group(), tokens[-1][0] if tokens else "")
            tokens.append((kind, found.group()))
    _check_depth(tokens)
    words = (CONSTANT_MARK + word[1:] if kind == "constant" else word for kind, word in tokens)
    return " ".join(words)


def check_text(value: str) -> str:
    """The value of a quoted text; ExpressionError where no file could hold it."""
    for character in value:
        if character not in "\n\r\t" and unicodedata.category(character) in {"Cc", "Cs"}:
            raise ExpressionError(f"a text holds the control character U+{ord(character):04X}")
    return value


def _check(kind: str, word: str, before: str) -> None:
    if kind == "text":
        if before == "text":
            raise ExpressionError(f"{shorten(word)} follows another text: join texts with concat()")
        if "\\" in _ESCAPE.sub("", word):
            raise ExpressionError(f"{shorten(word)}: a backslash in a text is written twice")
    if kind == "number" and float(word) == float("inf"):
        raise ExpressionError(f"the number {shorten(word)} is too large")


def _check_depth(tokens: list[tuple[str, str]]) -> None:
    """Brackets and rows of `not` and `-`: how deep Python's own parser goes differs from version to version."""
    brackets = row = 0
    for kind, word in tokens:
        inside = kind != "text"
        brackets += (inside and word in "([") - (inside and word in ")]")
        row = row + 1 if inside and word in {"not", "-"} else 0
        if max(brackets, row) > MAX_DEPTH:
            raise too_deep()


def too_deep() -> ExpressionError:
    """The error of an expression that is nested too deeply."""
    return ExpressionError(f"the expression is nested more than {MAX_DEPTH} deep")


def _unknown_character(character: str) -> ExpressionError:
    if character in "'\"":
        return ExpressionError(f"a text that begins with {character} is not closed")
    name = "" if character.isascii() else f" (U+{ord(character):04X} {unicodedata.name(character, 'without a name')})"
    hint = _HINTS.get(character, "")
    message = f"the character {character!r}{name} is not part of the expression language"
    return ExpressionError(message + (f"; {hint}" if hint else ""))
