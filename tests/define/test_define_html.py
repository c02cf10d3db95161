"""define.html: whole in itself, every link leads somewhere, and nothing from data or specs becomes markup."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import cast

import pytest
from lxml import etree, html

from crf2tlf.spec.model import Standard
from define.html_cells import anchor, file_link, text
from define.model import Define, Term
from define.write_html import render_html

Pages = dict[str, html.HtmlElement]
ATTACK = "\"><script>alert(1)</script><img src=x onerror='alert(2)'>"


@pytest.fixture(scope="module")
def pages(defines: dict[Standard, Define]) -> Pages:
    return {standard: html.document_fromstring(render_html(define)) for standard, define in defines.items()}


def elements(page: etree._Element, path: str) -> list[etree._Element]:
    return cast(list[etree._Element], page.xpath(path))


def strings(page: etree._Element, path: str) -> list[str]:
    return [" ".join(str(each).split()) for each in cast(list[str], page.xpath(path))]


def whole_text(element: etree._Element) -> str:
    return " ".join("".join(str(part) for part in element.itertext()).split())


@pytest.mark.parametrize("standard", ["SDTM", "ADaM"])
def test_every_link_within_the_page_leads_somewhere(pages: Pages, standard: str) -> None:
    page = pages[standard]
    ids = strings(page, "//@id")
    assert len(ids) == len(set(ids))
    assert {target[1:] for target in strings(page, "//a/@href") if target.startswith("#")} <= set(ids)


def test_links_to_files_are_relative(pages: Pages) -> None:
    outside = {target for target in strings(pages["SDTM"], "//a/@href") if not target.startswith("#")}
    names = {"acrf.pdf", "csdrg.pdf", "ae.xpt", "dm.xpt", "suppae.xpt", "ts.xpt", "vs.xpt"}
    assert outside == names | {f"acrf.pdf#page={page}" for page in (1, 2, 3)}


@pytest.mark.parametrize("standard", ["SDTM", "ADaM"])
def test_the_page_loads_nothing(pages: Pages, standard: str) -> None:
    page = pages[standard]
    assert strings(page, "//@src | //link/@href") == []
    assert not re.search(r"url\(|@import|https?:", "".join(strings(page, "//style/text() | //script/text()")))
    policy = strings(page, "//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"]


def test_the_header_names_study_protocol_version_and_time(pages: Pages) -> None:
    assert strings(pages["SDTM"], "//header//dd/text()") == ["TOY-1", "TOY-P-1", "2.1.7", "1970-01-01 00:00 UTC"]
    assert strings(pages["SDTM"], "//h1/text()") == ["A toy study of <b>drug</b> & placebo"]


def test_the_tree_has_every_dataset_and_codelist(pages: Pages, defines: dict[Standard, Define]) -> None:
    branches = strings(pages["SDTM"], "//nav/details/summary//text()")
    assert branches[:4] == ["Datasets", "5", "Value level", "5"]
    listed = strings(pages["SDTM"], "//nav//li/a/@href")
    assert {f"#{anchor(group.oid)}" for group in defines["SDTM"].groups} <= set(listed)
    assert {f"#{anchor(each.oid)}" for each in defines["SDTM"].codelists} <= set(listed)


def test_a_value_stands_under_its_variable_with_a_link_to_its_term(pages: Pages) -> None:
    row = pages["SDTM"].get_element_by_id("IT.SUPPAE.QVAL.AETRTEM")
    assert strings(row, "../@id") == ["VL.SUPPAE.QVAL"]
    assert whole_text(elements(row, "th")[0]) == "QNAM = AETRTEM"
    target = elements(row, "th/a[@class='term']")[0]
    assert target.get("title") == "Treatment Emergent Flag"
    term = pages["SDTM"].get_element_by_id(str(target.get("href"))[1:])
    assert strings(term, "th/text() | td/text()") == ["AETRTEM", "Treatment Emergent Flag"]


def test_a_row_shows_origin_pages_method_and_comment(pages: Pages) -> None:
    page = pages["SDTM"]
    cell = elements(page.get_element_by_id("IT.AE.AEREL"), "td[last()]")[0]
    assert whole_text(cell) == "Collected Investigator Annotated CRF page 3Comment Asked of the investigator."
    row = page.get_element_by_id("IT.DM.ACTARMUD")
    assert (row.get("data-origin"), "no data" in whole_text(row)) == ("Assigned", True)


def test_a_long_list_shows_five_terms_and_a_count(defines: dict[Standard, Define]) -> None:
    define = defines["SDTM"]
    codelist = replace(define.codelist["CL.SEX"], terms=tuple(Term(f"T{number}") for number in range(8)))
    page = html.document_fromstring(
        render_html(replace(define, codelists=(*(each for each in define.codelists if each.oid != "CL.SEX"), codelist)))
    )
    shown = strings(page, "//tr[@id='IT.DM.SEX']//ul[@class='terms']/li//text()")
    assert shown == ["T0", "T1", "T2", "T3", "T4", "… and 3 more"]


def test_analysis_results_stand_in_adam_only(pages: Pages) -> None:
    assert strings(pages["SDTM"], "//section[@id='results']/@id") == []
    facts = pages["ADaM"].get_element_by_id("AR.f_5f_14_5f_2")
    assert whole_text(elements(facts, ".//tr[4]/td")[0]) == (
        "ADTTE where PARAMCD = TTAE Time to First Event (days)Variables: AVAL, CNSR"
    )


def test_markup_in_any_text_stays_text(defines: dict[Standard, Define]) -> None:
    define = defines["ADaM"]
    poisoned = replace(
        define,
        study=ATTACK,
        description=ATTACK,
        groups=tuple(replace(group, label=ATTACK, structure=ATTACK) for group in define.groups),
        items=tuple(replace(item, label=ATTACK, name=ATTACK) for item in define.items),
        codelists=tuple(
            replace(each, name=ATTACK, terms=tuple(replace(term, decode=ATTACK + term.value) for term in each.terms))
            for each in define.codelists
        ),
        methods=tuple(replace(method, text=ATTACK, expression=ATTACK) for method in define.methods),
        comments=tuple(replace(comment, text=ATTACK) for comment in define.comments),
        displays=tuple(replace(display, title=ATTACK, name=ATTACK) for display in define.displays),
    )
    page = html.document_fromstring(render_html(poisoned))
    assert len(elements(page, "//script")) == 1
    assert elements(page, "//img | //*[@onerror]") == []


def test_a_file_name_cannot_become_a_script() -> None:
    assert file_link("javascript:alert(1)", "x") == '<a href="javascript%3Aalert%281%29" class="file">x</a>'


@pytest.mark.parametrize(("oid", "id_"), [("IT.AE.X", "IT.AE.X"), ("a_b", "a_5f_b"), ("a b", "a_20_b"), ("<", "_3c_")])
def test_identifiers_stay_different(oid: str, id_: str) -> None:
    assert anchor(oid) == id_


def test_text_is_safe_in_attributes() -> None:
    assert text("<a href='x'>\"&") == "&lt;a href=&#x27;x&#x27;&gt;&quot;&amp;"


def test_the_same_define_gives_the_same_page(defines: dict[Standard, Define]) -> None:
    assert render_html(defines["SDTM"]) == render_html(defines["SDTM"])
