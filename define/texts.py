"""The parts of a define that others point to: methods, comments and where clauses, each once."""

from __future__ import annotations

from crf2tlf.spec.model import Method
from define.model import CommentDef, MethodDef, RangeCheck, WhereClause

NO_VALUE = "No value in this study."


class Texts:
    """Collects methods, comments and where clauses while datasets are compiled."""

    def __init__(self) -> None:
        self.methods: dict[str, MethodDef] = {}
        self.where_clauses: dict[str, WhereClause] = {}
        self._comments: dict[str, CommentDef] = {}

    @property
    def comments(self) -> tuple[CommentDef, ...]:
        """The comments in the order in which they were first needed."""
        return tuple(self._comments.values())

    def method(self, owner: str, method: Method | None) -> str:
        """The identifier of the method of `owner` ("AE.AESTDY"); "" where there is none."""
        if method is None:
            return ""
        oid = f"MT.{owner}"
        self.methods[oid] = MethodDef(oid, f"Algorithm for {owner}", method.type, method.text, method.expression)
        return oid

    def comment(self, owner: str, *texts: str) -> str:
        """The identifier of a comment; equal texts are one comment, named after the first owner."""
        text = " ".join(text for text in texts if text)
        if not text:
            return ""
        return self._comments.setdefault(text, CommentDef(f"COM.{owner}", text)).oid

    def where(self, dataset: str, checks: tuple[tuple[str, str, tuple[str, ...]], ...], name: str = "") -> str:
        """The identifier of the where clause over variables of one dataset."""
        variable, _, values = checks[0]
        oid = f"WC.{dataset}.{name or f'{variable}.{values[0]}'}"
        ranges = tuple(RangeCheck(f"IT.{dataset}.{each}", comparator, texts) for each, comparator, texts in checks)
        self.where_clauses[oid] = WhereClause(oid, ranges)
        return oid


def as_sentence(text: str) -> str:
    """A text with a capital letter at its start and a full stop at its end."""
    text = text.strip()
    return f"{text[:1].upper()}{text[1:]}".rstrip(".") + "." if text else ""
