"""The first screen of a browser that has never been here: Chromium, an empty cache, from the address typed to the page painted.

It stands alone because it needs a browser; where none is installed it says so.
"""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright
from timing import Row

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
ROUNDS = 7
PAINTED = """() => new Promise(done => {
  const told = () => done({
    painted: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN,
    loaded: performance.getEntriesByType("navigation")[0].loadEventEnd,
  });
  setTimeout(told, 300);
})"""
"""Milliseconds from the beginning of the visit to the first words on the screen, and to the end of loading."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=PROGRAM, args=list(FLAGS))
        yield running
        running.close()


def first_screen(address: str, token: str) -> Row:
    """A page of somebody who is logged in, each time in a browser that has kept nothing."""
    what = "`/` in Chromium, cold cache: until painted; until loaded"
    target = "≤ 1 s; ≤ 500 KB"
    if PROGRAM is None:
        return Row(what, "not measured", target, "no Chromium on this machine")
    painted, loaded, sent = [], [], 0.0
    with chromium() as browser:
        for _ in range(ROUNDS + 1):
            context = browser.new_context(viewport={"width": 1366, "height": 768})
            context.add_cookies([{"name": "zhishou", "value": token, "url": address, "httpOnly": True}])
            page = context.new_page()
            wire = context.new_cdp_session(page)
            taken: list[float] = []
            wire.on("Network.loadingFinished", lambda event, taken=taken: taken.append(event["encodedDataLength"]))
            wire.send("Network.enable")
            page.goto(address, wait_until="load")
            told = page.evaluate(PAINTED)
            painted.append(told["painted"])
            loaded.append(told["loaded"])
            sent = sum(taken)
            context.close()
    # The first visit also starts the browser's own processes.
    note = f"{sent / 1000:.0f} KB over the wire, {len(taken)} files; slowest {max(loaded[1:]):.0f} ms"
    return Row(what, f"{statistics.median(painted[1:]):.0f} ms; {statistics.median(loaded[1:]):.0f} ms", target, note)
