"""The checks of tests/by_hand.py notice the faults that they look for."""

import pytest

from tests import by_hand

pytestmark = pytest.mark.usefixtures("transactional_db")


DEFECTS = [
    ("main.insertAdjacentHTML('beforeend', '<pre>' + 'x'.repeat(200))", by_hand.fits),
    ("main.querySelector('form').style.cssText = 'overflow: hidden; height: 10px'", by_hand.fits),
    ("main.querySelector('a').style.cssText = 'display: inline-block; height: 20px'", by_hand.is_large_enough),
    ("main.querySelector('.btn').style.minHeight = '40px'", by_hand.is_large_enough),
    ("main.querySelector('.form-text').style.fontSize = '14px'", by_hand.is_large_enough),
    ("main.querySelector('.btn').style.outline = 'none'", by_hand.works_by_keyboard),
    ("main.querySelector('.btn').tabIndex = 1", by_hand.works_by_keyboard),
    ("main.querySelector('.btn').addEventListener('keydown', e => e.preventDefault())", by_hand.works_by_keyboard),
    ("document.querySelector('.skip-link').remove()", by_hand.has_skip_link),
    ("main.querySelector('.btn').style.border = '0'", by_hand.respects_forced_colors_and_reduced_motion),
    ("main.querySelector('.btn').style.transition = 'color 1s'", by_hand.respects_forced_colors_and_reduced_motion),
    ("main.querySelector('.btn').textContent = ''", by_hand.has_names_for_screen_readers),
    ("main.querySelector('label').remove()", by_hand.has_names_for_screen_readers),
    ("document.title = ''", by_hand.has_names_for_screen_readers),
    ("main.querySelector('[aria-invalid]').removeAttribute('aria-invalid')", by_hand.has_names_for_screen_readers),
    ("document.activeElement.blur()", by_hand.links_errors_to_fields),
    ("main.querySelector('.error-summary a').hash = 'nowhere'", by_hand.links_errors_to_fields),
]


def test_every_defect_is_noticed(page, live_server):
    def open_with_mistakes():
        page.set_viewport_size({"width": 1280, "height": 800})
        page.emulate_media(forced_colors="none", reduced_motion="no-preference")
        page.goto(f"{live_server.url}/register/")
        page.locator("main .btn-primary").click()
        page.locator(".error-summary:focus").wait_for()  # the scripts are done

    for check in {check for _, check in DEFECTS}:  # without a defect, all are content
        open_with_mistakes()
        check(page)
    unnoticed = []
    for defect, check in DEFECTS:
        open_with_mistakes()
        page.evaluate("window.main = document.querySelector('main')")
        page.evaluate(defect)
        try:
            check(page)
        except AssertionError:
            continue
        unnoticed.append(defect)
    assert unnoticed == []
