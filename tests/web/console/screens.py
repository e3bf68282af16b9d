"""The pictures of docs/console.md, taken anew: `python tests/web/console/screens.py`. No test; it stands beside the browser it uses."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[2]), str(HERE.parents[3] / "examples")]

import structlog  # noqa: E402 - the tests' own modules are found by the line above
from PIL import Image  # noqa: E402
from playwright.sync_api import Page  # noqa: E402
from web.console.browser import DESK, PHONE, screen, started  # noqa: E402
from web.console.served import INCIDENT, served  # noqa: E402

SCREENS = HERE.parents[3] / "docs" / "screens"
HOME = f"/incidents/{INCIDENT}"


def quiet(*_: object) -> None:
    """No log."""
    raise structlog.DropEvent


def main() -> None:
    """Take them all."""
    structlog.configure(processors=[quiet])
    SCREENS.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder, served(Path(folder)) as night, started() as browser:
        with screen(browser, night, "guo.yi", DESK) as office:
            page = office.open("/")
            page.wait_for_selector(".days")
            kept(page, "board")
            page = office.open(f"{HOME}/do/propose_level?plan=jincheng/gas-winter-2021&ladder=response&level=II")
            page.get_by_label("建议的理由").fill("夜里还要降温，阳城告急")
            page.get_by_role("button", name="提出级别建议").click()
            page.wait_for_selector(".done")
        with screen(browser, night, "guo.yi", DESK, dark=True) as office:
            page = office.open(HOME)
            page.locator("#assessment summary", has_text="逐条看各级条件").last.click()
            page.evaluate("scrollTo(0, 0)")
            kept(page, "incident-night")
        with screen(browser, night, "wang.bing", PHONE) as hand:
            kept(hand.open("/"), "board-phone")
            hand.page.get_by_role("link", name="看建议，决定").click()
            hand.page.get_by_role("button", name="下一步：核对").click()
            hand.page.wait_for_selector(".note")
            kept(hand.page, "decide-phone")


def kept(page: Page, name: str) -> None:
    """Keep what is seen, in few colours so that it is small."""
    file = SCREENS / f"{name}.png"
    page.screenshot(path=file)
    Image.open(file).convert("RGB").quantize(128, Image.Quantize.MAXCOVERAGE).save(file, optimize=True)


if __name__ == "__main__":
    main()
