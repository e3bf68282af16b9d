"""What waits for somebody stands on top of his board, with the way to it; what waits for others stands below, without a button."""

from __future__ import annotations

import re

import made_up_night
import pytest
from web.console.conftest import Visits
from web.console.lists import drafted, give
from web.console.pages import Page
from web.console.served import INCIDENT, Evening

from zhishou.incident.cutting import AdjustCutList, SendCutList, SignCutList
from zhishou.incident.opening import OpenIncident
from zhishou.incident.proposals import ProposeLevel
from zhishou.watch.commands import OfferShiftHandover
from zhishou.web.console import board

Own = tuple[Evening, Visits]
LIST = f"/supply/cuts/{INCIDENT}/k1"


def _card(page: Page) -> str:
    """The first card of the board, as text."""
    card = page.answer.text.partition("<section")[2].partition("</section>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", card).split())


def test_a_cut_list_waits_for_the_post_that_signs_and_then_for_the_office(own_night: Own) -> None:
    one, visit = own_night
    drafted(one)
    for person, verb, other in (("wang.bing", "签发", "guo.yi"), ("guo.yi", "下达", "niu.ren")):
        page = visit(person).open("/")
        assert re.match(r".*?等您办理 1 件 第1号压减清单，压减 4\.75 万立方米 等您" + verb, _card(page)), _card(page)
        assert page.links.count(LIST) == 2
        assert f"等您{verb}" not in visit(other).open("/").text
        assert f"第1号压减清单，压减 4.75 万立方米 等{verb}" in visit("cheng.jia").open("/").text or person == "guo.yi"
        if verb == "签发":
            give(one, "wang.bing", SignCutList(list="k1"))
    give(one, "guo.yi", SendCutList(list="k1"))
    assert "等您办理" not in visit("guo.yi").open("/").text


def test_whoever_changed_the_figures_of_a_list_is_not_asked_to_sign_it(own_night: Own) -> None:
    one, visit = own_night
    cut = drafted(one).house.desk.incident(INCIDENT).cut_lists["k1"].lines[2].cut
    change = AdjustCutList(list="k1", changes=({"line": 3, "amount": cut - 0.1},), reason="商场留一路供暖")
    give(one, "wang.bing", change)
    assert "等您签发" not in visit("wang.bing").open("/").text
    assert "等签发" in visit("cheng.jia").open("/").text


def test_a_list_whose_hours_are_over_waits_for_nobody(own_night: Own) -> None:
    one, visit = own_night
    list_ = drafted(one).house.desk.incident(INCIDENT).cut_lists["k1"]
    one.clock.at = list_.until
    one.forget()
    assert "第1号压减清单" not in visit("wang.bing").open("/").text


def test_a_decision_is_on_top_though_the_board_has_no_room_for_its_incident(
    own_night: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, visit = own_night
    drafted(one)
    desk = one.house.desk
    opening = OpenIncident(title="沁水县门站检修", subject="gas_supply_shortage", place="qinshui")
    id_ = desk.open(opening, desk.actor("cheng.jia", "程甲"), area="jincheng", key="second").incident
    desk.give(
        id_, ProposeLevel(plan=made_up_night.GAS, level="III", reason="缺口扩大"), desk.actor("guo.yi", "郭乙"), key="p"
    )
    monkeypatch.setattr(board, "INCIDENTS", 1)
    page = visit("wang.bing").open("/")
    assert "等您办理 2 件" in _card(page)
    assert f"/incidents/{id_}/do/decide_proposal?proposal=p1" in page.links
    assert LIST in page.links
    assert "等您办理" not in visit("guo.yi").open("/").text, "who proposed it does not decide it"


def test_a_shift_handed_over_waits_for_whoever_takes_it(own_night: Own) -> None:
    one, visit = own_night
    desk = one.house.desk
    offer = OfferShiftHandover(person="qin.ji", person_name="秦己", memo="阳城供气紧张")
    desk.keep("jincheng", offer, desk.actor("cheng.jia", "程甲"), key="offer")
    assert "程甲交班 等您签字接班" in _card(visit("qin.ji").open("/"))
    assert "/desk?area=jincheng#handover" in visit("qin.ji").open("/").links
    assert "等您办理" not in visit("cheng.jia").open("/").text
