"""Template filters for text."""

import pytest

from practice.templatetags.words import about, unbroken


@pytest.mark.parametrize(
    ("error", "label", "line"),
    [
        ("Type the PIN from your sheet.", "PIN", "Type the PIN from your sheet."),
        ("Choose a password.", "Password", "Choose a password."),
        ("Use at least 15 characters.", "Password", "Password: Use at least 15 characters."),
        ("Elija una contraseña.", "Contraseña", "Elija una contraseña."),
    ],
)
def test_a_mistake_names_its_field_once(error, label, line):
    assert about(error, label) == line


def test_an_email_is_marked_and_escaped():
    assert unbroken("<b>@mail.example") == '<bdi class="unbroken" dir="ltr">&lt;b&gt;@mail.example</bdi>'
