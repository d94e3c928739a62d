"""Accept uploaded files in one place only: the practice's logo, from users who may change it."""

import io
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest
from django.urls import Resolver404, resolve

from accounts.access import Permission, refusal
from practice.logo import MAX_BYTES

LOGO_ADDRESS, LOGO_FIELD = "office:change_logo", "logo"
ENVELOPE = 16 * 1024  # bytes of the logo form besides the file


class OnlyTheLogo(FileUploadHandler):
    """Refuse bodies larger than the form before reading them, and skip unexpected files.

    Django limits only data that is not a file (``DATA_UPLOAD_MAX_MEMORY_SIZE``) and writes files to disk. The logo
    is small and stays in memory.
    """

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *args: Any, **kwargs: Any) -> None:  # noqa: N803  # Django's name
        """Check the length of the body. Raises RequestDataTooBig, which our page for 413 answers."""
        self.takes_logo = self.request is not None and takes_logo(self.request)
        limit = MAX_BYTES + ENVELOPE if self.takes_logo else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if content_length > limit:
            raise RequestDataTooBig("The body is larger than any form.")

    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> None:
        """Skip this file unless it is the logo."""
        if not self.takes_logo or field_name != LOGO_FIELD:
            raise SkipFile
        super().new_file(field_name, *args, **kwargs)
        self.received = io.BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep a chunk of the logo."""
        if start + len(raw_data) > MAX_BYTES + ENVELOPE:
            raise StopUpload(connection_reset=True)
        self.received.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """Return the logo as a file in memory."""
        self.received.seek(0)
        return InMemoryUploadedFile(
            self.received, self.field_name, "logo", self.content_type, file_size, None, self.content_type_extra
        )


def takes_logo(request: HttpRequest) -> bool:
    """Whether this request uploads the logo and its user may change it."""
    try:
        address = resolve(request.path_info).view_name
    except Resolver404:
        return False
    return address == LOGO_ADDRESS and not refusal(request.user, Permission.CHANGE_SETTINGS)
