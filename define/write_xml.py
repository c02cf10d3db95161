"""A Define as the bytes of define.xml, in the element order of Define-XML 2.1 (section 5.2)."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import cast

from lxml import etree

from define.model import (
    CodeList,
    Define,
    DefineOrigin,
    DocumentRef,
    Item,
    ItemGroup,
    ItemRef,
    Leaf,
    Term,
    WhereClause,
)
from define.xml_elements import (
    ARM,
    DEF,
    ODM,
    XLINK,
    Attributes,
    add_description,
    add_element,
    add_translated,
    set_attributes,
    yes_no,
)
from define.xml_results import add_displays

STYLESHEET = "define2-1.xsl"


def render_xml(define: Define) -> bytes:
    """define.xml as UTF-8 bytes; raises DataError for a text with a character that XML 1.0 does not have."""
    prefixes: dict[str | None, str] = {None: ODM, "def": DEF, "xlink": XLINK}
    if define.displays:
        prefixes["arm"] = ARM
    root = etree.Element(f"{{{ODM}}}ODM", nsmap=cast(dict[str, str], prefixes))
    set_attributes(root, _document_attributes(define))
    study = add_element(root, "odm:Study", {"OID": f"ST.{define.study}"})
    names = add_element(study, "odm:GlobalVariables")
    for name, text in (
        ("StudyName", define.study),
        ("StudyDescription", define.description),
        ("ProtocolName", define.protocol),
    ):
        add_element(names, f"odm:{name}", text=text)
    _add_metadata(study, define)
    root.addprevious(etree.ProcessingInstruction("xml-stylesheet", f'type="text/xsl" href="{STYLESHEET}"'))
    written: bytes = etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written


def _document_attributes(define: Define) -> Attributes:
    try:
        source_version = version("crf2tlf")
    except PackageNotFoundError:  # run from a source tree that is not installed
        source_version = ""
    return {
        "FileOID": f"{define.study}.{define.standard}.define",
        "ODMVersion": "1.3.2",
        "FileType": "Snapshot",
        "CreationDateTime": define.created.isoformat(timespec="seconds"),
        "SourceSystem": "crf2tlf",
        "SourceSystemVersion": source_version,
        "def:Context": "Submission",
    }


def _add_metadata(study: etree._Element, define: Define) -> None:
    metadata = add_element(
        study,
        "odm:MetaDataVersion",
        {
            "OID": f"MDV.{define.study}.{define.standard}",
            "Name": f"Study {define.study}, {define.standard} data definitions",
            "Description": f"{define.standard} datasets of study {define.study}, protocol {define.protocol}",
            "def:DefineVersion": define.version,
        },
    )
    _add_standards(metadata, define)
    _add_documents(metadata, define)
    for values in define.value_lists:
        element = add_element(metadata, "def:ValueListDef", {"OID": values.oid})
        for ref in values.refs:
            _add_ref(element, ref)
    for clause in define.where_clauses:
        _add_where(metadata, clause)
    for group in define.groups:
        _add_group(metadata, group)
    for item in define.items:
        _add_item(metadata, item)
    for codelist in define.codelists:
        _add_codelist(metadata, codelist)
    _add_texts(metadata, define)
    for leaf in define.documents():
        _add_leaf(metadata, leaf)
    add_displays(metadata, define)


def _add_standards(metadata: etree._Element, define: Define) -> None:
    standards = add_element(metadata, "def:Standards")
    for each in define.standards:
        attributes = {
            "OID": each.oid,
            "Name": each.name,
            "Type": each.type,
            "PublishingSet": each.publishing_set,
            "Version": each.version,
            "Status": "Final",
        }
        add_element(standards, "def:Standard", attributes)


def _add_documents(metadata: etree._Element, define: Define) -> None:
    if define.annotated_crf is not None:
        _add_document(add_element(metadata, "def:AnnotatedCRF"), DocumentRef(define.annotated_crf.id))
    if define.guides:
        supplemental = add_element(metadata, "def:SupplementalDoc")
        for guide in define.guides:
            _add_document(supplemental, DocumentRef(guide.id))


def _add_document(parent: etree._Element, document: DocumentRef) -> None:
    reference = add_element(parent, "def:DocumentRef", {"leafID": document.leaf})
    if document.pages:
        pages = " ".join(map(str, document.pages))
        add_element(reference, "def:PDFPageRef", {"PageRefs": pages, "Type": "PhysicalRef"})


def _add_where(metadata: etree._Element, clause: WhereClause) -> None:
    element = add_element(metadata, "def:WhereClauseDef", {"OID": clause.oid, "def:CommentOID": clause.comment})
    for check in clause.checks:
        attributes = {"Comparator": check.comparator, "SoftHard": "Soft", "def:ItemOID": check.item}
        condition = add_element(element, "odm:RangeCheck", attributes)
        for value in check.values:
            add_element(condition, "odm:CheckValue", text=value)


def _add_ref(parent: etree._Element, ref: ItemRef) -> None:
    attributes: Attributes = {
        "ItemOID": ref.item,
        "OrderNumber": ref.order,
        "Mandatory": yes_no(ref.mandatory),
        "KeySequence": ref.key or None,
        "MethodOID": ref.method,
        "Role": ref.role,
        "def:IsNonStandard": "Yes" if ref.non_standard else None,
        "def:HasNoData": "Yes" if ref.no_data else None,
    }
    element = add_element(parent, "odm:ItemRef", attributes)
    for clause in ref.where:
        add_element(element, "def:WhereClauseRef", {"WhereClauseOID": clause})


def _add_group(metadata: etree._Element, group: ItemGroup) -> None:
    attributes = {
        "OID": group.oid,
        "Domain": group.domain,
        "Name": group.name,
        "Repeating": yes_no(group.repeating),
        "IsReferenceData": yes_no(group.reference_data),
        "SASDatasetName": group.name,
        "Purpose": group.purpose,
        "def:Structure": group.structure,
        "def:ArchiveLocationID": group.leaf.id if group.leaf else None,
        "def:StandardOID": group.standard,
        "def:IsNonStandard": None if group.standard else "Yes",
        "def:HasNoData": "Yes" if group.no_data else None,
        "def:CommentOID": group.comment,
    }
    element = add_element(metadata, "odm:ItemGroupDef", attributes)
    add_description(element, group.label)
    for ref in group.refs:
        _add_ref(element, ref)
    if group.domain_description:
        add_element(element, "odm:Alias", {"Context": "DomainDescription", "Name": group.domain_description})
    class_ = add_element(element, "def:Class", {"Name": group.class_})
    if group.subclass:
        add_element(class_, "def:SubClass", {"Name": group.subclass})
    if group.leaf is not None:
        _add_leaf(element, group.leaf)


def _add_item(metadata: etree._Element, item: Item) -> None:
    attributes = {
        "OID": item.oid,
        "Name": item.name,
        "DataType": item.data_type,
        "Length": item.length,
        "SignificantDigits": item.significant_digits,
        "SASFieldName": item.sas_name,
        "def:DisplayFormat": item.display_format,
        "def:CommentOID": item.comment,
    }
    element = add_element(metadata, "odm:ItemDef", attributes)
    add_description(element, item.label)
    if item.codelist:
        add_element(element, "odm:CodeListRef", {"CodeListOID": item.codelist})
    if item.origin is not None:
        _add_origin(element, item.origin)
    if item.value_list:
        add_element(element, "def:ValueListRef", {"ValueListOID": item.value_list})


def _add_origin(item: etree._Element, origin: DefineOrigin) -> None:
    element = add_element(item, "def:Origin", {"Type": origin.type, "Source": origin.source})
    add_description(element, origin.text)
    if origin.document is not None:
        _add_document(element, origin.document)


def _add_codelist(metadata: etree._Element, codelist: CodeList) -> None:
    attributes = {
        "OID": codelist.oid,
        "Name": codelist.name,
        "DataType": codelist.data_type,
        "def:StandardOID": codelist.standard,
        "def:IsNonStandard": "Yes" if codelist.non_standard else None,
    }
    element = add_element(metadata, "odm:CodeList", attributes)
    if codelist.dictionary:
        external = {"Dictionary": codelist.dictionary, "Version": codelist.version}
        add_element(element, "odm:ExternalCodeList", external)
    for number, term in enumerate(codelist.terms, start=1):
        _add_term(element, term, number, codelist.has_decodes)
    _add_code(element, codelist.code)


def _add_term(codelist: etree._Element, term: Term, number: int, decoded: bool) -> None:
    attributes: Attributes = {
        "CodedValue": term.value,
        "OrderNumber": number,
        "def:ExtendedValue": "Yes" if term.extended else None,
    }
    element = add_element(codelist, "odm:CodeListItem" if decoded else "odm:EnumeratedItem", attributes)
    if decoded:
        add_translated(add_element(element, "odm:Decode"), term.decode)
    _add_code(element, term.code)


def _add_code(element: etree._Element, code: str) -> None:
    if code:
        add_element(element, "odm:Alias", {"Context": "nci:ExtCodeID", "Name": code})


def _add_texts(metadata: etree._Element, define: Define) -> None:
    for method in define.methods:
        attributes = {"OID": method.oid, "Name": method.name, "Type": method.type}
        element = add_element(metadata, "odm:MethodDef", attributes)
        add_description(element, method.text)
        if method.expression:
            add_element(element, "odm:FormalExpression", {"Context": "crf2tlf"}, method.expression)
    for comment in define.comments:
        add_description(add_element(metadata, "def:CommentDef", {"OID": comment.oid}), comment.text)


def _add_leaf(parent: etree._Element, leaf: Leaf) -> None:
    element = add_element(parent, "def:leaf", {"ID": leaf.id, "xlink:href": leaf.href})
    add_element(element, "def:title", text=leaf.title)


def schema_errors(content: bytes, schema_path: str) -> list[str]:
    """The faults of define.xml against an XML schema on disk (odmlib's arm1-0-0.xsd takes SDTM and ADaM)."""
    schema = etree.XMLSchema(etree.parse(schema_path))
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    document = etree.fromstring(content, parser)
    return [] if schema.validate(document) else str(schema.error_log).splitlines()
