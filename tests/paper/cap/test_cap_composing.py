"""From the record to the chain of messages: what refers to what, and that an exercise is never real."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, replace
from datetime import timedelta

import pytest
from cap_messages import AT, ISSUER, PARTICULARS, chain, decided, ended, on_record, one_notice
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from zhishou import clock
from zhishou.acts import Event
from zhishou.errors import ProblemsError, ZhishouError
from zhishou.incident.facts import FactsStated
from zhishou.incident.levels import LevelDecided
from zhishou.paper.cap import national, schema
from zhishou.paper.cap.composing import Particulars, Wording, event_of, events, notice
from zhishou.paper.cap.door import parsed
from zhishou.paper.cap.national import Method, NationalSender
from zhishou.paper.cap.notices import EXERCISE_MARK, Notice
from zhishou.paper.cap.reading import read
from zhishou.paper.cap.writing import written
from zhishou.plan.load import Library, library
from zhishou.plan.pack import Pack

GAS = library().packs["jincheng/gas-winter-2021"]
WELL = library().packs["jincheng/cbm-surface-2020"]
SENDER = NationalSender(
    "14050000000000", "晋城市人民政府", "张某", (Method("SMS", ("G01",)),),
    {event_of(GAS).name: "12E01", event_of(WELL).name: "12A01"},
)  # fmt: skip
LEVELS = ("I", "II", "III", "IV")


def _chain(events_: list[Event], pack: Pack = GAS, *, exercise: bool = False) -> tuple[Notice, ...]:
    return chain(on_record(events_, exercise=exercise), pack, ISSUER, lambda _: PARTICULARS)


def test_alert_updates_and_cancel_each_refer_to_all_before():
    made = _chain(
        [decided(GAS, "III"), decided(GAS, "II", was="III"), decided(GAS, "III", was="II"), ended(GAS, "III")]
    )
    assert [one.msg_type for one in made] == ["Alert", "Update", "Update", "Cancel"]
    sent = [read(parsed(written(one))) for one in made]
    for index, alert in enumerate(sent):
        assert alert.references == tuple(one.key for one in sent[:index])
    assert [alert.infos[0].severity for alert in sent] == ["Moderate", "Severe", "Moderate", "Moderate"]
    assert [alert.infos[0].headline for alert in sent] == [
        "晋城市人民政府发布天然气供应短缺黄色预警", "晋城市人民政府发布天然气供应短缺橙色预警",
        "晋城市人民政府发布天然气供应短缺黄色预警", "晋城市人民政府解除天然气供应短缺黄色预警",
    ]  # fmt: skip
    last = sent[-1].infos[0]
    assert (last.response_types, last.urgency, last.onset, last.expires) == (("AllClear",), "Past", None, None)


def test_what_the_public_reads_names_plan_clause_time_and_place():
    alert = read(parsed(written(one_notice(GAS))))
    text = alert.infos[0].description
    for said in (
        "晋城市天然气（煤层气）迎峰度冬保供应急预案",
        "第3.2条",
        "2026年12月15日20时30分",
        "橙色预警",
        "晋城市。",
    ):
        assert said in text
    assert alert.infos[1].language == "en"
    assert alert.infos[1].headline == "Orange warning of natural gas shortage issued by Jincheng Municipal Government"
    assert {one.name: one.value for one in alert.infos[0].parameters} == {
        "plan": "晋市政办〔2021〕23号", "level": "II", "colour": "Orange", "clause": "3.2",
    }  # fmt: skip


def test_a_second_warning_after_the_first_was_lifted_begins_anew():
    made = _chain([decided(GAS, "IV"), ended(GAS, "IV"), decided(GAS, "III"), ended(GAS, "III")])
    assert [one.msg_type for one in made] == ["Alert", "Cancel", "Alert", "Cancel"]
    assert [len(one.follows) for one in made] == [0, 1, 0, 1]
    assert len({one.identifier for one in made}) == 4


def test_what_is_no_warning_of_this_plan_sends_nothing():
    response = decided(GAS, "II").model_copy(update={"ladder": "response"})
    assert _chain([response, decided(WELL, "III"), FactsStated(facts={}), ended(GAS, "II")]) == ()


def test_what_the_province_publishes_we_do_not_but_ours_does_not_stand_beside_it():
    province = decided(WELL, "II", authority="省人民政府")
    assert _chain([province], WELL) == ()
    made = _chain(
        [decided(WELL, "III"), decided(WELL, "II", was="III", authority="省人民政府"), ended(WELL, "II")], WELL
    )
    assert [one.msg_type for one in made] == ["Alert", "Update", "Cancel"]
    assert "省人民政府于" in made[1].infos[0].description


@pytest.mark.parametrize(
    ("hours", "urgency"), [(None, "Immediate"), (-1, "Immediate"), (0.5, "Expected"), (6, "Future")]
)
def test_urgency_follows_the_standards_words(hours: float | None, urgency: str):
    """CAP 1.2, 3.2.2: Immediate, Expected (within the next hour), Future."""
    onset = None if hours is None else AT + timedelta(hours=hours)
    made = chain(on_record([decided(GAS, "II")]), GAS, ISSUER, lambda _: replace(PARTICULARS, onset=onset))
    assert made[0].infos[0].urgency == urgency


def test_every_subject_of_a_plan_with_warnings_has_a_public_name(packs: Library):
    for pack in packs.packs.values():
        if pack.warning is not None:
            assert event_of(pack).category
    assert set(events()) <= set(packs.lexicon.subjects)


def test_the_inner_reasons_do_not_go_out():
    event = decided(GAS, "II").model_copy(update={"note": "内部：某企业断供"})
    end = ended(GAS, "II").model_copy(update={"reason": "内部：某企业恢复"})
    for one in _chain([event, end]):
        assert "内部" not in written(one).decode()
        assert "内部" not in national.written(one, SENDER).decode()


def test_people_may_word_it_themselves():
    words = Wording("zh-CN", "请节约用气", "今晚起供气紧张。", "调低温度。")
    made = chain(on_record([decided(GAS, "II")]), GAS, ISSUER, lambda _: Particulars(("gaoping",), (words,)))
    info = read(parsed(written(made[0]))).infos[0]
    assert (info.headline, info.description, info.instruction) == ("请节约用气", "今晚起供气紧张。", "调低温度。")
    assert info.areas[0].description == "高平市"


COURSE = st.lists(st.one_of(st.sampled_from(LEVELS), st.none()), min_size=1, max_size=8)


@settings(max_examples=40, deadline=None)
@given(COURSE, st.booleans())
def test_any_course_of_levels(course: list[str | None], exercise: bool):  # noqa: FBT001 - drawn
    """Every message has the schema's shape; a cancel always refers; an exercise is never real, in either profile."""
    happened: list[Event] = []
    level = ""
    for one in course:
        if one is not None:
            happened.append(decided(GAS, one, was=level))
        elif level:
            happened.append(ended(GAS, level))
        level = one or ""
    open_: list[str] = []
    for made in _chain(happened, exercise=exercise):
        root = parsed(written(made))
        assert schema.problems(root) == []
        alert = read(root)
        assert [one.identifier for one in alert.references] == open_
        assert (alert.msg_type == "Alert") is (open_ == [])
        open_ = [] if alert.msg_type == "Cancel" else [*open_, alert.identifier]
        told = parsed(national.written(made, SENDER))
        assert schema.problems(told, "national") == []
        other = read(told)
        assert (alert.status, other.status) == (("Exercise", "Test") if exercise else ("Actual", "Actual"))
        marked = [text for one in (*alert.infos, *other.infos) for text in (one.headline, one.description)]
        assert all(text.startswith(EXERCISE_MARK) is exercise for text in marked)
        assert (b"Actual" in written(made) + national.written(made, SENDER)) is not exercise


def test_no_field_of_a_notice_says_whether_it_is_real():
    """The status follows from the record and from nothing that a caller could set."""
    assert {one.name for one in fields(Notice)} & {"status", "exercise", "sent", "actual", "test"} == set()
    drill = one_notice(GAS, exercise=True)
    with pytest.raises((FrozenInstanceError, AttributeError, TypeError)):
        drill.status = "Actual"  # type: ignore[misc]
    with pytest.raises((FrozenInstanceError, AttributeError, TypeError)):
        drill.happened.exercise = False  # type: ignore[misc]
    with pytest.raises(TypeError):
        replace(drill, status="Actual")  # type: ignore[call-arg]


def test_an_exercise_cannot_lift_a_real_warning_nor_the_other_way_round():
    real, drill = one_notice(GAS), one_notice(GAS, exercise=True)
    for one, other in ((real, drill), (drill, real)):
        with pytest.raises(ProblemsError, match="不能互相更新或解除"):
            replace(one, msg_type="Cancel", follows=(other.published,))


def test_an_exercise_has_identifiers_of_its_own():
    """A drill keeps a journal of its own, whose positions begin at one again."""
    assert one_notice(GAS).identifier != one_notice(GAS, exercise=True).identifier


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"msg_type": "Cancel"}, "没有指明原来的预警"),
        ({"msg_type": "Update"}, "没有指明原来的预警"),
        ({"infos": ()}, "没有正文"),
        ({"identifier": "a b"}, "不能用"),
        ({"identifier": "a,b"}, "不能用"),
        ({"sender": ""}, "不能用"),
        ({"sender": "a<b"}, "不能用"),
        ({"note": "a\x00"}, "控制字符"),
    ],
)
def test_what_cannot_go_out(change: dict[str, object], said: str):
    with pytest.raises(ProblemsError, match=said):
        replace(one_notice(GAS), **change)  # type: ignore[arg-type]


def test_unreadable_characters_anywhere_are_found():
    words = Wording("zh-CN", "", "供气\ud800紧张")
    with pytest.raises(ProblemsError, match="控制字符"):
        chain(on_record([decided(GAS, "II")]), GAS, ISSUER, lambda _: Particulars(("gaoping",), (words,)))


def test_an_area_without_a_code_is_told():
    with pytest.raises(ZhishouError, match="没有行政区划代码"):
        chain(on_record([decided(GAS, "II")]), GAS, ISSUER, lambda _: Particulars(("kaifaqu",)))


def test_the_same_record_gives_the_same_bytes():
    assert written(one_notice(GAS)) == written(one_notice(GAS))
    assert isinstance(one_notice(GAS).happened.event, LevelDecided)
    assert one_notice(GAS).sent == clock.moment("2026-12-15T20:30:07")


def test_the_official_schema_is_the_one_that_is_shipped():
    """Its namespace, root and the count of its elements as OASIS published them (CAP 1.2, section 3.4)."""
    root = etree.fromstring(schema.files("zhishou.paper.cap").joinpath("data/CAP-v1.2.xsd").read_bytes())
    xs = "{http://www.w3.org/2001/XMLSchema}"
    assert root.get("targetNamespace") == "urn:oasis:names:tc:emergency:cap:1.2"
    assert len(list(root.iter(f"{xs}enumeration"))) == 5 + 5 + 3 + 12 + 9 + 5 + 5 + 5
    assert "Copyright OASIS Open 2010" in str(root.getprevious())


def test_names_and_clauses_are_written_as_papers_write_them():
    """晋城市人民政府 is bound by GB/T 15835 and the Gazette's way of citing: 第3.2条第（1）项, no ids."""
    above = decided(GAS, "II", was="III", authority="superior_headquarters")
    above = above.model_copy(update={"clause": ("3.2(1)", "3.2(2)")})
    text = _chain([decided(GAS, "III"), above])[1].infos[0].description
    assert "第3.2条第（1）、（2）项" in text
    assert "superior" not in text
    assert f"{GAS.lexicon.organisations['superior_headquarters'].label}于" in text


def test_told_anew_it_follows_its_own_last_message_under_a_name_of_its_own():
    (happened,) = on_record([decided(GAS, "II")])
    first = notice(happened, GAS, ISSUER, PARTICULARS)
    assert first is not None
    longer = replace(PARTICULARS, expires=AT + timedelta(days=3), note="寒潮持续")
    for at in (AT + timedelta(hours=5), AT):  # also where the clock stands still, or was set back
        again = notice(happened, GAS, ISSUER, longer, [first.published], renewed=at)
        assert again is not None
        alert = read(parsed(written(again)))
        assert (alert.msg_type, alert.note) == ("Update", "寒潮持续")
        assert [one.identifier for one in alert.references] == [first.identifier]
        assert again.identifier != first.identifier
        assert again.sent > first.sent
        assert national.identifier(again.sent, SENDER) != national.identifier(first.sent, SENDER)
        assert "更新说明：寒潮持续。" in alert.infos[0].description
        assert "调整为" not in alert.infos[0].description
        assert schema.problems(parsed(written(again))) == []
    with pytest.raises(ZhishouError, match="不能再更新"):
        notice(happened, GAS, ISSUER, longer, [], renewed=AT)
