r"""One mailbox has many spellings, and one canonical form: what is compared and stored everywhere.

People and other systems send capitals, full-width letters, invisible characters (zero-width spaces, soft hyphens),
and domains with letters beyond ASCII. The canonical form is ASCII in lower case; such a domain is written as in the
DNS, by IDNA 2003 like in Django's mails. What is before the ``@`` stays: only the mailbox's provider knows whether
``ana+portal`` is ``ana``. The database refuses all other characters, so one spelling of a mailbox fits into it, and
a unique column has each mailbox once.

Refused: quoted mailboxes (``"ana"@mail.example``) and numeric hosts (``ana@[192.0.2.1]``), which would be further
spellings. Nobody has one.
"""

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import EmailValidator
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    ModelEmailField = models.EmailField[str, str]
else:
    ModelEmailField = models.EmailField

LONGEST = 320  # characters (RFC 3696); longer text is no e-mail, and turning it would take time
_FORMAT = "Cf"  # Unicode's category of invisible characters
_ATOM = r"[-!#$%&'*+/=?^_`{|}~0-9A-Z]+"
# Everything that a canonical form can have, as the databases write it: RFC 5322's dot-atom, "@" and a domain.
_CHARACTERS = "!#-''*-+.-9=?-@^-~-"


def canonical(typed: str) -> str:
    """The canonical form of an e-mail. Text that is no e-mail stays none, so check it after, not before."""
    if len(typed) > LONGEST:
        return typed
    plain = unicodedata.normalize("NFKC", typed)
    visible = "".join(char for char in plain if unicodedata.category(char) != _FORMAT)
    mailbox, at, domain = visible.strip().lower().rpartition("@")
    return mailbox + at + _in_ascii(domain)


def _in_ascii(domain: str) -> str:
    if domain.isascii() or len(domain) > LONGEST:
        return domain
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


class MailboxValidator(EmailValidator):
    """An e-mail in its canonical form."""

    user_regex = re.compile(rf"^{_ATOM}(\.{_ATOM})*\Z", re.IGNORECASE)

    def validate_domain_part(self, domain_part: str) -> bool:
        return bool(self.domain_regex.match(domain_part))


class EmailFormField(forms.EmailField):
    """A form's e-mail, in its canonical form."""

    default_validators = [MailboxValidator()]  # noqa: RUF012  # an instance variable in Django's types

    def to_python(self, value: Any) -> str:
        return canonical(super().to_python(value) or "")


class EmailField(ModelEmailField):
    """A column of e-mails in their canonical form, also in ``filter(email=…)``."""

    default_validators = [MailboxValidator()]  # noqa: RUF012  # an instance variable in Django's types

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return canonical(text) if isinstance(text, str) else text

    def get_prep_value(self, value: Any) -> Any:
        return self.to_python(super().get_prep_value(value))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """The canonical form, which the instance has from now on too."""
        value = self.to_python(getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, value)
        return value

    def formfield(self, *args: Any, **kwargs: Any) -> Any:
        return super().formfield(*args, **{"form_class": EmailFormField, **kwargs})

    def db_check(self, connection: BaseDatabaseWrapper) -> str:
        column = connection.ops.quote_name(str(self.column))
        if connection.vendor == "postgresql":
            return f"{column} !~ '[^{_CHARACTERS}]'"
        return f"{column} NOT GLOB '*[^{_CHARACTERS}]*'"
