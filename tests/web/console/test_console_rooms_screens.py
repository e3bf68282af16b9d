"""Supply desk, cut lists, plans, duty desk and the reporter's phone in a real browser, held to what every page is held to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from web.console.browser import DESK, PHONE, screen
from web.console.conftest import visits
from web.console.lists import drafted
from web.console.served import INCIDENT, Evening
from web.console.test_console_screens import SMALL

LIST = f"/supply/cuts/{INCIDENT}/k1"
PAGES = (
    ("cheng.jia", "/supply"), ("cheng.jia", "/supply/balance"), ("cheng.jia", "/supply/storage"), ("cheng.jia", "/supply/ahead?wait=1"),
    ("guo.yi", "/supply/cuts"), ("guo.yi", LIST), ("guo.yi", f"{LIST}/lines/1"), ("cheng.jia", "/plans?q=能源局"),
    ("cheng.jia", "/plans/jincheng/gas-winter-2021"), ("cheng.jia", "/plans/findings/jincheng/gas-winter-2021"), ("cheng.jia", "/plans/compare?a=jincheng/gas-winter-2021&b=yuncheng/heating-2021"),
    ("cheng.jia", "/desk"), ("cheng.jia", "/desk/roster"), ("cheng.jia", "/desk/phones"), ("cheng.jia", "/desk/upkeep"),
    ("cheng.jia", "/desk/posts"), ("niu.ren", "/r"), ("niu.ren", "/r/report"), ("gaoping", "/r/new"), ("gaoping", "/r/return?area=jincheng&of=gas_gaoping"),
)  # fmt: skip
"""Who opens what."""


@pytest.fixture(scope="module")
def list_night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evening]:
    """A night with a cut list drawn up."""
    for one, _ in visits(tmp_path_factory.mktemp("night")):
        yield drafted(one)


@pytest.mark.parametrize(("person", "path"), PAGES)
def test_a_page_at_the_desk_and_in_the_hand(person: str, path: str, chromium: Browser, list_night: Evening) -> None:
    for size, dark in ((DESK, False), (PHONE, True)):
        with screen(chromium, list_night, person, size, dark=dark) as one:
            page = one.open(path)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out at the side"
            assert page.locator("h1, h2").count()
            assert one.accessible(*(["color-contrast"] if dark else [])) == []
            if size == PHONE:
                assert page.evaluate(SMALL) == []
            assert one.faults == []


def test_an_adjustment_beside_the_list_and_its_refusal(chromium: Browser, list_night: Evening) -> None:
    """By script: the panel opens, the order refuses with the clause, what was typed stays."""
    with screen(chromium, list_night, "guo.yi", DESK) as one:
        page = one.open(LIST)
        page.get_by_role("link", name="16日7时—16日9时").first.click()
        panel = page.locator("#panel")
        expect(panel.get_by_role("heading", name="示例铸造厂")).to_be_visible()
        panel.get_by_label("压减量").fill("1.0")
        panel.get_by_label("理由").fill("铸造厂来电求情")
        panel.get_by_role("button", name="调整").click()
        expect(panel.get_by_role("alert")).to_contain_text("违背先后次序")
        expect(panel.get_by_role("alert")).to_contain_text("4.2.2.2(2)")
        expect(panel.get_by_label("理由")).to_have_value("铸造厂来电求情")
        assert one.faults == []
