"""A family at home, in a real browser: it answers each page from the sheet that it was given.

It recognizes fields by name and type, so it works in every language, and with any steps between the scan and My
Children. Used by the tests and by ``bench/families.py``.
"""

from dataclasses import dataclass, field
from datetime import date

from django.urls import reverse
from playwright.sync_api import Locator, Page

MOST_STEPS = 12
# The button to the next page, not one that stays on the page, such as the one that asks for a passkey.
GO_ON = "main .btn-primary:visible:not([type=button])"
FINISH, PASSKEY = "[data-finish]", "[data-passkey-offer] button"
# If a page asks for several children, the one whose name is nearest to the field.
NEAREST = """(element, names) => {
  for (let around = element; around && !around.matches("main"); around = around.parentElement) {
    const found = names.filter((name) => around.innerText?.includes(name));
    if (found.length) return found[0];
  }
  return null;
}"""


@dataclass
class Hands:
    """How to type and press. The bench has slower hands, which also count."""

    def write(self, place: Locator, text: str) -> None:
        place.fill(text)

    def press(self, place: Locator) -> None:
        place.click()


@dataclass
class Family:
    """What the family knows and chooses: the children, in the order of the sheet; e-mail; password or passkey."""

    births: dict[str, date]  # by given name
    pins: dict[str, str] = field(default_factory=dict)  # by given name
    email: str = "ana@mail.example"
    password: str = "correct horse battery staple"
    takes_passkey: bool = False  # where one is offered, in place of a password
    hands: Hands = field(default_factory=Hands)

    @property
    def address(self) -> str:
        """The address in the sheet's QR code, without the server's name."""
        return f"{reverse('signup:register')}#{','.join(self.pins.values())}"

    def walk(self, page: Page, *, to: str) -> list[str]:
        """Answer one page after another until the one with this URL name. Return the headings on the way."""
        seen, goal = [], reverse(to)
        for _ in range(MOST_STEPS):
            if page.evaluate("location.pathname") == goal:
                return seen
            seen.append(page.get_by_role("heading", level=1).inner_text())
            self.answer(page)
        raise AssertionError(f"{to} was not reached in {MOST_STEPS} steps: {seen}")

    def answer(self, page: Page) -> None:
        """Fill in the empty fields, then press the primary button. Or take the passkey."""
        button = page.locator(PASSKEY)
        if not (self.takes_passkey and button.is_visible()):
            self.fill(page)
            button = page.locator(f"{GO_ON}, {FINISH}").first
        with page.expect_navigation():
            self.hands.press(button)

    def fill(self, page: Page) -> None:
        """Fill in the empty fields of this page."""
        for place in page.locator("main input:visible").all():
            kind, name = place.get_attribute("type") or "text", place.get_attribute("name") or ""
            if kind == "checkbox" and not place.is_checked():
                self.hands.press(place)
            elif kind not in {"checkbox", "radio"} and not place.input_value():
                self._write(place, self._word_for(place, kind, name))

    def _write(self, place: Locator, text: str) -> None:
        if text:
            self.hands.write(place, text)

    def _word_for(self, place: Locator, kind: str, name: str) -> str:
        if kind == "password":
            return self.password
        if kind == "email" or name == "email":
            return self.email
        for part in ("month", "day", "year"):
            if name.endswith(f"_{part}"):
                return str(getattr(self.births[self._child(place)], part))
        return next(iter(self.pins.values())) if "pin" in name else ""

    def _child(self, place: Locator) -> str:
        """The child whose birth date the field asks for: the one named next to it, or the one whose PIN was typed."""
        if beside := place.evaluate(NEAREST, list(self.births)):
            return str(beside)
        typed = place.page.locator("[name=pin]").first.input_value().replace(" ", "")
        return next((name for name, pin in self.pins.items() if pin.replace(" ", "") == typed), next(iter(self.births)))
