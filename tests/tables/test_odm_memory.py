"""The ODM-XML reader keeps nothing of the file but its tables."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from odm_toys import record, write_odm

ROOT = Path(__file__).resolve().parents[2]
MEASURE = """
import json, resource, sys
from crf2tlf.tables import read_odm
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
small, large = sys.argv[1:]
read_odm(small)
base = peak()
read_odm(large, ())
passed = peak() - base
(table,) = read_odm(large).values()
size = int(table.frame.memory_usage(deep=True).sum())
print(json.dumps([passed, peak() - base, size, len(table.frame), table.rows[-1].item()]))
"""


@pytest.mark.slow
def test_a_million_values_are_read_in_flat_memory(tmp_path: Path) -> None:
    items = "".join(f'<ItemData ItemOID="I{number}" Value="{number}"/>\n' for number in range(20))
    small = write_odm(tmp_path / "small.xml", record(items))
    body = "\n".join(record(items, subject=f"01-{number:05d}") for number in range(50_000))
    large = write_odm(tmp_path / "large.xml", body)
    command = [sys.executable, "-c", MEASURE, str(small), str(large)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    passed, peak, tables, rows, last = (int(word.strip("[], ")) for word in done.stdout.split())
    assert (rows, last) == (50_000, 4 + 21 * 49_999)
    assert large.stat().st_size > 40_000_000
    assert passed < 10_000_000
    assert peak < 3 * tables + 20_000_000
