"""What the console tells those for whom something is not: nothing of the duty log, of the story, or by a token."""

from __future__ import annotations

from datetime import timedelta

import httpx
from web.console.conftest import Visits
from web.console.pages import Form, Page, Visitor
from web.console.served import INCIDENT, Evening

from zhishou.incident.tasks import FinishTask, IssueTask
from zhishou.people.tokens import Scope

Own = tuple[Evening, Visits]
ROOM = "/rooms/jincheng/do"
HOME = f"/incidents/{INCIDENT}"


def _forged(browser: Visitor, path: str, **filled: str) -> Page:
    """A form that no page of ours gave."""
    return browser.send(Form(path, "post"), {"_csrf": browser.open("/r").csrf, "_seen": "1", **filled})


def test_a_duty_room_tells_nothing_of_itself_to_those_outside(own_night: Own) -> None:
    """Neither a form known to be stale nor one that is refused shows the log, who holds which post, or who has an account."""
    one, visit = own_night
    log = {entry.text for entry in one.house.desk.log("jincheng")}
    names = {account.name for account in one.house.gate.accounts.all() if account.id not in {"zhang.wu", "admin"}}
    zhang = visit("zhang.wu")
    for name in ("begin_shift", "write_log", "plan_shifts", "delegate_posts", "record_drill", "appoint_to_post"):
        found = _forged(zhang, f"{ROOM}/{name}", _step="do")
        assert found.status in {403, 409, 422}, name
        assert not [text for text in log | names if text in found.answer.text], name
    for name in ("begin_shift", "write_log"):
        assert _forged(zhang, f"{ROOM}/{name}", text="x", occurred="2026-12-15T20:00", category="call").status == 403


def test_a_unit_delegates_its_own_post_and_sees_no_others(own_night: Own) -> None:
    one, visit = own_night
    zhang = visit("zhang.wu")
    assert f"{ROOM}/delegate_posts?_next=/me" in zhang.open("/me").links
    asked = zhang.open(f"{ROOM}/delegate_posts?_next=/me")
    assert asked.status == 200
    assert "王丙" not in asked.text
    until = f"{one.clock.at + timedelta(days=2):%Y-%m-%dT%H:%M}"
    typed = {
        "posts": "unit:jincheng_publicity",
        "person": "wei.xin",
        "document": "委托书",
        "reason": "外出",
        "until": until,
    }
    sent = zhang.send(asked.form("delegate_posts"), typed)
    assert (sent.status, sent.answer.headers["location"]) == (303, "/me")
    assert "unit:jincheng_publicity" in one.house.desk.actor("wei.xin", "卫辛").delegated


def test_a_stale_form_tells_a_unit_its_own_part_of_the_story_alone(own_night: Own) -> None:
    one, visit = own_night
    desk = one.house.desk
    guo, zhang = desk.actor("guo.yi", "郭乙"), visit("zhang.wu")
    wish = IssueTask(plan="jincheng/gas-winter-2021", text="发布节约用气提示", by=("市委宣传部",))
    desk.give(INCIDENT, wish, guo, key="unit/1")
    task = next(id_ for id_, task in desk.incident(INCIDENT).tasks.items() if task.text == wish.text)
    form = zhang.open(f"{HOME}/do/finish_task?task={task}").form("finish_task")
    visit("cheng.jia").do(INCIDENT, "add_note", {"text": "书记来电，暂不公开"})
    desk.give(INCIDENT, FinishTask(task=task, note="已先行办理"), desk.actor("zhang.wu", "张戊"), key="unit/2")
    for sent in (zhang.send(form, {"note": "已发"}), zhang.send(form, {"note": "已发", "_seen": "1"})):
        assert sent.status in {409, 422}
        assert "暂不公开" not in sent.answer.text
        assert "高平" not in sent.text
    stale = zhang.send(form, {"note": "已发"})
    assert "已先行办理" in stale.text or stale.status == 422


def test_a_token_opens_no_page_and_sends_no_form(own_night: Own) -> None:
    one, _ = own_night
    until = one.clock.at + timedelta(days=30)
    issued = one.house.gate.tokens.make("cheng.jia", "试", set(Scope), until, one.clock.at, "admin")
    headers = {"authorization": f"Bearer {issued.secret.get_secret_value()}"}
    before = one.house.desk.incident(INCIDENT).version
    with httpx.Client(base_url=one.address, headers=headers) as machine:
        for path in ("/", HOME, "/desk", "/me", "/papers", "/r"):
            answer = machine.get(path)
            assert answer.status_code == 403, path
            assert "令牌" in answer.text
            assert "程甲" not in answer.text
        for path in (f"{HOME}/do/add_note", f"{ROOM}/write_log", "/incidents/new", "/r/report", "/me/code"):
            assert machine.post(path, data={"text": "x", "code": "1"}).status_code == 403, path
    assert one.house.desk.incident(INCIDENT).version == before
