"""Whom nothing reaches the duty room rings up itself, and writes down who answered."""

from __future__ import annotations

from web.called import Calling, rounds

from zhishou.callout.league import course


def test_the_duty_room_rings_a_unit_up_and_writes_down_who_answered(calling: Calling):
    night, house = calling.night, calling.night.house
    silent = next(one for one in house.callout.of(calling.incident) if one.status == "unanswered" and one.matter)
    assert silent.matter is not None
    unit = silent.matter.party.label

    def said(by: str, **form: str) -> int:
        return night.call(
            by, "POST", f"/incidents/{calling.incident}/calls/rung",
            headers={"content-type": "application/x-www-form-urlencoded"},
            data={"_csrf": night.headers(by)["x-csrf-token"], "call": silent.id, **form}, follow_redirects=False,
        ).status_code  # fmt: skip

    page = night.get("zhiban", f"/incidents/{calling.incident}").text
    assert "电话已打通，登记" in page
    assert said("xuanchuan", who="我") == 403  # it is not for a unit to say that another was reached
    assert said("bangong", who="我") == 403
    assert said("zhiban", who="  ") == 422
    assert said("zhiban", who="张\u202e三") == 422
    assert house.callout.calls.get(silent.id).open
    assert said("zhiban", who="张三", note="已知道，马上到岗；打的 0356 那部") == 303
    call = house.callout.calls.get(silent.id)
    assert call.status == "answered"
    assert call.answered is not None
    assert (call.answered.name, call.answered.how, call.answered.by) == (
        "张三",
        "phone",
        house.gate.accounts.get("zhiban").name,
    )
    entry = next(one for one in reversed(house.desk.journal.read(silent.id)) if one.type == "call_answered")
    assert (entry.person, entry.post) == ("zhiban", "duty:jincheng")
    calling.gateway.asked.clear()
    rounds(night)
    assert unit not in "".join(str(one.json) for one in calling.gateway.asked)
    page = night.get("zhiban", f"/incidents/{calling.incident}").text
    assert "张三接电话" in page
    assert "已知道，马上到岗" in page
    assert any(one.text.startswith(f"{unit}张三应答（接电话，") for one in course([call]))
    assert said("zhiban", who="李四") == 409  # it is over, and who was reached first stays
    assert house.callout.calls.get(silent.id).answered == call.answered
