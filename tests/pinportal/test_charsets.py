"""Bodies must be UTF-8. Other character sets that Python knows take seconds to decode, or are none at all."""

import io

import pytest
from django.test import Client
from django.urls import reverse

from pinportal.wsgi import application

REGISTER = reverse("signup:register")
LONG = "a" * 250_000 + "-zz9"  # 8 seconds as punycode
MULTIPART = "multipart/form-data; boundary=x"
BODY = f'--x\r\nContent-Disposition: form-data; name="pin"\r\n\r\n{LONG}\r\n--x--\r\n'.encode()
OTHERS = ["punycode", "hex", "idna", "base64", "rot13", "latin-1", "utf-16", "UTF-7", "unknown"]


@pytest.mark.parametrize("charset", OTHERS)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "GET", "OPTIONS"])
def test_another_character_set_is_refused_at_every_address(method, charset):
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    for path in (REGISTER, "/healthz", "/nowhere/", reverse("account_login")):
        for kind in (MULTIPART, "application/x-www-form-urlencoded", "text/plain"):
            answer = client.generic(method, path, BODY, content_type=f"{kind}; charset={charset}")
            assert (path, kind, answer.status_code) == (path, kind, 415)


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"'])
def test_utf_8_is_read(db, charset):
    assert Client().post(REGISTER, BODY, content_type=f"{MULTIPART}; charset={charset}").status_code == 200


@pytest.mark.parametrize("part", ["charset*=utf-8''punycode", "boundary*=unknown''x", "charset*0=puny; charset*1=code"])
def test_an_encoded_content_type_is_refused_before_django_reads_it(transactional_db, part):
    """Django raises an error for an unknown encoding, outside of every middleware."""
    environ = {
        "REQUEST_METHOD": "POST", "PATH_INFO": REGISTER, "SERVER_NAME": "localhost", "SERVER_PORT": "80",
        "REMOTE_ADDR": "127.0.0.1", "CONTENT_TYPE": f"multipart/form-data; {part}", "CONTENT_LENGTH": str(len(BODY)),
        "wsgi.input": io.BytesIO(BODY), "wsgi.url_scheme": "http",
    }  # fmt: skip
    answered = []
    application(environ, lambda status, headers: answered.append((status, dict(headers))))
    [(status, headers)] = answered
    assert status.startswith("415 ")
    assert headers["X-Content-Type-Options"] == "nosniff"
