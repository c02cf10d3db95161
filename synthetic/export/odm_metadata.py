"""The metadata of an ODM-XML 1.3.2 file: visits, forms, items and codelists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from crf2tlf.spec.crf import EventDef, FormDef, ItemDef

DATA_TYPES = {"text": "text", "integer": "integer", "float": "float", "date": "date", "time": "partialTime"}
VERSIONS = ("1.1", "2.0")
VISIT_NAMES = ("{0}{1:02d}", "C{1}D1")
MOST_VISITS = 150


@dataclass(frozen=True)
class StudyText:
    """What a file says of its study; `created` is an ISO 8601 moment."""

    study_id: str
    protocol: str
    title: str
    created: str


def metadata_lines(study: StudyText, forms: Mapping[str, FormDef], events: Mapping[str, EventDef]) -> list[str]:
    """The file from its first line to the end of the Study element."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" ODMVersion="1.3.2" FileType="Snapshot" Granularity="All"'
        f" FileOID={quoteattr(f'{study.study_id}.raw')} CreationDateTime={quoteattr(study.created)}"
        f" AsOfDateTime={quoteattr(study.created)}>",
        f"<Study OID={quoteattr(study.study_id)}>",
        "<GlobalVariables>",
        f"<StudyName>{escaped(study.study_id)}</StudyName>",
        f"<StudyDescription>{escaped(study.title)}</StudyDescription>",
        f"<ProtocolName>{escaped(study.protocol)}</ProtocolName>",
        "</GlobalVariables>",
        *unit_lines(forms),
    ]
    first, last = VERSIONS
    lines += [f'<MetaDataVersion OID="{first}" Name="CRF design {first}">']
    lines += [*protocol_lines(forms, events), *definition_lines(forms), "</MetaDataVersion>"]
    lines += [f'<MetaDataVersion OID="{last}" Name="CRF design {last}">']
    include = f'<Include StudyOID={quoteattr(study.study_id)} MetaDataVersionOID="{first}"/>'
    return [*lines, include, "</MetaDataVersion>", "</Study>"]


def site_lines(sites: Iterable[str], study_id: str) -> list[str]:
    """The sites as locations."""
    lines = [f"<AdminData StudyOID={quoteattr(study_id)}>"]
    for site in sites:
        lines.append(f'<Location OID={quoteattr(site)} Name={quoteattr(f"Site {site}")} LocationType="Site">')
        version = f'MetaDataVersionOID="{VERSIONS[-1]}" EffectiveDate="2019-01-01"'
        lines += [f"<MetaDataVersionRef StudyOID={quoteattr(study_id)} {version}/>", "</Location>"]
    return [*lines, "</AdminData>"]


def unit_lines(forms: Mapping[str, FormDef]) -> list[str]:
    """The units of all items."""
    lines = ["<BasicDefinitions>"]
    for unit in sorted({item.unit for form in forms.values() for item in form.items if item.unit}):
        lines += [f"<MeasurementUnit OID={quoteattr(f'MU.{unit}')} Name={quoteattr(unit)}>"]
        lines += [f"<Symbol>{translated(unit, '')}</Symbol>", "</MeasurementUnit>"]
    return [*lines, "</BasicDefinitions>"]


def list_visits(events: Mapping[str, EventDef]) -> dict[str, EventDef]:
    """The visits that a kind of event stands for: itself, or numbered ones as its pattern has them (C2D1, TA03)."""
    visits: dict[str, EventDef] = {}
    for event in events.values():
        names = [form.format(event.oid, number) for number in range(1, MOST_VISITS + 1) for form in VISIT_NAMES]
        visits |= {name: event for name in [event.oid, *names] if event.covers(name)}
    return visits


def protocol_lines(forms: Mapping[str, FormDef], events: Mapping[str, EventDef]) -> list[str]:
    """Which visits there are, and which forms they hold."""
    visits = list_visits(events)
    lines = ["<Protocol>"]
    for number, visit in enumerate(visits, start=1):
        lines.append(f'<StudyEventRef StudyEventOID={quoteattr(visit)} OrderNumber="{number}" Mandatory="No"/>')
    lines.append("</Protocol>")
    for visit, event in visits.items():
        kind = "Unscheduled" if event.oid == "UNS" else "Common" if event.oid == "LOG" else "Scheduled"
        name = event.label if visit == event.oid else f"{event.label} ({visit})"
        lines.append(f'<StudyEventDef OID={quoteattr(visit)} Name={quoteattr(name)} Repeating="No" Type="{kind}">')
        lines.append(f"<Description>{translated(event.label, event.chinese_label)}</Description>")
        held = (form for form in forms.values() if event.oid in form.events)
        lines += [f'<FormRef FormOID={quoteattr(form_oid(form))} Mandatory="No"/>' for form in held]
        lines.append("</StudyEventDef>")
    return lines


def definition_lines(forms: Mapping[str, FormDef]) -> list[str]:
    """Forms, item groups, items and codelists."""
    heads: list[str] = []
    groups: list[str] = []
    items: list[str] = []
    lists: list[str] = []
    for form in forms.values():
        oid, name = quoteattr(group_oid(form)), quoteattr(form.label)
        repeating = "Yes" if form.repeating else "No"
        text = f"<Description>{translated(form.label, form.chinese_label)}</Description>"
        heads += [f'<FormDef OID={quoteattr(form_oid(form))} Name={name} Repeating="Yes">{text}']
        heads += [f'<ItemGroupRef ItemGroupOID={oid} Mandatory="No"/>', "</FormDef>"]
        groups.append(f'<ItemGroupDef OID={oid} Name={name} Repeating="{repeating}">{text}')
        for item in form.items:
            groups.append(f'<ItemRef ItemOID={quoteattr(item_oid(form, item.oid))} Mandatory="No"/>')
            items += item_lines(form, item)
            lists += codelist_lines(form, item)
        groups.append("</ItemGroupDef>")
    return [*heads, *groups, *items, *lists]


def form_oid(form: FormDef) -> str:
    """The OID of a form: forms and visits may have the same name, OIDs may not."""
    return f"F.{form.oid}"


def group_oid(form: FormDef) -> str:
    """The OID of the one item group of a form."""
    return f"IG.{form.oid}"


def item_oid(form: FormDef, name: str) -> str:
    """The OID of an item, which is its own in the whole study."""
    return f"{form.oid}.{name}"


def item_lines(form: FormDef, item: ItemDef) -> list[str]:
    """An item. Its data type is what is asked for: faults of the data may break it, so dates are of type text."""
    kind = "text" if item.codes or item.kind == "date" else DATA_TYPES[item.kind]
    size = f' Length="{item.length}"' if kind in ("text", "integer", "float") else ""
    size += f' SignificantDigits="{item.decimals}"' if kind == "float" else ""
    head = f"<ItemDef OID={quoteattr(item_oid(form, item.oid))} Name={quoteattr(item.oid)} DataType={quoteattr(kind)}"
    lines = [f"{head}{size}><Question>{translated(item.label, '')}</Question>"]
    if item.unit:
        lines.append(f"<MeasurementUnitRef MeasurementUnitOID={quoteattr(f'MU.{item.unit}')}/>")
    if item.codes:
        lines.append(f"<CodeListRef CodeListOID={quoteattr(f'CL.{item_oid(form, item.oid)}')}/>")
    return [*lines, "</ItemDef>"]


def codelist_lines(form: FormDef, item: ItemDef) -> list[str]:
    """The codelist of a coded item."""
    if not item.codes:
        return []
    oid = quoteattr(f"CL.{item_oid(form, item.oid)}")
    lines = [f'<CodeList OID={oid} Name={quoteattr(item.label)} DataType="text">']
    for code, text, chinese in item.codes:
        lines.append(f"<CodeListItem CodedValue={quoteattr(code)}><Decode>{translated(text, chinese)}</Decode>")
        lines.append("</CodeListItem>")
    return [*lines, "</CodeList>"]


def translated(text: str, chinese: str) -> str:
    """A text in English and, where there is one, in Chinese."""
    first = f'<TranslatedText xml:lang="en">{escaped(text)}</TranslatedText>'
    return first + (f'<TranslatedText xml:lang="zh">{escaped(chinese)}</TranslatedText>' if chinese else "")


def escaped(text: str) -> str:
    """A text between tags."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
