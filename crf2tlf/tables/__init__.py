"""The only readers and writers of data files."""

from crf2tlf.tables.atomic import atomic_path, write_bytes, write_text
from crf2tlf.tables.moment import moment_of_build
from crf2tlf.tables.odm import read_odm, read_odm_blocks
from crf2tlf.tables.parquet import count_rows, read_parquet, write_parquet, write_parquet_blocks
from crf2tlf.tables.raw import RawFormat, read_raw, read_raw_pieces
from crf2tlf.tables.raw_copy import RawCopyWriter, read_raw_copy, read_raw_copy_pieces
from crf2tlf.tables.raw_csv_pieces import NotInPieces
from crf2tlf.tables.raw_table import RawTable
from crf2tlf.tables.xlsx_write import write_xlsx
from crf2tlf.tables.xpt_layout import XptFile, XptHeader, XptVariable
from crf2tlf.tables.xpt_numbers import missing_codes, special_missing
from crf2tlf.tables.xpt_read import read_xpt
from crf2tlf.tables.xpt_text import text_length
from crf2tlf.tables.xpt_write import XptWriter, write_xpt

__all__ = [
    "NotInPieces",
    "RawCopyWriter",
    "RawFormat",
    "RawTable",
    "XptFile",
    "XptHeader",
    "XptVariable",
    "XptWriter",
    "atomic_path",
    "count_rows",
    "missing_codes",
    "moment_of_build",
    "read_odm",
    "read_odm_blocks",
    "read_parquet",
    "read_raw",
    "read_raw_copy",
    "read_raw_copy_pieces",
    "read_raw_pieces",
    "read_xpt",
    "special_missing",
    "text_length",
    "write_bytes",
    "write_parquet",
    "write_parquet_blocks",
    "write_text",
    "write_xlsx",
    "write_xpt",
]
