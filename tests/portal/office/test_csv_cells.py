"""Cells of CSV files that no spreadsheet runs as a formula (attack 15)."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.office.csv_cells import MARK, escape


def read_back(cell):
    return cell.removeprefix(MARK)


@given(st.text())
def test_a_cell_is_read_back_as_it_was(text):
    assert read_back(escape(text)) == text


@pytest.mark.parametrize(
    "text", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "'=1", "|x", "%x"]
)
def test_no_spreadsheet_runs_a_cell(text):
    assert escape(text).startswith("'")
    written = io.StringIO(newline="")
    csv.writer(written).writerow([escape(text), escape("plain"), escape('say "so"')])
    (row,) = csv.reader(io.StringIO(written.getvalue(), newline=""))
    assert [read_back(cell) for cell in row] == [text, "plain", 'say "so"']
