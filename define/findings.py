"""What the define checker can find: its rules and their findings.

DD and OD numbers are those of the rules that PMDA published (version 2.0, 2019-09-27, for Define-XML 2.0); CORE numbers
are those of CDISC's open rules. DEF numbers are our own: what is new in Define-XML 2.1, and the document held against
the datasets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]

WARNINGS = frozenset(
    {
        "DD0025", "DD0085", "DD0105", "DD0106", "DD0107", "DD0108", "DD0109", "DD0110", "DD0112", "DD0118",
        "CORE-000929", "CORE-001081", "DEF016", "DEF036", "DEF038", "DEF040", "DEF044",
    }
)  # fmt: skip
"""Rules whose findings do not stop a build; those of all other rules do.

A required value that is missing (DEF036) is a fault of the data, which the issues of the stage and qc tell of.
"""

RULES: dict[str, str] = {
    "OD0001": "the file is well-formed XML",
    "OD0010": "the file begins with an XML declaration",
    "OD0011": "the encoding is UTF-8",
    "OD0012": "the root element is ODM",
    "OD0017": "CreationDateTime is an ISO 8601 date and time",
    "DD0002": "the namespaces are those of ODM 1.3 and Define-XML 2.1",
    "DD0003": "required attributes are there and not empty",
    "DD0004": "no attribute stands where the standard has none",
    "DD0006": "required elements are there",
    "DD0007": "no element stands where the standard has none",
    "DD0008": "elements stand in the order of the standard",
    "DD0010": "there are no parts of ODM that Define-XML leaves out",
    "DD0019": "FileType is Snapshot",
    "DD0020": "def:DefineVersion is a version of Define-XML 2.1",
    "DD0021": "standards have the names of the standard's list",
    "DD0085": "the stylesheet lies beside the file",
    "DEF001": "def:Context is Submission or Other",
    "DEF002": "PublishingSet stands on controlled terminology, and only there",
    "OD0030": "ItemGroupDef OIDs are unique",
    "OD0031": "ItemDef OIDs are unique",
    "OD0032": "CodeList OIDs are unique",
    "OD0041": "an item stands once in a dataset or value list",
    "OD0042": "OrderNumbers of a dataset or list are unique",
    "OD0079": "a term stands once in a list",
    "DD0012": "leaf IDs are unique",
    "DD0013": "MethodDef OIDs are unique",
    "DD0014": "ValueListDef OIDs are unique",
    "DD0041": "KeySequences of a dataset are unique and count from 1",
    "DD0051": "SASDatasetNames are unique",
    "DD0062": "a text stands once in a language",
    "DD0083": "CommentDef OIDs are unique",
    "DD0088": "ResultDisplay OIDs and names are unique",
    "DEF003": "Standard OIDs are unique",
    "DEF004": "WhereClauseDef OIDs are unique",
    "DEF005": "codelist names are unique",
    "OD0046": "ItemOIDs resolve",
    "OD0048": "CodeListOIDs resolve",
    "DD0015": "document references resolve",
    "DD0016": "MethodOIDs resolve",
    "DD0017": "ValueListOIDs resolve",
    "DD0018": "ArchiveLocationID is the dataset's own leaf",
    "DD0071": "CommentOIDs resolve",
    "DD0095": "datasets and items of analysis results resolve",
    "DEF006": "StandardOIDs resolve",
    "DEF007": "WhereClauseOIDs resolve",
    "DD0067": "every item is used",
    "DD0078": "every document is used",
    "DD0079": "every comment is used",
    "DD0080": "every method is used",
    "DD0081": "every value list is used",
    "DD0082": "every codelist is used",
    "DEF008": "every where clause is used",
    "DEF009": "every standard is used",
    "DD0040": "a dataset has keys",
    "DD0045": "an SDTM dataset has a Domain, except RELREC",
    "DD0046": "an ADaM dataset has no Domain",
    "DD0049": "Name, SASDatasetName and Domain agree",
    "DD0052": "the dataset's file is named after it, in lower case",
    "DD0053": "Purpose is Tabulation (SDTM) or Analysis (ADaM)",
    "DD0055": "def:Class is one of the standard's",
    "DD0056": "a dataset with data has a file",
    "DD0057": "a dataset has a description",
    "DD0063": "SUPP-- and split datasets have a DomainDescription",
    "OD0072": "Repeating is Yes or No, and No for reference data",
    "OD0073": "IsReferenceData is Yes for trial design, else No",
    "DEF010": "a dataset has either a standard or IsNonStandard",
    "DEF011": "HasNoData has a comment",
    "DEF012": "a dataset without data has no file",
    "DEF013": "SubClass stands in ADaM only, under its class",
    "CORE-000929": "DOMAIN is a term of the list of domains",
    "DD0058": "an item has a description of at most 40 bytes",
    "DD0068": "Length stands on text, integer and float only, SignificantDigits on float only",
    "DD0070": "SASFieldName is the variable's name",
    "DD0072": "a variable has an origin, or all its values have",
    "DD0073": "origin type and source are words of the standard that fit together",
    "DD0074": "a variable and its values do not both have origins",
    "DD0035": "pages stand on what was collected by investigator or subject, and only there",
    "DD0042": "what is derived has a method",
    "DD0061": "a predecessor is named",
    "DD0075": "pages are those of the annotated CRF",
    "DD0102": "the annotated CRF is acrf.pdf",
    "DD0105": "--DY is derived",
    "DD0106": "DOMAIN is assigned",
    "DD0107": "RDOMAIN is assigned",
    "DD0108": "STUDYID comes from the protocol",
    "DD0109": "USUBJID has one origin",
    "DD0110": "VISITNUM has one origin",
    "DD0038": "QVAL has value-level metadata",
    "OD0070": "text, integer and float have a Length",
    "OD0071": "float has SignificantDigits",
    "OD0074": "Mandatory is Yes or No",
    "OD0075": "DataType is one of the standard's",
    "CORE-001081": "Role is that of the implementation guide, in SDTM only",
    "DEF014": "the Length of a value is at most that of its variable",
    "DEF015": "items of a value list have where clauses, those of a dataset none",
    "DEF016": "a where clause over several datasets says how they are joined",
    "DEF017": "OrderNumber stands on all items of a dataset or on none",
    "OD0080": "a codelist has the data type of its items",
    "OD0081": "a codelist has terms or names a dictionary",
    "OD0082": "all terms of a list have a decode, or none has",
    "DD0024": "a list that is not extensible has no other terms",
    "DD0028": "a CDISC list has its C-code, and so has every term of it",
    "DD0029": "a term outside its CDISC list is marked ExtendedValue, and no other",
    "DD0031": "C-codes are those of the list and of the term",
    "DD0025": "the version of MedDRA is n.0 or n.1",
    "DD0112": "variables of MedDRA refer to it",
    "DD0118": "a variable has the list of the implementation guide",
    "DEF018": "a codelist has either a standard or IsNonStandard, unless it is external",
    "DD0104": "a method is a Computation or an Imputation",
    "DD0087": "analysis results stand in ADaM only",
    "DD0098": "a result has a reason, a purpose and datasets",
    "DEF030": "every dataset of the document is there, and every file is described",
    "DEF031": "the variables are those of the file, in its order",
    "DEF032": "labels are those of the file",
    "DEF033": "data types are those of the file",
    "DEF034": "lengths are those of the file",
    "DEF035": "records differ in their keys",
    "DEF036": "what is mandatory is never missing",
    "DEF037": "HasNoData stands on what is missing in every record, and only there",
    "DEF038": "SignificantDigits are enough for the data",
    "DEF039": "values are terms of their codelist",
    "DEF040": "dates have the declared precision",
    "DEF041": "codes and their names go together one to one",
    "DEF042": "every record falls under exactly one where clause of a value list",
    "DEF043": "values fit their value-level metadata",
    "DEF044": "the display format is that of the file",
    "DEF045": "pages exist in the annotated CRF",
}


@dataclass(frozen=True, order=True)
class Finding:
    """One finding: the rule, where in the document, and what is wrong."""

    rule: str
    severity: Severity
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.rule} {self.where}: {self.message}"


def found(rule: str, where: str, message: str) -> Finding:
    """A finding with the severity of its rule; an unknown rule is a mistake of the program."""
    if rule not in RULES:
        raise KeyError(rule)
    return Finding(rule, "warning" if rule in WARNINGS else "error", where, message)
