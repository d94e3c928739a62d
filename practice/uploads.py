"""Nothing here takes files, so none is read."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload


class NoFiles(FileUploadHandler):
    """Turns away bodies larger than any form, before reading them, and passes over files in the others.

    Django itself limits what is no file (``DATA_UPLOAD_MAX_MEMORY_SIZE``), and writes files to the disk.
    """

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *args: Any, **kwargs: Any) -> None:  # noqa: N803  # Django's name
        """Look at the length of the whole. Raises RequestDataTooBig, which is answered by our page for 413."""
        if content_length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig("The body is larger than any form.")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A file begins: go on to the next field."""
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Never called: no file is begun."""
        raise StopUpload(connection_reset=True)

    def file_complete(self, file_size: int) -> None:
        """Never called either."""
