"""Analysis results in define.xml (Analysis Results Metadata 1.0)."""

from __future__ import annotations

from lxml import etree

from define.model import Define, Display
from define.xml_elements import add_description, add_element


def add_displays(metadata: etree._Element, define: Define) -> None:
    if not define.displays:
        return
    parent = add_element(metadata, "arm:AnalysisResultDisplays")
    for display in define.displays:
        element = add_element(parent, "arm:ResultDisplay", {"OID": f"RD.{display.id}", "Name": display.name})
        add_description(element, display.title)
        _add_results(element, display, define)


def _add_results(parent: etree._Element, display: Display, define: Define) -> None:
    for result in display.results:
        main = result.datasets[0].name
        attributes = {
            "OID": f"AR.{result.id}",
            "ParameterOID": f"IT.{main}.PARAMCD" if result.parameter else None,
            "AnalysisReason": result.reason,
            "AnalysisPurpose": result.purpose,
        }
        element = add_element(parent, "arm:AnalysisResult", attributes)
        add_description(element, result.description)
        datasets = add_element(
            element, "arm:AnalysisDatasets", {"def:CommentOID": define.result_comment.get(result.id)}
        )
        for dataset in result.datasets:
            analysed = add_element(datasets, "arm:AnalysisDataset", {"ItemGroupOID": f"IG.{dataset.name}"})
            clause = define.display_where.get((result.id, dataset.name))
            if clause:
                add_element(analysed, "def:WhereClauseRef", {"WhereClauseOID": clause})
            for variable in dataset.variables:
                add_element(analysed, "arm:AnalysisVariable", {"ItemOID": f"IT.{dataset.name}.{variable}"})
        if result.documentation:
            add_description(add_element(element, "arm:Documentation"), result.documentation)
        if result.code:
            add_element(
                add_element(element, "arm:ProgrammingCode", {"Context": result.context}), "arm:Code", text=result.code
            )
