"""What each page shows, held against the state it shows; and what must hold of every page."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import made_up_night
import pytest
from web.console.conftest import Visits
from web.console.served import INCIDENT, Evening

from zhishou.assess.ahead import week
from zhishou.assess.result import Judged
from zhishou.desk.by_itself import BY_THE_DESK
from zhishou.incident.index import COMMANDS
from zhishou.supply.forecast import files
from zhishou.web.console.board_ahead import percent
from zhishou.web.console.doing import ELSEWHERE
from zhishou.web.console.pages import NAVIGATION, STATIC
from zhishou.web.console.supply_now import amount, supply_now
from zhishou.web.console.telling import QUIET

HOME = f"/incidents/{INCIDENT}"
PAGES = (
    "/",
    "/incidents",
    "/incidents?state=closed",
    "/incidents/new",
    HOME,
    f"{HOME}/what_if",
    f"{HOME}/do/add_note",
    "/papers",
    "/me",
    "/people",
)
TEMPLATES = Path(__file__).parents[3] / "src" / "zhishou" / "web" / "console" / "templates"
Seen = tuple[Evening, Visits]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_whole_marked_as_exercise_and_asks_nobody_else(path: str, seen_night: Seen) -> None:
    _, visit = seen_night
    found = visit("admin").open(path)
    assert found.status == 200, found.text[:300]
    html = found.answer.text
    assert 'lang="zh-CN"' in html
    assert "【演练】" in found.text
    assert "script-src 'self'" in found.answer.headers["content-security-policy"]
    assert not re.search(r"<script(?![^>]*\bsrc=)", html), "no script may stand in the page itself"
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style", html)
    assert not re.findall(r"(?:src|href|action)=\"(?:https?:)?//", html)


@pytest.mark.parametrize("path", PAGES)
def test_nobody_sees_a_page_without_a_login(path: str, seen_night: Seen) -> None:
    _, visit = seen_night
    found = visit("").open(path)
    assert (found.status, found.answer.headers["location"].partition("?")[0]) == (303, "/login")


def test_the_first_screen_is_light(seen_night: Seen) -> None:
    """The issue: no more than 500 KB over the wire; the pages are sent as they are, nothing packed."""
    _, visit = seen_night
    board = visit("cheng.jia").open("/")
    assets = re.findall(r'(?:src|href)="/static/([\w.]+)', board.answer.text)
    assert assets
    assert len(board.answer.content) + sum((STATIC / name).stat().st_size for name in set(assets)) < 500_000


def test_the_board_shows_what_stands(seen_night: Seen) -> None:
    one, visit = seen_night
    board = visit("cheng.jia").open("/")
    state = one.house.desk.incident(INCIDENT)
    supply = supply_now(one.house, "jincheng")
    assert supply is not None
    assert state.title in board.text
    for active in state.active.values():
        assert active.label in board.text
    assert "程甲" in board.text
    assert amount(supply.pct, most=100) in board.text
    assert amount(supply.gap) in board.text
    for late in supply.missing:
        assert late in board.text
    for county in ("沁水县", "阳城县", "高平市", "陵川县", "泽州县", "城区"):
        assert county in board.text


def test_a_return_is_late_when_its_hour_has_passed_and_not_before(own_night: Seen) -> None:
    """Nobody is late in the morning; the hour counts on every look, whatever was worked out before."""
    one, visit = own_night
    found = supply_now(one.house, "jincheng")
    assert found is not None
    assert found.missing
    due = found.due
    for at, late in (
        (due - timedelta(hours=11), False),
        (due - timedelta(minutes=1), False),
        (due, True),
        (due + timedelta(hours=2), True),
    ):
        one.clock.at = at
        one.forget()
        page = visit("cheng.jia").open("/")
        (line,) = [text for text in re.findall(r"<li[^>]*>.*?</li>", page.answer.text, re.DOTALL) if "今晚报表" in text]
        assert ("迟报" in line, "is-late" in line) == (late, late), at
        assert ("未报" in line) == (not late)
        assert page.text.index("今晚报表") < page.text.index("演练与修订逾期"), "quiet times' matters stand last"


def test_a_board_suggests_once_what_the_incident_at_hand_is_about(seen_night: Seen) -> None:
    """Nobody is asked to register a second incident for the same cold wave."""
    _, visit = seen_night
    page = visit("wang.bing").open("/")
    assert page.text.count("研判：够") == 1
    assert "登记为事件" not in page.text


def test_who_sees_no_duty_room_reports_by_his_units_page(seen_night: Seen) -> None:
    """The duty room's form would have no place for him to choose."""
    _, visit = seen_night
    page = visit("lingchuan").open("/")
    assert "/r/new" in page.links
    assert not {"/incidents/new", "/desk"} & set(page.links)
    assert visit("lingchuan").open("/incidents/new").answer.headers["location"] == "/r/new"


def test_a_screen_that_renews_itself_does_not_keep_a_login_alive(own_night: Seen) -> None:
    """A page that fetches news says so; a login that nobody uses ends after its hour, whoever leaves a page open."""
    one, visit = own_night
    browser = visit("cheng.jia")
    for _ in range(11):
        one.clock.at += timedelta(minutes=5)
        assert browser.open("/", x_zhishou_renewed="1", hx_request="true").status == 200
    one.clock.at += timedelta(minutes=6)
    gone = browser.open("/", x_zhishou_renewed="1", hx_request="true")
    assert gone.answer.headers["hx-redirect"] == "/login"
    one.forget()
    used = visit("cheng.jia")
    for _ in range(4):
        one.clock.at += timedelta(minutes=40)
        assert used.open("/").status == 200, "what somebody does keeps it"
    assert "X-Zhishou-Renewed" in (STATIC / "console.js").read_text("utf-8")


def _leaves(judged: Judged) -> list[Judged]:
    return [leaf for part in judged.parts for leaf in _leaves(part)] if judged.parts else [judged]


def test_the_assessment_shows_every_condition_with_value_source_and_clause(seen_night: Seen) -> None:
    one, visit = seen_night
    page = visit("guo.yi").open(HOME)
    for assessment in one.house.desk.assess(INCIDENT):
        for ladder in assessment.ladders:
            for level in ladder.levels:
                assert level.label in page.text
                for leaf in _leaves(level.condition) if level.condition else ():
                    assert leaf.text in page.text
                    assert "、".join(leaf.clause) in page.text
                    assert leaf.observed in page.text
                    assert leaf.source in page.text


def test_tasks_reports_facts_and_story_are_all_there(seen_night: Seen) -> None:
    one, visit = seen_night
    page = visit("guo.yi").open(HOME)
    state = one.house.desk.incident(INCIDENT)
    for task in state.tasks.values():
        assert task.text in page.text
    for report in state.reports.values():
        assert report.text in page.text
        for missing in report.missing:
            assert missing in page.text
    labels = [happened.event.label for happened in one.house.desk.story(INCIDENT) if happened.event.type not in QUIET]
    assert labels
    for label in labels:
        assert label in page.text


def test_the_attached_text_stands_beside_its_clause(seen_night: Seen) -> None:
    one, visit = seen_night
    file = one.folder / "texts" / "jincheng" / "gas-winter-2021.md"
    assert "本机构所附的一段原文" not in visit("guo.yi").open(HOME).text
    file.parent.mkdir(parents=True)
    file.write_text("# 测试\n\n## 4.2.3 三级\n本机构所附的一段原文\n", "utf-8")
    found = visit("guo.yi").open(HOME).text
    file.unlink()
    assert "原文 4.2.3" in found
    assert "本机构所附的一段原文" in found


@pytest.mark.parametrize("person", ["cheng.jia", "guo.yi", "wang.bing", "li.ding", "wei.xin", "niu.ren"])
def test_a_form_opens_for_exactly_those_who_may(person: str, seen_night: Seen) -> None:
    """The same answer as the API's: who may gets a form, who may not gets the reason and the clause."""
    _, visit = seen_night
    browser = visit(person)
    told = browser.open(f"/api/incidents/{INCIDENT}/may").answer
    if told.status_code == 403:
        assert browser.open(HOME).status == 403
        return
    commands = told.json()["commands"]
    assert len(commands) == sum(kind not in BY_THE_DESK and kind.name != "open_incident" for kind in COMMANDS.values())
    for command in commands:
        form = browser.open(f"{HOME}/do/{command['command']}")
        if command["command"] in ELSEWHERE:
            assert form.answer.headers["location"].startswith("/supply/cuts"), command
            continue  # its own page asks the same question; tests of that page hold it to the answer
        assert form.status == 200, command
        has_form = any("/do/" in found.action for found in form.forms)
        assert has_form == command["may"], command
        if not command["may"]:
            assert command["refused"]["message"] in form.text
            for clause in command["refused"]["clause"]:
                assert clause in form.text


def test_whoever_has_no_post_is_told_so_with_the_mend(seen_night: Seen) -> None:
    _, visit = seen_night
    found = visit("gaoping").open(HOME)
    assert found.status == 403
    assert "不在您的职权范围" in found.text
    assert "怎么办" in found.text


def test_a_unit_sees_its_part_and_nothing_else(seen_night: Seen) -> None:
    one, visit = seen_night
    page = visit("niu.ren").open(HOME)
    state = one.house.desk.incident(INCIDENT)
    mine = [task for task in state.tasks.values() if "unit:yangcheng_government" in task.posts]
    assert page.status == 200
    assert "下达给您的部分" in page.text
    assert mine
    for task in state.tasks.values():
        assert (task.text in page.text) == (task in mine), task.text


def test_an_unknown_address_is_answered_in_words(seen_night: Seen) -> None:
    _, visit = seen_night
    for path in ("/incidents/jincheng-2026-0999", f"{HOME}/do/no_such_thing"):
        found = visit("cheng.jia").open(path)
        assert found.status == 404
        assert "没有" in found.text


def test_dark_and_light_can_be_chosen(seen_night: Seen) -> None:
    _, visit = seen_night
    browser = visit("cheng.jia")
    form = browser.open("/incidents").form("/theme")
    chosen = browser.send(form, {"theme": "dark"})
    assert chosen.answer.headers["location"] == "/incidents"
    assert 'data-theme="dark"' in browser.open("/").answer.text
    browser.send(form, {"theme": ""})
    assert "data-theme" not in browser.open("/").answer.text


def test_templates_carry_no_script_style_or_foreign_address() -> None:
    for file in TEMPLATES.glob("*.html"):
        text = file.read_text("utf-8")
        assert not re.search(r"<style|\sstyle=|<script(?![^>]*src)|\bon(click|load|change|submit)=|https?://", text), (
            file.name
        )
    assert "url(" not in (STATIC / "console.css").read_text("utf-8")


def test_the_board_tells_the_seven_days_as_the_supply_room_forecasts_them(seen_night: Seen) -> None:
    """Held against the forecast worked out anew from the files: every day, and what is certain of every level's chance."""
    one, visit = seen_night
    home = made_up_night.HOME
    past, ahead = (files.history("h", (home / "history.csv").read_bytes()), files.weather("w", (home / "weather.csv").read_bytes()))  # fmt: skip
    job = week(one.house.desk.returns.evening("jincheng"), past, ahead)
    page = visit("guo.yi").open("/board/ahead?area=jincheng")
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th>(.*?)</tr>", page.answer.text)
    table = {label: re.findall(r">([^<]+)</td>", cells) for label, cells in rows}
    assert table["需求"] == [f"{one:.0f}" for one in job.median]
    (response,) = [one for one in job.chances if one.kind == "response"]
    for number, level in enumerate(response.days[0].levels[:-1]):
        cells = table[level.label + ("及以上" if number else "")]
        for cell, day in zip(cells, response.days, strict=True):
            known = day.levels[number].or_worse
            assert cell.endswith(percent(known.at_least))
            assert cell.startswith("≥") == (percent(known.at_least) != percent(known.at_most))
    assert "今后七天" in visit("guo.yi").open("/").text
    assert visit("lingchuan").open("/board/ahead?area=jincheng").status == 404
    assert visit("guo.yi").open("/board/ahead?area=chengqu").status == 404


@pytest.mark.parametrize("person", ["admin", "cheng.jia", "guo.yi", "wang.bing", "niu.ren", "gaoping"])
def test_every_door_that_is_shown_opens_and_what_is_not_shown_is_shut(person: str, seen_night: Seen) -> None:
    _, visit = seen_night
    browser = visit(person)
    bar = browser.open("/").answer.text.partition('aria-label="主导航"')[2].partition("</nav>")[0]
    shown = set(re.findall(r'href="([^"]+)"', bar))
    assert ("/supply" in shown) == ("供需台" in browser.open("/").text), "nor does the board lead there"
    for href, _words, _name in NAVIGATION:
        assert (browser.open(href).status == 200) == (href in shown), href


def test_what_an_untrained_officer_looks_for_is_two_clicks_away(seen_night: Seen) -> None:
    """Call-out, papers, warnings that came in, an incident with its photos: from the board, by links alone."""
    _, visit = seen_night
    browser = visit("cheng.jia")
    board = browser.open("/").links
    assert {"/callout", "/papers", HOME} <= set(board)
    assert "/rooms/jincheng/warnings" in browser.open("/papers").links


def test_who_has_not_answered_stands_with_the_number_to_ring(seen_night: Seen) -> None:
    """Told to settle it by telephone, the duty officer finds the number beside the unit."""
    _, visit = seen_night
    page = visit("cheng.jia").open(f"/incidents/{INCIDENT}")
    calls = page.answer.text.partition('id="calls"')[2].partition("</section>")[0]
    (line,) = [text for text in re.findall(r"<li.*?(?=<li|</ul>)", calls, re.DOTALL) if "城区人民政府</span>" in text]
    assert 'href="tel:03563099055"' in line
