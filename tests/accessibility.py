"""Check a page against the accessibility rules of axe-core, in its current state."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# WCAG 2.2 AA and everything before it; "best-practice" is axe's own advice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# The rules about colors, which are the only ones that another theme can break.
COLOR_RULES = ["color-contrast", "link-in-text-block"]

# Finished by force: a page that is not drawn never reaches the end of an animation.
FINISH_ANIMATIONS = """() => document.getAnimations().forEach(
  (each) => each.effect.getComputedTiming().endTime === Infinity ? each.cancel() : each.finish())"""


# Evaluated through the debugger, which the Content-Security-Policy allows: nothing is bypassed.
AXE = Axe().axe_script
RUN = "([within, options]) => axe.run(within ?? document, options).then(({ violations }) => violations)"


def axe(page: Page, *, within: str | None = None, only_colors: bool = False) -> None:
    """Fail if axe-core finds a violation on the page or within a selector. Names the rule and the element."""
    page.wait_for_load_state()  # a half-loaded page has no main part
    # Check colors after everything has faded in.
    page.evaluate(FINISH_ANIMATIONS)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    run_only = {"type": "rule", "values": COLOR_RULES} if only_colors else {"type": "tag", "values": RULES}
    options = {"resultTypes": ["violations"], "runOnly": run_only}
    violations = page.evaluate(RUN, [within, options])
    report = [
        f"{violation['id']} ({violation['impact']}): {violation['help']}\n"
        + "\n".join(
            f"    {' '.join(map(str, node['target']))}\n    {node['html'][:200]}\n    {node.get('failureSummary', '')}"
            for node in violation["nodes"]
        )
        for violation in violations
    ]
    assert not violations, f"{page.url} is not accessible:\n\n" + "\n\n".join(report)
