"""What a page in the browser downloads, at a chosen speed, and what the browser measures while drawing it."""

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

# Milliseconds from request to answer, bytes a second down and up.
# WebPageTest's "3G Fast": https://github.com/catchpoint/WebPageTest.docs/blob/main/src/test-configuration/connection-profiles.md
FAST_3G = (150, 1_600_000 / 8, 768_000 / 8)
# Lighthouse's "Slow 4G", which Chromium's DevTools called "Fast 3G" until 2024: applied to each request.
SLOW_4G = (562.5, 1.6 * 1024 * 1024 / 8 * 0.9, 750 * 1024 / 8 * 0.9)

WATCH = """
window.vitals = { shift: 0, shifts: [], largest: 0 };
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (entry.hadRecentInput) continue;
    vitals.shift += entry.value;
    for (const source of entry.sources) vitals.shifts.push(source.node?.outerHTML?.slice(0, 120) ?? "?");
  }
}).observe({ type: "layout-shift", buffered: true });
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) vitals.largest = entry.startTime;
}).observe({ type: "largest-contentful-paint", buffered: true });
"""
# Usable: the page is drawn and its scripts have run. Milliseconds since the address was entered.
READ = """() => {
  const { domContentLoadedEventEnd, responseStart } = performance.getEntriesByType("navigation")[0];
  const first = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0;
  return { ...vitals, answered: responseStart, first, usable: Math.max(first, domContentLoadedEventEnd) };
}"""


@dataclass
class Answer:
    """One file that the browser asked for."""

    kind: str  # Document, Stylesheet, Script, Image, Fetch ...
    url: str
    headers: dict[str, str]
    was_kept: bool  # from the browser's cache
    size: int = 0  # bytes over the wire, head and body


@dataclass
class Traffic:
    """The files of the pages that are opened after ``listen``."""

    answers: dict[str, Answer] = field(default_factory=dict)
    from_memory: set[str] = field(default_factory=set)  # ids of requests that the browser answers from memory

    def started(self, event: dict[str, Any]) -> None:
        told = event["response"]
        headers = {name.lower(): value for name, value in told["headers"].items()}
        kept = told.get("fromDiskCache", False) or event["requestId"] in self.from_memory
        self.answers[event["requestId"]] = Answer(event["type"], told["url"], headers, kept)

    def kept(self, event: dict[str, Any]) -> None:
        self.from_memory.add(event["requestId"])

    def finished(self, event: dict[str, Any]) -> None:
        if answer := self.answers.get(event["requestId"]):
            answer.size = 0 if answer.was_kept else int(event["encodedDataLength"])

    @property
    def asked(self) -> list[Answer]:
        """The files that were downloaded, without those inside the page itself (data:)."""
        return [each for each in self.answers.values() if not each.was_kept and each.url.startswith("http")]

    @property
    def size(self) -> int:
        return sum(each.size for each in self.asked)


def listen(page: Page, *, speed: tuple[float, float, float] | None = None) -> Traffic:
    """Record what this page downloads from now on, at that speed."""
    traffic, browser = Traffic(), page.context.new_cdp_session(page)
    browser.on("Network.responseReceived", traffic.started)
    browser.on("Network.requestServedFromCache", traffic.kept)
    browser.on("Network.loadingFinished", traffic.finished)
    browser.send("Network.enable")
    if speed:
        latency, down, up = speed
        conditions = {"offline": False, "latency": latency, "downloadThroughput": down, "uploadThroughput": up}
        browser.send("Network.emulateNetworkConditions", conditions)
    page.add_init_script(WATCH)
    return traffic


def vitals(page: Page) -> dict[str, Any]:
    """What the browser measured on this page, after all downloads."""
    page.wait_for_load_state("networkidle")
    measured: dict[str, Any] = page.evaluate(READ)
    return measured
