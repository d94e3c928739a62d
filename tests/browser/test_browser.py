"""The checks of the browser tests notice the faults that they look for."""

import pytest

from tests.accessibility import axe

pytestmark = pytest.mark.usefixtures("transactional_db")


def test_sign_in_page_is_accessible(page, live_server):
    page.goto(f"{live_server.url}/accounts/login/")
    axe(page)


def test_a_blocked_script_is_noticed(page, live_server, console_errors):
    page.goto(f"{live_server.url}/accounts/login/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">')")
    page.evaluate("setTimeout(() => { throw new Error('thrown in the page') })")
    for complaint in ("Content Security Policy", "thrown in the page"):
        for _ in range(600):
            if any(complaint in error for error in console_errors):
                break
            page.wait_for_timeout(100)
        assert any(complaint in error for error in console_errors)
    console_errors.clear()


def test_axe_notices(page, live_server):
    page.goto(f"{live_server.url}/accounts/login/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<main><img src=\"data:,\"></main>')")
    with pytest.raises(AssertionError, match=r"image-alt \(critical\)"):
        axe(page)
