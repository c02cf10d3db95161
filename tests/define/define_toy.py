"""A toy study on disk: four subjects, datasets typed by hand, and two pages of CRF."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pandas as pd
from reportlab.pdfgen.canvas import Canvas

from crf2tlf.rules.columns import number_column, text_column
from crf2tlf.spec.load import load_study, load_study_standards
from crf2tlf.spec.model import Dataset, Study
from crf2tlf.spec.standards import Standards
from crf2tlf.tables import XptFile, XptVariable, read_xpt, text_length, write_xpt

NAME = "toy"
STUDY = """\
    study: toy
    study_id: TOY-1
    protocol: TOY-P-1
    title: "A toy study of <b>drug</b> & placebo"
    standards: {SDTMIG: "3.4", ADaMIG: "1.3", SDTM CT: 2025-03-28, ADaM CT: 2025-03-28, Define-XML: "2.1.7"}
    constants: {STUDYID: TOY-1}
    raw: {folder: data/raw, encoding: utf-8}
    forms:
      dm: {file: dm.csv, label: Demographics, subject: SUBJ, dates: YYYY-MM-DD, crf: first.pdf,
           fields: [SUBJ, SEX, SITE]}
      ae: {file: ae.csv, label: Adverse Events, subject: SUBJ, dates: YYYY-MM-DD, crf: second.pdf,
           fields: [SUBJ, TERM, PT, SEV, SDT, REL]}
    tables: {ts: ts.csv}
    dictionaries: {MEDDRA: {name: MedDRA, version: "27.1"}, ISO3166: {name: ISO 3166, version: "2020"}}
    """
CODELISTS = """\
    SEX: {cdisc: C66731, terms: {F: [Female], M: [Male]}}
    NY: {cdisc: C66742, terms: {N: [No], Y: [Yes]}}
    AESEV: {cdisc: C66769, terms: {MILD: [], MODERATE: [], SEVERE: []}}
    UNIT: {cdisc: C71620, terms: {mg: [], SPOON: [spoon]}}
    AEREL: {sponsor: Causality, terms: {NONE: [], RELATED: []}}
    VSTESTCD: {cdisc: C66741, terms: {WEIGHT: [], TEMP: []}}
    VSTEST: {cdisc: C67153, terms: {Weight: [], Temperature: []}}
    """
SPECS: dict[str, str] = {
    "sdtm/DM.yaml": """\
        dataset: DM
        keys: [STUDYID, USUBJID]
        records: [{id: main, source: raw.dm}]
        variables:
          STUDYID:  {set: $STUDYID}
          DOMAIN:   {set: DM}
          USUBJID:  {calc: "concat($STUDYID, '-', raw.dm.SUBJ)"}
          SUBJID:   {from: raw.dm.SUBJ, crf: [1]}
          RFSTDTC:  {min: {of: AE.AESTDTC}, type: date}
          SITEID:   {from: raw.dm.SITE}
          SEX:      {from: raw.dm.SEX, codelist: SEX, crf: [1]}
          ACTARMUD: {no_data: every arm was planned}
          COUNTRY:  {set: CHN, dictionary: ISO3166}
        """,
    "sdtm/AE.yaml": """\
        dataset: AE
        keys: [STUDYID, USUBJID, AESEQ]
        comment: Events before consent are not collected.
        records: [{id: main, source: raw.ae}]
        variables:
          STUDYID:  {set: $STUDYID}
          DOMAIN:   {set: AE}
          USUBJID:  {calc: "concat($STUDYID, '-', raw.ae.SUBJ)"}
          AESEQ:    {seq: true}
          AETERM:   {from: raw.ae.TERM, crf: [1]}
          AEDECOD:  {from: raw.ae.PT, dictionary: MEDDRA}
          AESEV:    {from: raw.ae.SEV, codelist: AESEV, crf: [1, 2]}
          AEREL:    {from: raw.ae.REL, codelist: AEREL, crf: [2], comment: Asked of the investigator.}
          AESTDTC:  {date: raw.ae.SDT, type: partialDate, crf: [1]}
          AESTDY:   {study_day: {date: AESTDTC, reference: DM.RFSTDTC}}
        supp:
          AETRTEM:  {label: Treatment Emergent Flag, case: [{when: AESTDTC >= DM.RFSTDTC, then: Y}], codelist: NY}
          AEORD:    {label: Order of the Event, calc: AESEQ, type: integer}
        """,
    "sdtm/VS.yaml": """\
        dataset: VS
        keys: [STUDYID, USUBJID, VSTESTCD, VSDTC]
        records: [{id: main, source: raw.dm}]
        variables:
          STUDYID:  {set: $STUDYID}
          DOMAIN:   {set: VS}
          USUBJID:  {calc: "concat($STUDYID, '-', raw.dm.SUBJ)"}
          VSSEQ:    {seq: true}
          VSTESTCD: {calc: "upper(raw.dm.SITE)", codelist: VSTESTCD, origin: Assigned}
          VSTEST:   {decode: VSTESTCD, codelist: VSTEST, origin: Assigned}
          VSORRES:  {from: raw.dm.SITE, crf: [1]}
          VSSTRESC: {calc: VSORRES}
          VSSTRESN: {calc: number(VSORRES), type: float, significant_digits: 1}
          VSDTC:    {date: raw.dm.SITE, type: date, crf: [1]}
        """,
    "sdtm/TS.yaml": """\
        dataset: TS
        keys: [STUDYID, TSPARMCD, TSSEQ]
        records: [{id: main, source: table.ts}]
        variables:
          STUDYID:  {set: $STUDYID}
          DOMAIN:   {set: TS}
          TSSEQ:    {from: table.ts.TSSEQ}
          TSPARMCD: {from: table.ts.TSPARMCD}
          TSPARM:   {from: table.ts.TSPARM}
          TSVAL:    {from: table.ts.TSVAL}
        """,
    "adam/ADSL.yaml": """\
        dataset: ADSL
        keys: [STUDYID, USUBJID]
        records: [{id: main, source: DM}]
        variables:
          STUDYID: {from: DM.STUDYID}
          USUBJID: {from: DM.USUBJID}
          SEX:     {from: DM.SEX, codelist: SEX}
          TRTSDT:  {date: DM.RFSTDTC}
          EOSDT:   {date: DM.RFSTDTC}
          SAFFL:   {case: [{when: not missing(TRTSDT), then: Y}, {else: N}], codelist: NY}
        """,
    "adam/ADTTE.yaml": """\
        dataset: ADTTE
        label: Time to Event
        class: BASIC DATA STRUCTURE
        subclass: TIME-TO-EVENT
        structure: One record per subject per parameter
        keys: [STUDYID, USUBJID, PARAMCD]
        records: [{id: main, source: ADSL}]
        parameters:
          TTAE:
            name: Time to First Event (days)
            start: ADSL.TRTSDT
            unit: days
            rules:
              AE:  {code: 0, when: SAFFL == 'Y', date: ADSL.EOSDT, text: First event}
              END: {code: 1, date: ADSL.EOSDT, text: End of study}
            sap: SAP 6.1
          TTD:
            name: Time to Death (days)
            start: ADSL.TRTSDT
            unit: days
            dates: {death: {first: DM.RFSTDTC, where: SEX == 'F', after: start}}
            rules:
              DEATH: {code: 0, date: death, text: Death}
              ALIVE: {code: 1, when: SAFFL == 'N', date: ADSL.EOSDT, text: Alive}
              LOST:  {code: 2, date: ADSL.EOSDT, text: Lost}
        variables:
          STUDYID:  {from: ADSL.STUDYID}
          USUBJID:  {from: ADSL.USUBJID}
          PARAM:    {parameter: name}
          PARAMCD:  {parameter: code}
          AVAL:     {calc: ADT - STARTDT + 1}
          STARTDT:  {parameter: start}
          ADT:      {parameter: date}
          CNSR:     {parameter: cnsr}
          EVNTDESC: {parameter: event_text}
        """,
}
TS_ROWS = [
    (1, "AGEMIN", "Planned Minimum Age of Subjects", "P18Y"),
    (1, "RANDOM", "Trial is Randomized", "Y"),
    (1, "SSTDTC", "Study Start Date", "2024-01-01"),
    (1, "TITLE", "Trial Title", "A toy study of drug & placebo"),
]
SUBJECTS = ["TOY-1-01", "TOY-1-02", "TOY-1-03"]
EMPTY: list[object] = []
FRAMES: dict[str, dict[str, list[object]]] = {
    "DM": {
        "USUBJID": [*SUBJECTS],
        "SUBJID": ["01", "02", "03"],
        "RFSTDTC": ["2024-01-02", "2024-01-03", None],
        "SITEID": ["A1", "A1", "A2"],
        "SEX": ["F", "M", "F"],
        "ACTARMUD": [None, None, None],
        "COUNTRY": ["CHN", "CHN", "CHN"],
    },
    "AE": {
        "USUBJID": ["TOY-1-01", "TOY-1-01", "TOY-1-02"],
        "AESEQ": [1, 2, 1],
        "AETERM": ["HEADACHE", "COUGH", "HEADACHE"],
        "AEDECOD": ["Headache", "Cough", "Headache"],
        "AESEV": ["MILD", "SEVERE", "MILD"],
        "AEREL": ["NONE", "RELATED", None],
        "AESTDTC": ["2024-01-02", "2024-02", "2024-01-13"],
        "AESTDY": [1, None, 11],
    },
    "VS": {
        "USUBJID": ["TOY-1-01", "TOY-1-01", "TOY-1-02"],
        "VSSEQ": [1, 2, 1],
        "VSTESTCD": ["TEMP", "WEIGHT", "WEIGHT"],
        "VSTEST": ["Temperature", "Weight", "Weight"],
        "VSORRES": ["36.6", "70", "104"],
        "VSSTRESC": ["36.6", "70", "104"],
        "VSSTRESN": [36.6, 70, 104],
        "VSDTC": ["2024-01-02", "2024-01-02", "2024-01-03"],
    },
    "SUPPAE": {
        "RDOMAIN": ["AE", "AE", "AE"],
        "USUBJID": ["TOY-1-01", "TOY-1-01", "TOY-1-02"],
        "IDVAR": ["AESEQ", "AESEQ", "AESEQ"],
        "IDVARVAL": ["1", "1", "1"],
        "QNAM": ["AETRTEM", "AEORD", "AETRTEM"],
        "QLABEL": ["Treatment Emergent Flag", "Order of the Event", "Treatment Emergent Flag"],
        "QVAL": ["Y", "1", "Y"],
        "QORIG": ["DERIVED", "DERIVED", "DERIVED"],
        "QEVAL": [None, None, None],
    },
    "TS": {
        "TSSEQ": [row[0] for row in TS_ROWS],
        "TSPARMCD": [row[1] for row in TS_ROWS],
        "TSPARM": [row[2] for row in TS_ROWS],
        "TSVAL": [row[3] for row in TS_ROWS],
    },
    "ADSL": {
        "USUBJID": [*SUBJECTS],
        "SEX": ["F", "M", "F"],
        "TRTSDT": [23377, 23378, None],
        "EOSDT": [23400, 23410, None],
        "SAFFL": ["Y", "Y", "N"],
    },
    "ADTTE": {
        "USUBJID": ["TOY-1-01", "TOY-1-01", "TOY-1-02", "TOY-1-02"],
        "PARAM": ["Time to First Event (days)", "Time to Death (days)"] * 2,
        "PARAMCD": ["TTAE", "TTD"] * 2,
        "AVAL": [24, 24, 33, 33],
        "STARTDT": [23377, 23377, 23378, 23378],
        "ADT": [23400, 23400, 23410, 23410],
        "CNSR": [0, 1, 1, 2],
        "EVNTDESC": ["First event", "Alive", "End of study", "Lost"],
    },
}
SUPP_LABELS = {
    "STUDYID": "Study Identifier",
    "RDOMAIN": "Related Domain Abbreviation",
    "USUBJID": "Unique Subject Identifier",
    "IDVAR": "Identifying Variable",
    "IDVARVAL": "Identifying Variable Value",
    "QNAM": "Qualifier Variable Name",
    "QLABEL": "Qualifier Variable Label",
    "QVAL": "Data Value",
    "QORIG": "Origin",
    "QEVAL": "Evaluator",
}


def make_toy(root: Path, standards: Path, changes: Mapping[str, str] | None = None) -> tuple[Study, Standards]:
    """The toy study under `root`, with its CRFs and, in build/toy, its datasets; `changes` replaces spec files."""
    folder = root / "specs" / NAME
    for name, content in {"study.yaml": STUDY, "codelists.yaml": CODELISTS, **SPECS, **(changes or {})}.items():
        write(folder / name, dedent(content))
    write(folder / "ts.csv", "TSSEQ,TSPARMCD,TSPARM,TSVAL\n" + "\n".join(",".join(map(str, row)) for row in TS_ROWS))
    (root / "specs" / "standards").symlink_to(standards, target_is_directory=True)
    for name, pages in (("first.pdf", 1), ("second.pdf", 2)):
        write_pdf(root / "data" / "acrf" / name, pages)
    study = load_study(NAME, root)
    for name in FRAMES:
        spec = study.dataset(name) or study.sdtm[name.removeprefix("SUPP")]
        place = root / "build" / NAME / ("adam" if name in study.adam else "sdtm") / f"{name.lower()}.xpt"
        write_dataset(place, name, spec)
    return study, load_study_standards(study)


def write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


def write_pdf(path: Path, pages: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    canvas = Canvas(str(path), invariant=True)
    for number in range(pages):
        canvas.drawString(72, 720, f"{path.stem} {number + 1}")
        canvas.showPage()
    canvas.save()


def write_dataset(path: Path, name: str, spec: Dataset, frame: pd.DataFrame | None = None) -> None:
    """One dataset of FRAMES, or of the frame given, with the attributes of its spec."""
    columns = frame if frame is not None else make_frame(name)
    variables = []
    for column in columns.columns:
        number = columns[column].dtype == "float64"
        length = 8 if number else text_length(columns[column])
        label = SUPP_LABELS[column] if name.startswith("SUPP") else spec.variables[column].label
        format_ = "" if name.startswith("SUPP") else spec.variables[column].format
        variables.append(XptVariable(column, "number" if number else "text", length, label, format_ if number else ""))
    label = f"Supplemental Qualifiers for {spec.name}" if name.startswith("SUPP") else spec.label
    write_xpt(path, columns, name=name, label=label, variables=variables)


def make_frame(name: str) -> pd.DataFrame:
    """The frame of a dataset: STUDYID, DOMAIN, and what FRAMES has."""
    given = FRAMES[name]
    count = len(next(iter(given.values())))
    columns: dict[str, pd.Series] = {"STUDYID": text_column("TOY-1", count)}
    if not name.startswith(("SUPP", "AD")):
        columns["DOMAIN"] = text_column(name, count)
    for column, values in given.items():
        number = any(isinstance(value, int | float) for value in values)
        columns[column] = number_column(pd.Series(values, dtype="float64")) if number else text_column(values)
    return pd.DataFrame(columns)


def read_files(root: Path, standard: str) -> dict[str, XptFile]:
    """The datasets of the toy's build folder, by name."""
    files = [read_xpt(path) for path in sorted((root / "build" / NAME / standard.lower()).glob("*.xpt"))]
    return {file.name: file for file in files}
