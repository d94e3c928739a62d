"""Cells of a table for spreadsheets, which run as a formula whatever begins like one (attack 15)."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
MARK = "'"  # spreadsheets take what follows it for text


def neutral(value: object) -> str:
    """The value as text that no spreadsheet runs. A mark that was there gets another, so that none is lost."""
    text = str(value)
    return MARK + text if text.startswith((*FORMULA_STARTS, MARK)) else text


def restored(cell: str) -> str:
    """The text that ``neutral`` was given."""
    return cell.removeprefix(MARK)
