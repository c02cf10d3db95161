"""Faults sown into a valid define.xml: where, what is done there, and the rule that has to find it."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import cast

from lxml import etree

from define.document import PREFIXES, full


@dataclass(frozen=True)
class Seed:
    """One fault: at the first element of `path`, `action` with `name` and `value`."""

    rule: str
    path: str
    action: str
    name: str = ""
    value: str = ""
    standard: str = "SDTM"

    def __str__(self) -> str:
        return f"{self.rule} {self.action} {self.name or self.path.rpartition('/')[2]}"


def sow(content: bytes, seed: Seed) -> bytes:
    """The document with the fault in it."""
    root = etree.fromstring(content)
    found = cast(list[etree._Element], root.xpath(seed.path, namespaces=PREFIXES))
    assert found, f"nothing at {seed.path}"
    element = found[0]
    parent = element.getparent() if element is not root else root
    assert parent is not None
    if seed.action == "set":
        element.set(full(seed.name), seed.value)
    elif seed.action == "drop":
        del element.attrib[full(seed.name)]
    elif seed.action == "drop all":
        for inner in element.iter():
            inner.attrib.pop(full(seed.name), "")
    elif seed.action == "remove":
        parent.remove(element)
    elif seed.action == "copy":
        parent.insert(parent.index(element), deepcopy(element))
    elif seed.action == "last":
        parent.append(element)
    elif seed.action == "text":
        element.text = seed.value
    elif seed.action == "rename":
        element.tag = full(seed.name)
    else:
        assert seed.action == "add", seed
        element.append(etree.Element(full(seed.name), OID=seed.value) if seed.value else etree.Element(full(seed.name)))
    written: bytes = etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")
    return written


def _group(name: str) -> str:
    return f"//odm:ItemGroupDef[@Name='{name}']"


def _ref(oid: str) -> str:
    return f"//odm:ItemRef[@ItemOID='{oid}']"


def _item(oid: str) -> str:
    return f"//odm:ItemDef[@OID='{oid}']"


def _list(oid: str) -> str:
    return f"//odm:CodeList[@OID='{oid}']"


SEEDS = (
    # file
    Seed("OD0017", "/odm:ODM", "set", "CreationDateTime", "yesterday"),
    Seed("DD0003", "//odm:ItemDef", "drop", "Name"),
    Seed("DD0003", "/odm:ODM", "set", "FileOID", ""),
    Seed("DD0004", "//odm:ItemDef", "set", "Origin", "CRF"),
    Seed("DD0006", "//def:Standards", "remove"),
    Seed("DD0006", "//odm:StudyName", "text", value=" "),
    Seed("DD0007", "//odm:ItemDef", "add", "odm:Question"),
    Seed("DD0008", "//odm:ItemDef/odm:Description", "last"),
    Seed("DD0010", "//odm:MetaDataVersion", "add", "odm:FormDef", "F.1"),
    Seed("DD0019", "/odm:ODM", "set", "FileType", "Transactional"),
    Seed("DD0020", "//odm:MetaDataVersion", "set", "def:DefineVersion", "2.0.0"),
    Seed("DD0021", "//def:Standard", "set", "Name", "SDTM-IG"),
    Seed("DEF001", "/odm:ODM", "drop", "def:Context"),
    Seed("DEF002", "//def:Standard[@Type='CT']", "drop", "PublishingSet"),
    Seed("DEF002", "//def:Standard[@Type='IG']", "set", "PublishingSet", "SDTM"),
    # unique
    Seed("OD0030", _group("AE"), "copy"),
    Seed("OD0031", "//odm:ItemDef", "copy"),
    Seed("OD0032", "//odm:CodeList", "copy"),
    Seed("OD0041", _ref("IT.AE.AETERM"), "set", "ItemOID", "IT.AE.AEDECOD"),
    Seed("OD0042", _ref("IT.AE.AETERM"), "set", "OrderNumber", "1"),
    Seed("OD0079", f"{_list('CL.SEX')}/odm:CodeListItem", "copy"),
    Seed("DD0012", "//odm:MetaDataVersion/def:leaf", "copy"),
    Seed("DD0013", "//odm:MethodDef", "copy"),
    Seed("DD0014", "//def:ValueListDef", "copy"),
    Seed("DD0041", _ref("IT.AE.USUBJID"), "set", "KeySequence", "5"),
    Seed("DD0051", _group("AE"), "set", "SASDatasetName", "DM"),
    Seed("DD0062", "//odm:ItemDef/odm:Description/odm:TranslatedText", "copy"),
    Seed("DD0083", "//def:CommentDef", "copy"),
    Seed("DD0088", "//arm:ResultDisplay", "copy", standard="ADaM"),
    Seed("DEF003", "//def:Standard", "copy"),
    Seed("DEF004", "//def:WhereClauseDef", "copy"),
    Seed("DEF005", _list("CL.SEX"), "set", "Name", "Causality"),
    # references
    Seed("OD0046", _ref("IT.AE.AETERM"), "set", "ItemOID", "IT.AE.NONE"),
    Seed("OD0048", "//odm:CodeListRef", "set", "CodeListOID", "CL.NONE"),
    Seed("DD0015", "//def:Origin/def:DocumentRef", "set", "leafID", "LF.none"),
    Seed("DD0016", _ref("IT.AE.AESTDY"), "set", "MethodOID", "MT.NONE"),
    Seed("DD0017", "//def:ValueListRef", "set", "ValueListOID", "VL.NONE"),
    Seed("DD0018", _group("AE"), "set", "def:ArchiveLocationID", "LF.DM"),
    Seed("DD0071", _group("AE"), "set", "def:CommentOID", "COM.NONE"),
    Seed("DD0095", "//arm:AnalysisVariable", "set", "ItemOID", "IT.NONE", "ADaM"),
    Seed("DD0095", "//arm:AnalysisDataset", "set", "ItemGroupOID", "IG.NONE", "ADaM"),
    Seed("DEF006", _group("AE"), "set", "def:StandardOID", "STD.NONE"),
    Seed("DEF007", "//def:WhereClauseRef", "set", "WhereClauseOID", "WC.NONE"),
    # orphans
    Seed("DD0067", _ref("IT.AE.AETERM"), "remove"),
    Seed("DD0078", "//def:SupplementalDoc", "remove"),
    Seed("DD0079", _group("AE"), "drop", "def:CommentOID"),
    Seed("DD0080", _ref("IT.AE.AESTDY"), "drop", "MethodOID"),
    Seed("DD0081", "//def:ValueListRef", "remove"),
    Seed("DD0082", f"{_item('IT.AE.AEREL')}/odm:CodeListRef", "remove"),
    Seed("DEF008", "//def:WhereClauseRef", "remove"),
    Seed("DEF009", "//def:Standard[@Type='CT']/..", "add", "def:Standard", "STD.X"),
    # datasets
    Seed("DD0040", _group("TS"), "drop all", "KeySequence"),
    Seed("DD0045", _group("AE"), "drop", "Domain"),
    Seed("DD0046", _group("ADSL"), "set", "Domain", "ADSL", "ADaM"),
    Seed("DD0049", _group("AE"), "set", "Domain", "CE"),
    Seed("DD0052", f"{_group('AE')}/def:leaf", "set", "xlink:href", "AE.xpt"),
    Seed("DD0053", _group("AE"), "set", "Purpose", "Analysis"),
    Seed("DD0055", f"{_group('AE')}/def:Class", "set", "Name", "SAFETY"),
    Seed("DD0055", f"{_group('AE')}/def:Class", "remove"),
    Seed("DD0056", f"{_group('AE')}/def:leaf", "remove"),
    Seed("DD0057", f"{_group('AE')}/odm:Description", "remove"),
    Seed("DD0063", f"{_group('SUPPAE')}/odm:Alias", "remove"),
    Seed("OD0072", _group("TS"), "set", "Repeating", "Yes"),
    Seed("OD0073", _group("TS"), "set", "IsReferenceData", "No"),
    Seed("DEF010", _group("AE"), "set", "def:IsNonStandard", "Yes"),
    Seed("DEF011", _item("IT.DM.ACTARMUD"), "drop", "def:CommentOID"),
    Seed("DEF012", _group("AE"), "set", "def:HasNoData", "Yes"),
    Seed("DEF013", "//def:SubClass", "set", "Name", "ADVERSE EVENT", "ADaM"),
    Seed("CORE-000929", _group("AE"), "set", "Domain", "A"),
    # variables
    Seed("DD0058", f"{_item('IT.AE.AETERM')}/odm:Description", "remove"),
    Seed("DD0058", f"{_item('IT.AE.AETERM')}//odm:TranslatedText", "text", value="x" * 41),
    Seed("DD0068", _item("IT.AE.AESTDTC"), "set", "Length", "10"),
    Seed("DD0068", _item("IT.AE.AETERM"), "set", "SignificantDigits", "1"),
    Seed("DD0070", _item("IT.AE.AETERM"), "set", "SASFieldName", "TERM"),
    Seed("DD0072", f"{_item('IT.AE.AETERM')}/def:Origin", "remove"),
    Seed("DD0073", f"{_item('IT.AE.AETERM')}/def:Origin", "set", "Type", "CRF"),
    Seed("DD0073", f"{_item('IT.AE.AETERM')}/def:Origin", "set", "Source", "Sponsor"),
    Seed("DD0073", f"{_item('IT.ADSL.SEX')}/def:Origin", "set", "Source", "Sponsor", "ADaM"),
    Seed("DD0035", f"{_item('IT.AE.AETERM')}/def:Origin/def:DocumentRef", "remove"),
    Seed("DD0035", f"{_item('IT.AE.AETERM')}/def:Origin", "set", "Type", "Assigned"),
    Seed("DD0042", _ref("IT.AE.AESTDY"), "drop", "MethodOID"),
    Seed("DD0061", f"{_item('IT.ADSL.SEX')}/def:Origin/odm:Description", "remove", standard="ADaM"),
    Seed("DD0075", "//def:AnnotatedCRF/def:DocumentRef", "set", "leafID", "LF.csdrg"),
    Seed("DD0102", "//def:leaf[@ID='LF.acrf']", "set", "xlink:href", "blankcrf.pdf"),
    Seed("DD0105", f"{_item('IT.VS.VSDTC')}", "set", "Name", "VSDY"),
    Seed("DD0106", f"{_item('IT.AE.DOMAIN')}/def:Origin", "set", "Type", "Protocol"),
    Seed("DD0107", f"{_item('IT.SUPPAE.RDOMAIN')}/def:Origin", "set", "Type", "Protocol"),
    Seed("DD0108", f"{_item('IT.AE.STUDYID')}/def:Origin", "set", "Type", "Assigned"),
    Seed("DD0109", f"{_item('IT.AE.USUBJID')}/def:Origin", "set", "Type", "Assigned"),
    Seed("DD0038", f"{_item('IT.SUPPAE.QVAL')}/def:ValueListRef", "remove"),
    Seed("OD0070", _item("IT.AE.AETERM"), "drop", "Length"),
    Seed("OD0070", _item("IT.AE.AETERM"), "set", "Length", "0"),
    Seed("OD0071", _item("IT.VS.VSSTRESN"), "drop", "SignificantDigits"),
    Seed("OD0074", _ref("IT.AE.AETERM"), "set", "Mandatory", "Maybe"),
    Seed("OD0075", _item("IT.AE.AETERM"), "set", "DataType", "Char"),
    Seed("CORE-001081", _ref("IT.AE.AETERM"), "set", "Role", "Timing"),
    Seed("CORE-001081", _ref("IT.ADSL.SEX"), "set", "Role", "Record Qualifier", "ADaM"),
    Seed("DEF014", _item("IT.SUPPAE.QVAL.AEORD"), "set", "Length", "200"),
    Seed("DEF015", "//def:ValueListDef/odm:ItemRef/def:WhereClauseRef", "remove"),
    Seed("DEF015", _ref("IT.AE.AETERM"), "add", "def:WhereClauseRef"),
    Seed("DEF017", _ref("IT.AE.AETERM"), "drop", "OrderNumber"),
    # codelists, methods, results
    Seed("OD0080", _list("CL.SEX"), "set", "DataType", "integer"),
    Seed("OD0081", f"{_list('CL.DOMAIN.AE')}/odm:CodeListItem", "remove"),
    Seed("OD0082", f"{_list('CL.SEX')}/odm:CodeListItem", "rename", "odm:EnumeratedItem"),
    Seed("DD0024", f"{_list('CL.SEX')}/odm:CodeListItem", "set", "CodedValue", "W"),
    Seed("DD0028", f"{_list('CL.SEX')}/odm:CodeListItem/odm:Alias", "remove"),
    Seed("DD0028", f"{_list('CL.SEX')}/odm:Alias", "remove"),
    Seed("DD0029", f"{_list('CL.SEX')}/odm:CodeListItem", "set", "def:ExtendedValue", "Yes"),
    Seed("DD0029", f"{_list('CL.VSTESTCD')}/odm:CodeListItem", "set", "CodedValue", "XWEIGHT"),
    Seed("DD0031", f"{_list('CL.SEX')}/odm:CodeListItem/odm:Alias", "set", "Name", "C99999"),
    Seed("DD0031", f"{_list('CL.SEX')}/odm:Alias", "set", "Name", "C99999"),
    Seed("DD0025", "//odm:ExternalCodeList[@Dictionary='MedDRA']", "set", "Version", "27"),
    Seed("DD0112", f"{_item('IT.AE.AEDECOD')}/odm:CodeListRef", "remove"),
    Seed("DD0118", f"{_item('IT.DM.SEX')}/odm:CodeListRef", "set", "CodeListOID", "CL.AESEV"),
    Seed("DEF018", _list("CL.SEX"), "set", "def:IsNonStandard", "Yes"),
    Seed("DD0104", "//odm:MethodDef", "set", "Type", "Derivation"),
    Seed("DD0098", "//arm:AnalysisResult", "drop", "AnalysisReason", standard="ADaM"),
    Seed("DD0098", "//arm:AnalysisDatasets", "drop", "def:CommentOID", standard="ADaM"),
    Seed("DD0087", "//def:Standard[@Name='ADaMIG']", "set", "Name", "SDTMIG", "ADaM"),
    # the document against the datasets
    Seed("DEF030", _group("AE"), "set", "Name", "CE"),
    Seed("DEF031", _ref("IT.AE.AETERM"), "remove"),
    Seed("DEF031", _ref("IT.AE.AETERM"), "set", "OrderNumber", "99"),
    Seed("DEF032", f"{_item('IT.AE.AETERM')}//odm:TranslatedText", "text", value="Term"),
    Seed("DEF032", f"{_group('AE')}/odm:Description/odm:TranslatedText", "text", value="Events"),
    Seed("DEF033", _item("IT.AE.AESTDY"), "set", "DataType", "text"),
    Seed("DEF034", _item("IT.AE.AETERM"), "set", "Length", "20"),
    Seed("DEF034", _item("IT.AE.AESTDY"), "set", "Length", "1"),
    Seed("DEF035", _ref("IT.AE.AESEQ"), "drop", "KeySequence"),
    Seed("DEF036", _ref("IT.AE.AEREL"), "set", "Mandatory", "Yes"),
    Seed("DEF037", _ref("IT.DM.ACTARMUD"), "drop", "def:HasNoData"),
    Seed("DEF037", _ref("IT.DM.SEX"), "set", "def:HasNoData", "Yes"),
    Seed("DEF038", _item("IT.VS.VSSTRESN"), "set", "SignificantDigits", "0"),
    Seed("DEF039", f"{_list('CL.AESEV')}/odm:CodeListItem", "set", "CodedValue", "LIGHT"),
    Seed("DEF040", _item("IT.AE.AESTDTC"), "set", "DataType", "date"),
    Seed("DEF042", "//def:WhereClauseDef[@OID='WC.SUPPAE.QNAM.AEORD']//odm:CheckValue", "text", value="AETRTEM"),
    Seed("DEF042", "//def:WhereClauseDef[@OID='WC.TS.TSPARMCD.TITLE']//odm:CheckValue", "text", value="NONE"),
    Seed("DEF042", "//def:WhereClauseDef[@OID='WC.TS.TSPARMCD.TITLE']/odm:RangeCheck", "set", "Comparator", "NE"),
    Seed("DEF043", _item("IT.TS.TSVAL.TITLE"), "set", "DataType", "date"),
    Seed("DEF043", _item("IT.SUPPAE.QVAL.AEORD"), "set", "DataType", "durationDatetime"),
    Seed("DEF044", _item("IT.ADSL.TRTSDT"), "set", "def:DisplayFormat", "DATE11.", "ADaM"),
    Seed("DEF045", f"{_item('IT.AE.AETERM')}//def:PDFPageRef", "set", "PageRefs", "9"),
)
