"""Cells of CSV files that no spreadsheet runs as a formula, whatever character they begin with (attack 15).

defusedcsv is not used: it passes ``-1``, tabs, line breaks and full-width signs, and it writes ``|`` as ``\\|``, so
the exported text could not be read back unchanged. Its two further characters, ``|`` and ``%``, are in the list below.
"""

FORMULA_STARTS = ("=", "+", "-", "@", "|", "%", "\t", "\r", "\n", "＝", "＋", "－", "＠")
MARK = "'"  # spreadsheets read the rest of the cell as text


def escape(value: object) -> str:
    """The value as text that no spreadsheet runs. Text that already starts with the mark gets a second one."""
    text = str(value)
    return MARK + text if text.startswith((*FORMULA_STARTS, MARK)) else text
