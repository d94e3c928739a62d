"""One form for what looks alike."""

import unicodedata


def normalised(password: str | None) -> str | None:
    """The password as it is hashed, wherever it was typed: one keyboard sends é as one character, another as two.

    NFKC, as NIST SP 800-63B section 3.1.1.2 advises.
    """
    return None if password is None else unicodedata.normalize("NFKC", password)
