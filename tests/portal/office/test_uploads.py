"""Unexpected files are neither read nor written."""

import pytest
from django.core.files import uploadedfile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

REGISTER = reverse("signup:register")


@pytest.fixture(autouse=True)
def _no_disk(monkeypatch):
    """The directory where Django would put a large file."""

    def refuse(*_args, **_kwargs):
        raise AssertionError("A file was written.")

    monkeypatch.setattr(uploadedfile.TemporaryUploadedFile, "__init__", refuse)


def test_a_stranger_s_large_file_is_refused_and_does_not_reach_the_disk(client, db):
    answer = client.post(REGISTER, {"pin": "1", "file": SimpleUploadedFile("x", bytes(8 * 2**20))})
    assert answer.status_code == 413
    assert "That was too much at once" in answer.text


def test_a_small_file_is_skipped_and_the_other_fields_are_read(client, db):
    data = {"pin": "1234", "file": SimpleUploadedFile("x", b"something"), "birth_date": "nonsense"}
    answer = client.post(REGISTER, data)
    assert answer.status_code == 200
    assert not answer.wsgi_request.FILES
    assert answer.context["form"].data["birth_date"] == "nonsense"
