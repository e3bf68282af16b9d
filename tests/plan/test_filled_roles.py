"""Which roles of a plan the place of an incident fills by itself."""

from __future__ import annotations

import pytest

from zhishou.plan.load import Library
from zhishou.plan.posts import filled_roles, is_county, own_government, post_label


@pytest.mark.parametrize(
    ("area", "county"),
    [
        ("shanxi", False),
        ("jincheng", False),
        ("yuncheng", False),
        ("qinshui", True),
        ("gaoping", True),
        ("chengqu", True),
    ],
)
def test_a_county_shares_its_citys_dialling_code(packs: Library, area: str, county: bool):  # noqa: FBT001 - a column
    assert is_county(packs.lexicon, area) is county


def test_the_county_fills_what_the_citys_plan_leaves_to_the_place(packs: Library):
    for desk in ("jincheng", "qinshui"):
        found = filled_roles(packs.lexicon, "qinshui", desk)
        assert found["incident_government"] == ("qinshui_government",)
        assert found["incident_emergency"] == ("qinshui_emergency",)
        assert "incident_unit" not in found


def test_a_citys_own_government_is_nobodys_county(packs: Library):
    """运城市的县不在词库里：事发地政府由人填明，不是市政府。"""
    for city in ("yuncheng", "jincheng"):
        assert "incident_government" not in filled_roles(packs.lexicon, city, city)


def test_governments_from_the_county_upward_are_the_citys_and_its_counties(packs: Library):
    found = filled_roles(packs.lexicon, "jincheng", "jincheng")
    assert found["governments_from_county"][0] == "jincheng_government"
    assert set(found["governments_from_county"][1:]) == set(found["governments_county"])
    assert found["superior_government"] == ("shanxi_government",)


def test_a_districts_government_is_not_one_of_its_towns(packs: Library):
    assert own_government(packs.lexicon, "chengqu") == "chengqu_government"


def test_nobody_is_shown_an_english_post(packs: Library):
    assert post_label("anyone", packs.packs, packs.lexicon) == "任何在岗人员"
