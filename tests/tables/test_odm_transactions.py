"""Transactional ODM files: what is left when all is done."""

from __future__ import annotations

from pathlib import Path

from odm_toys import record, write_odm

from crf2tlf.tables import RawTable, read_odm


def read_all(path: Path, *lines: str) -> RawTable:
    (table,) = read_odm(write_odm(path / "a.xml", "\n".join(lines), kind="Transactional")).values()
    return table


def item(name: str, value: str, transaction: str = "") -> str:
    kind = f' TransactionType="{transaction}"' if transaction else ""
    return f'<ItemData ItemOID="{name}" Value="{value}"{kind}/>'


def act(line: str, level: str, transaction: str) -> str:
    """The line with a transaction at a level."""
    return line.replace(f"<{level} ", f'<{level} TransactionType="{transaction}" ')


def test_an_update_replaces_the_items_that_it_holds_and_leaves_the_others(tmp_path: Path) -> None:
    table = read_all(
        tmp_path,
        record(item("A", "a1") + item("B", "b1")),
        record(item("A", "other"), repeat="2"),
        act(record(item("A", "a2")), "ItemGroupData", "Update"),
    )
    assert table.frame[["A", "B", "GROUP_REP"]].to_numpy().tolist() == [["a2", "b1", "1"], ["other", "", "2"]]
    assert table.rows.tolist() == [6, 5]


def test_a_removed_item_is_blank(tmp_path: Path) -> None:
    table = read_all(tmp_path, record(item("A", "a") + item("B", "b")), record(item("A", "", "Remove")))
    assert table.frame[["A", "B"]].to_numpy().tolist() == [["", "b"]]


def test_a_removed_record_is_gone_and_may_come_again(tmp_path: Path) -> None:
    removed = act(record("", repeat="1"), "ItemGroupData", "Remove")
    table = read_all(
        tmp_path,
        record(item("A", "a") + item("B", "b")),
        record(item("A", "keep"), repeat="2"),
        removed,
        record(item("A", "new")),
    )
    assert table.frame[["A", "B", "GROUP_REP"]].to_numpy().tolist() == [["keep", "", "2"], ["new", "", "1"]]


def test_a_removed_subject_takes_its_records_with_it(tmp_path: Path) -> None:
    table = read_all(
        tmp_path,
        record(item("A", "a")),
        record(item("A", "b"), event="C1D1"),
        record(item("A", "c"), subject="01-002"),
        '<SubjectData SubjectKey="01-001" TransactionType="Remove"/>',
    )
    assert table.frame[["SUBJ", "A"]].to_numpy().tolist() == [["01-002", "c"]]


def test_context_says_where_and_changes_nothing(tmp_path: Path) -> None:
    context = act(act(record(item("A", "x", "Update")), "SubjectData", "Context"), "ItemGroupData", "Context")
    table = read_all(tmp_path, record(item("A", "a")), context, act(record("", repeat="9"), "ItemGroupData", "Context"))
    assert table.frame[["A", "GROUP_REP"]].to_numpy().tolist() == [["x", "1"]]


def test_a_transaction_is_handed_down(tmp_path: Path) -> None:
    removed = act(record(item("A", "a")), "SubjectData", "Remove")
    table = read_all(tmp_path, record(item("A", "a")), record(item("A", "b"), subject="01-002"), removed)
    assert table.frame["SUBJ"].tolist() == ["01-002"]


def test_a_snapshot_with_transactions_is_taken_as_transactional(tmp_path: Path) -> None:
    body = "\n".join(act(record(item("A", value)), "SubjectData", "Upsert") for value in "ab")
    (table,) = read_odm(write_odm(tmp_path / "a.xml", body)).values()
    assert table.frame["A"].tolist() == ["b"]
