"""Who sees what: two areas side by side, and units that see only what is addressed to them."""

from __future__ import annotations

from typing import Any

import pytest
from web.night import CBM, Night

from zhishou.people.tokens import Scope

BOARDS = ("incidents", "tasks", "duties", "suggestions")


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory):
    """The night as far as the directive, and an incident of the district next to it."""
    made = Night(tmp_path_factory.mktemp("sight")).people()
    made.play(until="acknowledge_directive")
    made.give("chengqu", "incidents", {"title": "城区事件", "place": "chengqu", "subject": "coal_supply_shortage"})
    yield made
    made.close()


def keys(night: Night, person: str, board: str, **params: Any) -> set[str]:
    return {row["key"] for row in night.get(person, f"/api/boards/{board}", **params).json()["rows"]}


def test_each_duty_room_sees_its_own(night: Night):
    assert keys(night, "zhiban", "incidents") == {"jincheng-2026-0001"}
    assert keys(night, "chengqu", "incidents") == {"chengqu-2026-0001"}
    assert keys(night, "shengren", "incidents") == set()
    for board in BOARDS[1:]:
        assert {key.split("-2026")[0] for key in keys(night, "zhiban", board)} <= {
            "jincheng",
            "standing",
            "upkeep/jincheng",
        }, board
        assert keys(night, "chengqu", board).isdisjoint(keys(night, "zhiban", board))
    assert keys(night, "zhiban", "incidents", area="chengqu") == set()
    for person, incident in (
        ("chengqu", "jincheng-2026-0001"),
        ("zhiban", "chengqu-2026-0001"),
        ("shengren", "jincheng-2026-0001"),
    ):
        for part in ("", "/story", "/assessment", "/may"):
            answer = night.get(person, f"/api/incidents/{incident}{part}")
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "post")
        assert night.call(person, "POST", f"/api/incidents/{incident}/what_if", {"facts": {}}).status_code == 403
    assert [one["area"] for one in night.get("zhiban", "/api/rooms").json()["rooms"]] == ["jincheng"]
    assert [one["area"] for one in night.get("admin", "/api/rooms").json()["rooms"]] == [
        "chengqu",
        "jincheng",
        "shanxi",
    ]
    for path in (
        "rooms/chengqu",
        "rooms/chengqu/log",
        "rooms/chengqu/upkeep",
        "rooms/chengqu/posts",
        "areas/chengqu/standing",
    ):
        assert night.get("zhiban", f"/api/{path}").status_code == 403, path


def test_a_unit_sees_what_is_addressed_to_it_and_nothing_else(night: Night):
    seen = night.get("nengyuan", "/api/incidents/jincheng-2026-0001").json()
    whole = night.get("zhiban", "/api/incidents/jincheng-2026-0001").json()
    assert (seen["view"], whole["view"]) == ("addressed", "whole")
    own, all_ = seen["incident"], whole["incident"]
    assert all("unit:jincheng_energy" in task["posts"] for task in own["tasks"].values())
    assert 0 < len(own["tasks"]) < len(all_["tasks"])
    assert list(own["directives"]) == ["d1"]
    for hidden in ("facts", "proposals", "assessed", "casualties", "queries", "reports", "judgements", "settled"):
        assert not own[hidden], hidden
        assert all_[hidden] or hidden in {"judgements", "settled"}, hidden
    assert "unit:jincheng_energy" in seen["names"]
    board = {row["key"].split("/")[1] for row in night.get("nengyuan", "/api/boards/tasks").json()["rows"]}
    assert board == {id_ for id_, task in own["tasks"].items() if task["status"] in {"issued", "accepted", "refused"}}
    line = night.get("nengyuan", "/api/boards/incidents").json()["rows"][0]
    assert line["key"] == "jincheng-2026-0001"
    assert "casualties" not in line["data"]
    assert line["data"]["tasks"] == len(board)
    assert keys(night, "nengyuan", "suggestions") == set()
    assert keys(night, "nengyuan", "duties") == {f"jincheng-2026-0001/{id_}" for id_ in own["duties"]}


def test_a_unit_s_story_is_its_own(night: Night):
    story = night.get("nengyuan", "/api/incidents/jincheng-2026-0001/story").json()["events"]
    types = {event["type"] for event in story}
    assert types <= {"task_issued", "directive_issued", "duty_set", "duty_met", "duty_missed"}
    own = set(night.get("nengyuan", "/api/incidents/jincheng-2026-0001").json()["incident"]["tasks"])
    assert {event["payload"]["task"] for event in story if event["type"] == "task_issued"} == own


def test_a_government_that_must_approve_sees_the_proposal_and_no_more(own: Night):
    own.play(until="approve_proposal")
    seen = own.get("sheng", "/api/incidents/jincheng-2026-0002").json()
    assert seen["view"] == "addressed"
    assert list(seen["incident"]["proposals"]) == ["p1"]
    assert own.give("sheng", "incidents/jincheng-2026-0002/approve_proposal", {"proposal": "p1"}).status_code == 200


def test_pages_together_are_the_whole_board(night: Night):
    for person in ("zhiban", "nengyuan", "admin"):
        for board in BOARDS:
            whole = [row["key"] for row in night.get(person, f"/api/boards/{board}").json()["rows"]]
            found, after = [], ""
            while True:
                page = night.get(person, f"/api/boards/{board}", limit=3, after=after).json()
                found += [row["key"] for row in page["rows"]]
                assert len(page["rows"]) <= 3
                if not (after := page["next"]):
                    break
            assert found == whole, (person, board)


def test_the_story_comes_in_pages(night: Night):
    whole = night.get("zhiban", "/api/incidents/jincheng-2026-0001/story").json()["events"]
    found, after = [], 0
    while after is not None:
        page = night.get("zhiban", "/api/incidents/jincheng-2026-0001/story", after=after, limit=7).json()
        found += page["events"]
        after = page["next"]
    assert found == whole
    assert [event["version"] for event in found] == list(range(1, len(found) + 1))
    assert all(event["label"] and event["post_label"] for event in found)


def test_what_one_may_do_is_what_one_is_not_refused(night: Night):
    """For each option of each command: the desk's own rule lets it, and no command that is let lacks an option."""
    for person in ("zhiban", "bangong", "zhihuizhang", "nengyuan", "jiuhu"):
        found = night.get(person, "/api/incidents/jincheng-2026-0001/may").json()
        by_name = {one["command"]: one for one in found["commands"]}
        assert "open_incident" not in by_name
        assert "file_assessment" not in by_name
        for one in found["commands"]:
            assert one["may"] == bool(one["options"])
            assert (one["refused"] is None) == one["may"]
            assert one["label"]
    may = {
        one["command"]: one
        for one in night.get("zhihuizhang", "/api/incidents/jincheng-2026-0001/may").json()["commands"]
    }
    assert may["end_level"]["options"][0]["fields"] == {"plan": CBM, "ladder": "response"}
    assert may["end_level"]["weighty"]
    unit = {
        one["command"]: one for one in night.get("nengyuan", "/api/incidents/jincheng-2026-0001/may").json()["commands"]
    }
    assert {option["fields"]["task"] for option in unit["accept_task"]["options"]} == set(
        night.get("nengyuan", "/api/incidents/jincheng-2026-0001").json()["incident"]["tasks"]
    )
    assert unit["acknowledge_directive"]["options"] == [
        {"fields": {"directive": "d1", "unit": "市能源局"}, "post": "unit:jincheng_energy", "post_label": "市能源局"}
    ]
    assert unit["propose_level"]["refused"]["clause"]
    reports = [option["fields"] for option in unit["receive_report"]["options"]]
    assert reports == [{"sender": "市能源局"}]


def test_what_if_tells_and_records_nothing(night: Night):
    head = night.house.journal.head()
    path = "/api/incidents/jincheng-2026-0001"
    now = night.get("zhiban", f"{path}/assessment").json()
    supposed = night.call("zhiban", "POST", f"{path}/what_if", {"facts": {"deaths": {"value": 12}}}).json()

    def level(report: dict[str, Any]) -> Any:
        plan = next(one for one in report["plans"] if one["plan"] == CBM)
        return next(one["level"] for one in plan["ladders"] if one["ladder"] == "response")

    assert level(now) != "I"
    assert level(supposed) == "I"  # 4.2.1: ten dead or more is 重大 or worse
    assert night.house.journal.head() == head
    wrong = night.call("zhiban", "POST", f"{path}/what_if", {"facts": {"deaths": {"value": "many"}}})
    assert wrong.status_code == 422


def test_a_token_sees_what_its_account_sees(night: Night):
    headers = {"authorization": f"Bearer {night.token('nengyuan', Scope.READ)}"}
    assert night.http.get("/api/incidents/jincheng-2026-0001", headers=headers).json()["view"] == "addressed"
    assert night.http.get("/api/rooms/jincheng", headers=headers).status_code == 403


def test_a_role_given_in_a_district_shows_the_district_s_incidents_and_not_the_city_s(own: Night):
    """A role (各煤层气抽采企业) is of no area: it counts where it was given and below."""
    role, task = "unit:extraction_enterprises", {"plan": CBM, "text": "关井", "by": ["各煤层气抽采企业"]}
    own.appoint("shengren", "chengqu", role)
    own.play(until="acknowledge_directive")
    assert own.give("bangong", "incidents/jincheng-2026-0001/issue_task", task).status_code == 200
    path, report = "incidents/jincheng-2026-0001", {"sender": "各煤层气抽采企业", "kind": "follow_up", "text": "已关井"}
    assert own.get("shengren", f"/api/{path}").status_code == 403
    for board in BOARDS:
        assert keys(own, "shengren", board) == set()
    assert own.get("shengren", "/r").status_code == 200
    own.appoint("nengyuan", "jincheng", role)
    number = max(own.house.desk.incident("jincheng-2026-0001").tasks, key=lambda id_: int(id_[1:]))
    assert f"jincheng-2026-0001/{number}" in keys(own, "nengyuan", "tasks")
    assert number in own.get("nengyuan", f"/api/{path}").json()["incident"]["tasks"]
    assert own.give("nengyuan", f"{path}/receive_report", report).status_code == 200
    assert "已关井" in {
        one["text"] for one in own.get("nengyuan", f"/api/{path}").json()["incident"]["reports"].values()
    }


def test_who_does_not_see_an_incident_learns_nothing_of_it_from_refusals(night: Night):
    for command, said in (
        ("decide_proposal", {"proposal": "p99"}), ("accept_task", {"task": "t99"}),
        ("lend_resource", {"resource": "s99", "quantity": 1}), ("acknowledge_directive", {"directive": "d99", "unit": "某"}),
        ("issue_task", {"plan": "x/y", "text": "某", "by": ["某"]}), ("reopen_incident", {"reason": "某"}),
    ):  # fmt: skip
        answer = night.give("chengqu", f"incidents/jincheng-2026-0001/{command}", said)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "post"), command
        assert "现有" not in answer.text
