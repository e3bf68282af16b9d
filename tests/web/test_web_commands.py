"""Commands over HTTP: carried out once, never over somebody else's, when they happened, and for whom."""

from __future__ import annotations

from web.night import CBM, Night

from zhishou import clock
from zhishou.journal import verify
from zhishou.web import numbers
from zhishou.web.schema import words

OPEN = {"title": "城区一泵站停运", "place": "chengqu"}


def opened(night: Night) -> str:
    answer = night.give("zhiban", "incidents", OPEN)
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/incidents/{answer.json()['incident']}"
    return str(answer.json()["incident"])


def test_the_same_key_is_carried_out_once(night: Night):
    first = night.give("zhiban", "incidents", OPEN, key="same").json()
    head = night.house.journal.head().position
    again = night.give("zhiban", "incidents", OPEN, key="same")
    assert again.status_code == 201
    assert again.json() == first | {"repeated": True}
    assert night.house.journal.head().position == head
    other = night.give("zhiban", "incidents", OPEN | {"title": "另一件"}, key="same")
    assert (other.status_code, other.json()["error"]["code"]) == (409, "repeated_key")


def test_a_key_is_the_caller_s_own(night: Night):
    incident = opened(night)
    note = (f"incidents/{incident}/add_note", {"text": "同一编号"})
    positions = [
        night.give(person, *note, key="mine").json()["events"][0]["position"] for person in ("zhiban", "bangong")
    ]
    assert len(set(positions)) == 2
    # nor can anybody use up the key under which the desk itself records a passed deadline
    taken = night.give("zhiban", *note, key=f"missed/{incident}/1").json()
    assert not taken["repeated"]
    assert night.house.journal.of_command(f"missed/{incident}/1") == ()


def test_nobody_writes_over_what_he_has_not_seen(night: Night):
    incident = opened(night)
    seen = night.get("zhiban", f"/api/incidents/{incident}")
    version = seen.json()["version"]
    assert seen.headers["etag"] == f'"{version}"'
    note = f"incidents/{incident}/add_note"
    assert night.give("zhiban", note, {"text": "甲"}, if_match=f'"{version}"').json()["version"] == version + 1
    stale = night.give("bangong", note, {"text": "乙"}, if_match=f'"{version}"')
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "stale")
    assert stale.json()["error"]["version"] == version + 1
    assert stale.headers["etag"] == f'"{version + 1}"'
    assert night.give("bangong", note, {"text": "乙"}, if_match=f"W/{stale.headers['etag']}").status_code == 200
    assert night.give("bangong", note, {"text": "丙"}, if_match="*").status_code == 200
    assert night.give("bangong", note, {"text": "丁"}, if_match="latest").status_code == 422


def test_who_may_not_is_told_so_and_not_what_others_did(night: Night):
    incident = opened(night)
    report = words()["receive_report"]["example"]
    for where, body in (
        (f"incidents/{incident}/receive_report", report), ("rooms/jincheng/begin_shift", {"absence": "x"}),
        ("rooms/jincheng/plan_shifts", {"shifts": []}),
    ):  # fmt: skip
        error = night.give("shengren", where, body, if_match='"1"').json()["error"]
        assert error["code"] == "post", where
        assert error.get("version") is None


def test_a_repeated_command_is_no_stale_one(night: Night):
    incident = opened(night)
    version = night.get("zhiban", f"/api/incidents/{incident}").json()["version"]
    sent = (f"incidents/{incident}/add_note", {"text": "断线重发"})
    first = night.give("zhiban", *sent, key="twice", if_match=f'"{version}"')
    again = night.give("zhiban", *sent, key="twice", if_match=f'"{version}"')
    assert first.status_code == again.status_code == 200
    assert again.json()["repeated"]


def test_what_happened_earlier_is_recorded_as_earlier(night: Night):
    incident = opened(night)
    night.later(30)
    earlier = (night.at - clock.span(10)).isoformat()
    answer = night.give("zhiban", f"incidents/{incident}/add_note", {"text": "补记"}, x_happened_at=earlier)
    event = answer.json()["events"][0]
    assert clock.moment(event["at"]) == night.at - clock.span(10)
    assert clock.moment(event["recorded"]) == night.at
    later = (night.at + clock.span(10)).isoformat()
    refused = night.give("zhiban", f"incidents/{incident}/add_note", {"text": "预记"}, x_happened_at=later)
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "missing")


def test_a_refusal_names_clause_plan_and_who_may(night: Night):
    incident = night.give("zhiban", "incidents", OPEN | {"plans": [CBM]}).json()["incident"]
    body = {"plan": CBM, "level": "II", "reason": "x"}
    error = night.give("zhiban", f"incidents/{incident}/propose_level", body).json()["error"]
    assert (error["code"], error["clause"], error["plan"]) == ("post", ["4.2.2"], CBM)
    assert "办公室" in error["mend"]
    assert night.give("bangong", f"incidents/{incident}/propose_level", body).status_code == 200
    missing = night.give("zhihuizhang", f"incidents/{incident}/refuse_proposal", {"proposal": "p1", "reason": " "})
    assert (missing.status_code, missing.json()["error"]["code"]) == (422, "missing")
    night.appoint("bangong", "jincheng", f"{CBM}:commander")
    own_one = night.give("bangong", f"incidents/{incident}/decide_proposal", {"proposal": "p1"})
    assert (own_one.status_code, own_one.json()["error"]["code"]) == (403, "own_proposal")
    assert night.give("zhihuizhang", f"incidents/{incident}/decide_proposal", {"proposal": "p1"}).status_code == 200
    done = night.give("zhihuizhang", f"incidents/{incident}/decide_proposal", {"proposal": "p1"})
    assert (done.status_code, done.json()["error"]["code"]) == (409, "state")


def test_facts_that_cannot_be_are_told_all_at_once(night: Night):
    incident = opened(night)
    facts = {"city_gas_gap_pct": {"value": -3}, "no_such_fact": {"value": 1}}
    error = night.give("zhiban", f"incidents/{incident}/state_facts", {"facts": facts}).json()["error"]
    assert error["code"] == "invalid"
    assert len(error["problems"]) == 2


def test_whose_room_an_incident_is_opened_at(own: Night):
    assert own.give("chengqu", "incidents", OPEN).json()["incident"] == "chengqu-2026-0001"
    assert own.give("zhiban", "incidents", OPEN).json()["incident"] == "jincheng-2026-0001"
    own.appoint("zhiban", "chengqu", "duty:chengqu")
    both = own.give("zhiban", "incidents", OPEN)
    assert (both.status_code, both.json()["error"]["where"]) == (422, "area")
    assert own.give("zhiban", "incidents?area=chengqu", OPEN).json()["incident"] == "chengqu-2026-0002"
    assert own.give("zhiban", "incidents?area=atlantis", OPEN).status_code in {404, 422}


def test_commands_are_counted_by_name_and_outcome(night: Night):
    def count(outcome: str) -> float:
        return numbers.COMMANDS.labels("add_note", outcome)._value.get()  # noqa: SLF001 - the figure itself

    incident = opened(night)
    before = {outcome: count(outcome) for outcome in ("done", "repeated", "post")}
    night.give("zhiban", f"incidents/{incident}/add_note", {"text": "一"}, key="counted")
    night.give("zhiban", f"incidents/{incident}/add_note", {"text": "一"}, key="counted")
    night.give("shengren", f"incidents/{incident}/add_note", {"text": "一"})
    assert {outcome: count(outcome) - before[outcome] for outcome in before} == {"done": 1, "repeated": 1, "post": 1}


def test_after_all_of_it_the_record_is_whole(night: Night):
    assert verify(night.house.journal).good
