"""A real browser for tests: Debian's Chromium driven by Playwright; every page it opens is watched for what must never happen."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright
from web.console.served import Evening

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ABSENT = "没有 Chromium（Debian：apt-get install chromium），浏览器测试没有跑"
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
WIDE, DESK, PHONE = (1920, 1080), (1366, 768), (390, 844)
"""The screens that people have: on the wall, on the desk, in the hand."""
AXE = Path(__file__).parent / "assets" / "axe.min.js"
_TOLD = re.compile(r"Failed to load resource: the server responded with a status of (401|403|404|409|413|422) ")
"""A refusal is shown on the page itself; that the browser notes it too is no fault."""


expect.set_options(timeout=20_000)  # it waits no longer than it must; a busy machine may need it


@contextmanager
def started() -> Iterator[Browser]:
    """The browser; where none can be had the test is skipped with the reason, never where CI decides."""
    if PROGRAM is None:
        if os.environ.get("CI"):
            pytest.fail(ABSENT)
        pytest.skip(ABSENT)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=PROGRAM, args=list(FLAGS))
        yield running
        running.close()


@dataclass
class Screen:
    """Somebody's screen; `faults` gathers what no page may do."""

    page: Page
    address: str
    faults: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Open a page and wait until its scripts have run."""
        self.page.goto(self.address + path, wait_until="load")
        return self.page

    def heard(self, message: ConsoleMessage) -> None:
        """The console speaks."""
        of_page = "/static/" not in message.location.get("url", "")
        if message.type in {"error", "warning"} and not (of_page and _TOLD.match(message.text)):
            self.faults.append(f"{urlsplit(self.page.url).path}: {message.text}")

    def asked(self, request: Request) -> None:
        """A request leaves the page."""
        where = urlsplit(request.url)
        if where.scheme != "data" and f"{where.scheme}://{where.netloc}" != self.address:
            self.faults.append(f"{urlsplit(self.page.url).path}: asks {request.url}")

    def accessible(self, *rules: str) -> list[str]:
        """What axe finds on the page that is serious.

        Args:
            rules: only these; all of WCAG 2.1 A and AA where none is given.
        """
        only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": _TAGS}
        if not self.page.evaluate("() => Boolean(window.axe)"):
            self.page.evaluate(axe())
        found = self.page.evaluate(
            "only => axe.run(document, {runOnly: only, resultTypes: ['violations']})", only
        )  # fmt: skip
        return [
            f"{one['id']}: {one['help']}: {node['html'][:160]} {node['failureSummary']}"
            for one in found["violations"] if one["impact"] in {"serious", "critical"} for node in one["nodes"][:4]
        ]  # fmt: skip


_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]


@cache
def axe() -> str:
    """The checker, as a script."""
    return AXE.read_text("utf-8")


@contextmanager
def screen(
    browser: Browser, evening: Evening, person: str = "", size: tuple[int, int] = DESK, *, dark: bool = False
) -> Iterator[Screen]:
    """A screen of somebody, logged in; of nobody where the name is empty."""
    phone = size == PHONE
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale="zh-CN", timezone_id="Asia/Shanghai",
        color_scheme="dark" if dark else "light", is_mobile=phone, has_touch=phone, reduced_motion="reduce",
    )  # fmt: skip
    context.set_default_timeout(30_000)
    if person:
        value = evening.session(person).get_secret_value()
        context.add_cookies([{"name": "zhishou", "value": value, "url": evening.address, "httpOnly": True}])
    one = Screen(context.new_page(), evening.address)
    one.page.on("console", one.heard)
    one.page.on("pageerror", lambda error: one.faults.append(f"{one.page.url}: {error}"))
    one.page.on("request", one.asked)
    try:
        yield one
    finally:
        context.close()
