"""Which message becomes which fact: real ones, of known senders, for this area, still in force."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from cap_messages import AT, sample

from zhishou.assess import assess, situation
from zhishou.errors import PackError, ProblemsError
from zhishou.paper.cap.door import parsed
from zhishou.paper.cap.facts import Source, Told, shipped, table, told
from zhishou.paper.cap.reading import Received, read
from zhishou.paper.cap.standing import standings
from zhishou.paper.cap.values import Alert, Area, Info, Named, Severity, Status
from zhishou.plan.load import Library, library

LEXICON = library().lexicon
RULES = table(shipped(), "facts.yaml", LEXICON)
WEATHER = Source("weather", ("14050041600000",))
PROVINCE = Source("province", ("shoubaogong@shanxi.example",), ("省保供办",))
SOURCES = (WEATHER, PROVINCE)


def _told(
    messages: list[Received], at: float = 0, code: str = "140500", sources: tuple[Source, ...] = SOURCES
) -> dict[str, Told]:
    now = AT + timedelta(hours=at)
    return {one.fact: one for one in told(standings(messages, now), RULES, sources, code, LEXICON, now)}


def _cold(text: str = "", *changes: tuple[str, str]) -> Received:
    content = sample("cold_wave").decode()
    for old, new in changes:
        assert old in content
        content = content.replace(old, new)
    return Received(read(parsed(content.encode())), "", f"sm3-{text}", AT)


def _level(
    level: str, *, code: str = "140000", signer: str = "省保供办", status: Status = "Actual", cancels: Received | None = None,
    hour: float = 0, severity: Severity = "Severe",
) -> Received:  # fmt: skip
    info = Info(
        ("Infra",), "天然气供应短缺", "Expected", severity, "Likely",
        parameters=(Named("response_level_of", "迎峰度冬"), Named("response_level", level)),
        areas=(Area("山西省", geocodes=(Named("GB/T 2260", code),)),),
    )  # fmt: skip
    references = () if cancels is None else (cancels.alert.key,)
    alert = Alert(
        f"P{level}{hour}", PROVINCE.senders[0], AT + timedelta(hours=hour), status,
        "Alert" if cancels is None else "Cancel", "Public", references=references, infos=(info,),
    )  # fmt: skip
    return Received(alert, signer, f"sm3-{level}", AT)


def test_a_cold_wave_of_the_weather_service():
    fact = _told([_cold()])["cold_wave_warning"]
    assert fact.value == "橙色"
    assert fact.at == AT.replace(hour=15, minute=30)
    assert "晋城市气象台" in fact.source
    assert "14050041600000_20261215153000" in fact.source
    assert "未签名" in fact.source


def test_the_provinces_level_decides_the_citys(packs: Library):
    """「省启动Ⅲ级响应」 is one of the ways into the city's level II, 4.2.2(3)."""
    fact = _told([_level("Ⅲ")])["province_gas_response_level"]
    assert fact.value == "III"
    found = situation({"facts": {fact.fact: fact.statement()}}, packs.lexicon)
    answer = assess(packs.packs["jincheng/gas-winter-2021"], found, AT)
    response = answer.ladder("response")
    assert response is not None
    assert response.level == "II"


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("140400000000,140500000000", 1), ("140400 140500", 1), ("140400，140521", 1), ("14050041600000", 1),
        ("1405000", 0), ("140400000000,140600000000", 0), ("PRC140500", 0), ("140500-X", 1), ("14050", 0),
        ("123456789140500", 0),
    ],
)  # fmt: skip
def test_one_value_may_hold_several_codes(code: str, facts: int):
    assert len(_told([_level("III", code=code)])) == facts


@pytest.mark.parametrize("status", ["Test", "Exercise", "System", "Draft"])
def test_what_is_not_real_never_becomes_a_fact(status: str):
    assert _told([_cold("", ("<status>Actual", f"<status>{status}"))]) == {}


def test_only_known_senders_count_and_sign_where_they_must():
    assert _told([_cold()], sources=(PROVINCE,)) == {}
    assert _told([_cold("", ("<senderCode>14050041600000", "<senderCode>99999999999999"))]) == {}
    assert _told([_level("III", signer="")]) == {}
    assert _told([_level("III", signer="陌生人")]) == {}


@pytest.mark.parametrize(
    ("code", "counts"),
    [
        ("140500", True), ("140521", True), ("140521001000", True), ("140000", True), ("000000", True),
        ("140800", False), ("140821", False), ("410000", False), ("DE001", False),
    ],
)  # fmt: skip
def test_only_what_concerns_this_area(code: str, counts: bool):  # noqa: FBT001 - a table
    assert bool(_told([_level("III", code=code)])) is counts


def test_a_county_hears_its_city_and_its_province_but_not_its_neighbour():
    assert _told([_cold()], code="140521")
    assert _told([_level("III")], code="140521")
    assert not _told([_level("III", code="140522")], code="140521")


def test_a_message_without_codes_states_nothing():
    message = _level("III")
    bare = replace(message.alert.infos[0], areas=(Area("全省"),))
    assert _told([replace(message, alert=replace(message.alert, infos=(bare,)))]) == {}


def test_an_info_that_ran_out_states_nothing_while_another_of_its_message_stands():
    message = _cold()
    info = message.alert.infos[0]
    later = replace(info, severity="Minor", expires=AT + timedelta(hours=40))
    both = replace(message, alert=replace(message.alert, infos=(info, later)))
    assert _told([both])["cold_wave_warning"].value == "橙色"
    assert _told([both], at=24)["cold_wave_warning"].value == "蓝色"


def test_lifted_is_a_fact_and_run_out_is_none():
    level = _level("III")
    lifted = _told([level, _level("III", cancels=level, hour=1)], at=2)["province_gas_response_level"]
    assert (lifted.value, lifted.at) == ("未启动", AT + timedelta(hours=1))
    assert _told([_cold()], at=0) != {}
    assert _told([_cold()], at=24) == {}


def test_an_update_that_gives_the_all_clear_lifts():
    level = _level("III")
    info = replace(level.alert.infos[0], response_types=("AllClear",))
    update = replace(
        level, alert=replace(
            level.alert, identifier="U", msg_type="Update", references=(level.alert.key,), infos=(info,),
            sent=AT + timedelta(hours=1),
        ),
    )  # fmt: skip
    lifted = _told([level, update], at=2)["province_gas_response_level"]
    assert (lifted.value, lifted.at) == ("未启动", AT + timedelta(hours=1))
    assert _told([update, _level("II", hour=2)], at=3)["province_gas_response_level"].value == "II"


def test_what_ran_out_after_a_lifting_leaves_it_unknown_again():
    first = _cold("first")
    end = _cold(
        "end", (">Alert<", ">Cancel<"), ("20261215153000<", "20261215163000<"),
        ("<references/>", f"<references>{first.alert.identifier}</references>"), ("15:30:00+08:00</sendTime>", "16:30:00+08:00</sendTime>"),
    )  # fmt: skip
    again = _cold(
        "again", ("20261215153000<", "20261215173000<"), ("15:30:00+08:00</sendTime>", "17:30:00+08:00</sendTime>"),
        ("2026-12-16 15:30:00", "2026-12-15 19:00:00"),
    )  # fmt: skip
    assert _told([first, end])["cold_wave_warning"].value == "未发布"
    assert _told([first, end, again]) == {}


def test_of_several_the_worst_counts():
    assert _told([_level("IV"), _level("II", hour=-1), _level("III")])["province_gas_response_level"].value == "II"


def test_a_word_that_the_table_does_not_know_states_nothing():
    assert _told([_level("五")]) == {}


def test_every_fact_and_value_of_the_shipped_table_is_in_the_lexicon():
    for rule in RULES:
        for value in {*rule.map.values(), rule.lifted}:
            situation({"facts": {rule.fact: value}}, LEXICON)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- {fact: no_such, source: x, when: {}, value: severity, map: {}, lifted: a}", "词库里没有要素"),
        (
            "- {fact: cold_wave_warning, source: x, when: {}, value: severity, map: {Minor: 紫}, lifted: 未发布}",
            "没有取值",
        ),
        ("- {fact: cold_wave_warning}", "缺少"),
        ("- {fact: cold_wave_warning, wrong: 1}", "不认识的键"),
        ("nothing", "nothing"),
        ("- [", "YAML"),
    ],
)
def test_a_wrong_table_is_told_with_its_line(text: str, said: str):
    with pytest.raises((ProblemsError, PackError), match=said) as caught:
        table(text, "mine.yaml", LEXICON)
    assert "mine.yaml:" in str(caught.value)
