"""Which attributes and children the elements of Define-XML 2.1 have, required ones marked with *.

Sources: Define-XML 2.1 section 5.3, ODM 1.3.2, Analysis Results Metadata 1.0. Children stand in the order given.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """The attributes and children of an element."""

    attributes: dict[str, bool]
    children: dict[str, bool]


def _shape(attributes: str, children: str = "") -> Shape:
    return Shape(_marked(attributes), _marked(children))


def _marked(names: str) -> dict[str, bool]:
    return {name.rstrip("*"): name.endswith("*") for name in names.split()}


STRAY = frozenset(
    f"odm:{name}" for name in ("AdminData", "ReferenceData", "ClinicalData", "Association", "BasicDefinitions")
) | {"odm:Protocol", "odm:StudyEventDef", "odm:FormDef", "odm:ImputationMethod", "odm:Presentation"}
"""Parts of ODM that Define-XML leaves out."""

_TEXT = _shape("", "odm:TranslatedText*")
SHAPES: dict[str, Shape] = {
    "odm:ODM": _shape(
        "FileOID* ODMVersion* FileType* CreationDateTime* def:Context* AsOfDateTime Originator SourceSystem "
        "SourceSystemVersion Id Description",
        "odm:Study*",
    ),
    "odm:Study": _shape("OID*", "odm:GlobalVariables* odm:MetaDataVersion*"),
    "odm:GlobalVariables": _shape("", "odm:StudyName* odm:StudyDescription* odm:ProtocolName*"),
    "odm:StudyName": _shape(""),
    "odm:StudyDescription": _shape(""),
    "odm:ProtocolName": _shape(""),
    "odm:MetaDataVersion": _shape(
        "OID* Name* Description def:DefineVersion* def:CommentOID",
        "def:Standards* def:AnnotatedCRF def:SupplementalDoc def:ValueListDef def:WhereClauseDef odm:ItemGroupDef* "
        "odm:ItemDef* odm:CodeList odm:MethodDef def:CommentDef def:leaf arm:AnalysisResultDisplays",
    ),
    "def:Standards": _shape("", "def:Standard*"),
    "def:Standard": _shape("OID* Name* Type* PublishingSet Version* Status* def:CommentOID"),
    "def:AnnotatedCRF": _shape("", "def:DocumentRef*"),
    "def:SupplementalDoc": _shape("", "def:DocumentRef*"),
    "def:DocumentRef": _shape("leafID*", "def:PDFPageRef"),
    "def:PDFPageRef": _shape("PageRefs FirstPage LastPage Type* Title"),
    "def:ValueListDef": _shape("OID*", "odm:Description odm:ItemRef*"),
    "def:WhereClauseDef": _shape("OID* def:CommentOID", "odm:RangeCheck*"),
    "def:WhereClauseRef": _shape("WhereClauseOID*"),
    "odm:RangeCheck": _shape("Comparator* SoftHard* def:ItemOID*", "odm:CheckValue*"),
    "odm:CheckValue": _shape(""),
    "odm:ItemGroupDef": _shape(
        "OID* Domain Name* Repeating* IsReferenceData SASDatasetName* Purpose* def:Structure* def:ArchiveLocationID "
        "def:StandardOID def:IsNonStandard def:HasNoData def:CommentOID",
        "odm:Description* odm:ItemRef* odm:Alias def:Class def:leaf",
    ),
    "odm:ItemRef": _shape(
        "ItemOID* OrderNumber Mandatory* KeySequence MethodOID Role RoleCodeListOID def:IsNonStandard def:HasNoData",
        "def:WhereClauseRef",
    ),
    "odm:Alias": _shape("Context* Name*"),
    "def:Class": _shape("Name*", "def:SubClass"),
    "def:SubClass": _shape("Name* ParentClass"),
    "def:leaf": _shape("ID* xlink:href*", "def:title*"),
    "def:title": _shape(""),
    "odm:ItemDef": _shape(
        "OID* Name* DataType* Length SignificantDigits SASFieldName def:DisplayFormat def:CommentOID",
        "odm:Description odm:CodeListRef odm:Alias def:Origin def:ValueListRef",
    ),
    "odm:CodeListRef": _shape("CodeListOID*"),
    "def:ValueListRef": _shape("ValueListOID*"),
    "def:Origin": _shape("Type* Source", "odm:Description def:DocumentRef"),
    "odm:CodeList": _shape(
        "OID* Name* DataType* SASFormatName def:StandardOID def:IsNonStandard def:CommentOID",
        "odm:Description odm:CodeListItem odm:EnumeratedItem odm:ExternalCodeList odm:Alias",
    ),
    "odm:CodeListItem": _shape(
        "CodedValue* OrderNumber Rank def:ExtendedValue", "odm:Decode* odm:Alias odm:Description"
    ),
    "odm:EnumeratedItem": _shape("CodedValue* OrderNumber Rank def:ExtendedValue", "odm:Alias odm:Description"),
    "odm:ExternalCodeList": _shape("Dictionary* Version href ref"),
    "odm:Decode": _TEXT,
    "odm:Description": _TEXT,
    "odm:TranslatedText": _shape("xml:lang"),
    "odm:MethodDef": _shape("OID* Name* Type*", "odm:Description* odm:FormalExpression odm:Alias def:DocumentRef"),
    "odm:FormalExpression": _shape("Context*"),
    "def:CommentDef": _shape("OID*", "odm:Description* def:DocumentRef"),
    "arm:AnalysisResultDisplays": _shape("", "arm:ResultDisplay*"),
    "arm:ResultDisplay": _shape("OID* Name*", "odm:Description* def:DocumentRef arm:AnalysisResult*"),
    "arm:AnalysisResult": _shape(
        "OID* ParameterOID AnalysisReason AnalysisPurpose",
        "odm:Description* arm:AnalysisDatasets arm:Documentation arm:ProgrammingCode",
    ),
    "arm:AnalysisDatasets": _shape("def:CommentOID", "arm:AnalysisDataset*"),
    "arm:AnalysisDataset": _shape("ItemGroupOID*", "def:WhereClauseRef arm:AnalysisVariable"),
    "arm:AnalysisVariable": _shape("ItemOID*"),
    "arm:Documentation": _shape("", "odm:Description* def:DocumentRef"),
    "arm:ProgrammingCode": _shape("Context", "arm:Code def:DocumentRef"),
    "arm:Code": _shape(""),
}
WITH_TEXT = frozenset({"odm:StudyName", "odm:StudyDescription", "odm:ProtocolName", "odm:TranslatedText", "def:title"})
"""Elements that must hold text."""
