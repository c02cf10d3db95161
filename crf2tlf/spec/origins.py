"""Which variables are collected, and in which fields of the CRF: what follows from rules and the study's forms."""

from __future__ import annotations

from dataclasses import replace

from crf2tlf.rules import verbs
from crf2tlf.rules.reads import Read
from crf2tlf.rules.uses import retold
from crf2tlf.spec.describe import describe_method
from crf2tlf.spec.model import Dataset, Origin, RecordSource, Study, Variable
from crf2tlf.spec.raw_fields import RawReads, rule_of_record

Fields = frozenset[tuple[str, str]]
Records = tuple[RecordSource, ...]


def add_collected_origins(study: Study) -> Study:
    """The study with the origin Collected where a variable's value is that of a field of the CRF or of a vendor's file.

    Recoded by a codelist, in capitals or as ISO 8601 date a value is still the collected one; a value that a table, a
    constant or several fields make is not (Define-XML 2.1, 5.3.11.3). What the spec says of an origin stays.
    """
    if study.crf is None and all(form.collected_by == "Investigator" for form in study.forms.values()):
        return study
    found = _Collected(study)
    return replace(study, sdtm={name: found.dataset(spec) for name, spec in study.sdtm.items()})


class _Collected:
    def __init__(self, study: Study) -> None:
        self._study = study
        self._reads = RawReads(study)

    def dataset(self, spec: Dataset) -> Dataset:
        sources = tuple(dict.fromkeys(record.source for record in spec.records))
        return replace(
            spec,
            variables={name: self._variable(spec, each, sources) for name, each in spec.variables.items()},
            supp={name: self._variable(spec, each, sources) for name, each in spec.supp.items()},
        )

    def _variable(self, spec: Dataset, variable: Variable, sources: tuple[str, ...]) -> Variable:
        origin = variable.origin
        if origin.pages or (origin.stated and origin.type != "Collected") or origin.type == "Protocol":
            return variable
        fields = self._fields(spec, variable, spec.records)
        if not fields:
            return variable
        # The method that follows from the rule is none of a value that is collected.
        inferred = describe_method(variable.name, variable.rule, sources)
        return replace(
            variable,
            origin=self._origin(fields, stated=origin.stated),
            origins=self._by_value(spec, variable),
            method=None if variable.method == inferred else variable.method,
        )

    def _fields(self, spec: Dataset, variable: Variable, records: Records) -> Fields:
        """The fields in which a variable's value was collected for the records of some sources."""
        collect = self._named if variable.origin.stated else self._retold
        return collect(spec, variable, records)

    def _origin(self, fields: Fields, *, stated: bool) -> Origin:
        collectors = {self._study.forms[form].collected_by for form, _ in fields}
        collector = next(each for each in ("Investigator", "Subject", "Vendor") if each in collectors)
        on_pages = tuple(sorted(each for each in fields if self._study.crf_page(each[0]) is not None))
        return Origin("Collected", collector, form=min(on_pages or fields)[0], fields=on_pages, stated=stated)

    def _by_value(self, spec: Dataset, variable: Variable) -> tuple[tuple[str, Origin], ...]:
        """The origin for each value of `origin_by` that a record source sets, and for all others ("")."""
        by = spec.variables.get(variable.origin_by)
        found = []
        for record in spec.records if by is not None else ():
            rule = rule_of_record(by.rule, record.id) if by is not None else None
            fields = self._fields(spec, variable, (record,))
            if fields:
                value = rule.value if isinstance(rule, verbs.SetConstant) else ""
                found.append((value, self._origin(fields, stated=variable.origin.stated)))
        return tuple(found)

    def _named(self, spec: Dataset, variable: Variable, records: Records) -> Fields:
        """The fields that make the value of a variable which the spec calls collected."""
        reads = [read for record in records for read in self._reads.of_rule(spec, variable, record)]
        return frozenset(
            (read.form, read.field) for read in reads if read.use == "value" and self._is_asked(read.form, read.field)
        )

    def _retold(self, spec: Dataset, variable: Variable, records: Records) -> Fields:
        """The fields whose values are the variable's in every record that has one; none where one is made otherwise."""
        found: set[tuple[str, str]] = set()
        for record in () if variable.dictionary else records:
            fields = self._of_rule(spec, rule_of_record(variable.rule, record.id), record)
            if fields is None:
                return frozenset()
            found |= fields
        return frozenset(found)

    def _of_rule(self, spec: Dataset, rule: verbs.Rule, record: RecordSource) -> Fields | None:
        """The fields that a rule retells, none where it gives no value, None where its value is made."""
        if isinstance(rule, verbs.NoData):
            return frozenset()
        if isinstance(rule, verbs.Case):
            parts = [self._of_rule(spec, branch, record) for _, branch in rule.branches]
        else:
            reads = [Read(reference, record=record.id) for reference in retold(rule)]
            dated = isinstance(rule, verbs.IsoDate)  # the date of the visit heads every page
            parts = [self._of_read(spec, read, record, dated) for read in reads] or [None]
        known = [part for part in parts if part is not None]
        return frozenset().union(*known) if len(known) == len(parts) else None

    def _of_read(self, spec: Dataset, read: Read, record: RecordSource, dated: bool) -> Fields | None:
        name = read.reference
        working = spec.working.get(name.name) if not name.source else None
        if working is not None:
            return self._of_rule(spec, rule_of_record(working.rule, record.id), record)
        found = {(each.form, each.field) for each in self._reads.of_read(spec, read, "value", record)}
        fits = [self._counts(form) if dated else self._is_asked(form, field) for form, field in found]
        return frozenset(found) if fits and all(fits) else None

    def _counts(self, form: str) -> bool:
        """Whether a form is a page of the CRF, or a file of a vendor."""
        return self._study.crf_page(form) is not None or self._study.forms[form].collected_by == "Vendor"

    def _is_asked(self, form: str, field: str) -> bool:
        """Whether a field holds an answer or the subject's number, not a key of the system that keeps the answers."""
        page = self._study.crf_page(form)
        if page is None:
            return self._counts(form)
        return page.item_of(field) is not None or field == self._study.forms[form].subject
