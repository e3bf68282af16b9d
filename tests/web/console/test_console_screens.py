"""Every page in a real browser: no error, no breach of the policy, no request elsewhere, nothing that WCAG calls serious."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser
from web.console.browser import DESK, PHONE, screen
from web.console.conftest import Visits
from web.console.served import INCIDENT, Evening

HOME = f"/incidents/{INCIDENT}"
PAGES = (
    ("", "/login"), ("guo.yi", "/"), ("gaoping", "/"), ("guo.yi", "/incidents"), ("cheng.jia", "/incidents/new?subject=gas_supply_shortage"),
    ("guo.yi", HOME), ("niu.ren", HOME), ("guo.yi", f"{HOME}/what_if"), ("guo.yi", f"{HOME}/do/propose_level"),
    ("guo.yi", f"{HOME}/do/state_facts"), ("cheng.jia", f"{HOME}/do/decide_proposal?proposal=p1"), ("cheng.jia", "/me"),
    ("guo.yi", "/plans"), ("lingchuan", "/r"), ("lingchuan", "/r/return"), ("cheng.jia", "/r/report"),
    ("admin", "/people"), ("cheng.jia", "/nothing"),
)  # fmt: skip
"""Who opens what; supply, one plan and the duty desk are looked at in `test_console_rooms_screens.py`."""
SMALL = """() => [...document.querySelectorAll("a, button, input, select, summary, textarea")].filter(one => {
  const box = one.getBoundingClientRect(), words = one.closest("p, li p, dd, td, .skip, .clause");
  return one.checkVisibility() && one.type !== "hidden" && !["checkbox", "radio"].includes(one.type) && box.width > 0
    && box.height < 43.5 && !(one.tagName === "A" && words && !one.classList.contains("btn"));
}).map(one => `${one.tagName} ${(one.textContent.trim() || one.name).slice(0, 30)} ${one.getBoundingClientRect().height}`)"""
"""What a thumb would miss; a link within a sentence is excused, as WCAG 2.5.8 excuses it."""


@pytest.mark.parametrize(("person", "path"), PAGES)
def test_a_page_by_day_at_the_desk(
    person: str, path: str, chromium: Browser, seen_night: tuple[Evening, Visits]
) -> None:
    with screen(chromium, seen_night[0], person, DESK) as one:
        page = one.open(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out at the side"
        assert page.locator("h1, h2").count()
        assert page.title().endswith("值守")
        assert one.accessible() == []
        assert one.faults == []


@pytest.mark.parametrize(("person", "path"), PAGES)
def test_a_page_by_night_in_the_hand(
    person: str, path: str, chromium: Browser, seen_night: tuple[Evening, Visits]
) -> None:
    with screen(chromium, seen_night[0], person, PHONE, dark=True) as one:
        page = one.open(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out at the side"
        assert page.evaluate(SMALL) == []
        assert one.accessible("color-contrast") == []
        assert one.faults == []
