"""Biomarker samples (tissue at screening, blood at screening, at progression and at the end) and their results."""

from __future__ import annotations

import numpy as np
import pandas as pd

from synthetic.adverse import running_number
from synthetic.frames import Column, Rows, Texts, make_form
from synthetic.patients import Patients
from synthetic.streams import Ints
from synthetic.visits import EOT, SCR, WORDS

VARIANTS = {
    "PIK3CA": ("p.H1047R", "p.E545K", "p.E542K"),
    "TP53": ("p.R175H", "p.R248Q", "p.R273H"),
    "ESR1": ("p.D538G", "p.Y537S", "p.E380Q"),
    "ERBB2": ("amplification", "p.L755S", "p.V777L"),
    "CTDNA": ("",),
}
# Mutations that appear under treatment: the chance at progression for who had none.
ACQUIRED = {"PIK3CA": 0.05, "TP53": 0.06, "ESR1": 0.15, "ERBB2": 0.0, "CTDNA": 0.6}
RESULTS = ("WT", "MUT", "UNDET", "DET")


def biomarker_forms(patients: Patients) -> dict[str, pd.DataFrame]:
    """BIOSP and BIORES by form OID, where the study collects samples."""
    if "BIOSP" not in patients.forms:
        return {}
    who, word, date, kind = _samples(patients)
    number = running_number(who)
    names = pd.Series(patients.streams.first + who + 1).astype(str).str.zfill(5) + "-" + pd.Series(number).astype(str)
    samples = Texts(("B" + names).tolist(), np.arange(len(who)))
    items: dict[str, Column] = {
        "BEREFID": samples,
        "BETYPE": Texts(("TISSUE", "BLOOD"), kind),
        "BEDAT": date,
        "BESHDAT": np.minimum(date + 1 + number, patients.parameters.cut_off),
    }
    rows = Rows(who, Texts(WORDS, word), date, row_rep=np.where(word == SCR, number, 1))
    return {
        "BIOSP": make_form(patients.forms["BIOSP"], patients.names, rows, items),
        "BIORES": _results(patients, who, word, date, kind, samples),
    }


def _samples(patients: Patients) -> tuple[Ints, Ints, np.ndarray[tuple[int, ...], np.dtype[np.float64]], Ints]:
    """Sorted by subject and date: tissue and blood at screening, blood at progression and at the end of treatment."""
    people, course, streams = patients.people, patients.course, patients.streams
    agrees = streams.uniform("sample", 4) < np.array([0.80, 0.95, 0.75, 0.60])
    scans = course.scan == course.progression[:, None]
    place = np.where(scans.any(axis=1), scans.argmax(axis=1), 0)
    word = patients.schedule.scan_word[np.arange(len(people)), place]
    visited = np.zeros(len(people), dtype=np.bool_)
    visited[patients.schedule.visits.of((EOT, EOT)).who] = True
    dates = np.column_stack([people.consent, people.consent, course.progression, patients.schedule.eot])
    agrees &= (dates < np.inf) & ~people.failed[:, None]
    agrees[:, 3] &= visited & (course.progression == np.inf)
    who, turn = np.nonzero(agrees)
    words = np.column_stack([np.full(len(people), SCR), np.full(len(people), SCR), word, np.full(len(people), EOT)])
    return who, words[who, turn], dates[who, turn], np.minimum(turn, 1)


def _results(
    patients: Patients,
    who: Ints,
    word: Ints,
    date: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    kind: Ints,
    samples: Texts,
) -> pd.DataFrame:
    """One row a sample and gene; tissue has no ctDNA row. In blood a mutation has a smaller share of the alleles."""
    genes = tuple(VARIANTS)
    had = np.column_stack([patients.people.genes[gene] for gene in genes])
    new = patients.streams.uniform("acquired", len(genes)) < np.array([ACQUIRED[gene] for gene in genes])
    later = (word != SCR)[:, None]
    mutated = np.where(later, had[who] | new[who], had[who])
    # Blood without tumour DNA shows no mutation.
    mutated = mutated & (mutated[:, [genes.index("CTDNA")]] | (kind == 0)[:, None])
    wanted = np.ones_like(mutated)
    wanted[:, genes.index("CTDNA")] = kind == 1
    row, gene = np.nonzero(wanted)
    found = mutated[row, gene]
    plasma = genes.index("CTDNA") == gene
    drawn = patients.streams.uniform("variant", len(genes))[who[row], gene]
    fraction = np.round(np.where(kind[row] == 0, 8 + 40 * drawn, 0.3 + 9 * drawn**2), 2)
    offsets = np.cumsum([0, *(len(VARIANTS[name]) for name in genes)])[:-1]
    lengths = np.array([len(VARIANTS[name]) for name in genes])
    variant = offsets[gene] + np.floor(drawn * 0.999 * lengths[gene]).astype(np.int64)
    items: dict[str, Column] = {
        "BEREFID": samples.take(row),
        "GFGENE": Texts(genes, gene),
        "GFRES": Texts(RESULTS, found + 2 * plasma),
        "GFVAR": Texts([name for one in genes for name in VARIANTS[one]], np.where(found & ~plasma, variant, -1)),
        "GFVAF": np.where(found, fraction, np.nan),
    }
    number = running_number(row) + 10 * (running_number(who)[row] - 1)
    rows = Rows(who[row], Texts(WORDS, word[row]), date[row], row_rep=number)
    return make_form(patients.forms["BIORES"], patients.names, rows, items)
