"""What a message asks for can be done, and a short message is short, whatever the names in it."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
from calling_rooms import GAS, NIGHT, City, jincheng, shortage
from hypothesis import given
from hypothesis import strategies as st

from zhishou.callout.channels.wording import short_text, whole_text
from zhishou.callout.matters import KINDS, Matter, Party
from zhishou.callout.own_texts import read_texts
from zhishou.callout.texts import SHORT, About, said
from zhishou.errors import PackError
from zhishou.incident.tasks import IssueTask
from zhishou.plan.posts import unit_post

SITE = "https://duty.example.cn"


def texts(link: bool, hears: tuple[str, ...]) -> dict[str, str]:  # noqa: FBT001 - a column
    """By channel, what arrives."""
    city = jincheng(City(link=link, hears=hears))
    city.appoint("jincheng", unit_post("jincheng_public_security"), "u1", "voice", "sms", "wecom", "mail")
    incident = shortage(city)
    city.give(incident, "zhihui", IssueTask(plan=GAS, text="封路", by=("市公安局",)))
    city.until(NIGHT.replace(hour=23))
    found = {}
    for kind, gateway in city.gateways.items():
        for one in gateway.given:
            if one.kind == "task":
                whole = one.text if kind == "voice" else whole_text(one, SITE if link else "")
                found[kind] = short_text(one) if kind == "sms" else whole
    return found


@pytest.mark.parametrize(
    ("link", "hears", "asked"),
    [
        (True, ("sms", "voice"), {"sms": r"收到回\d{4}", "voice": "收到请按1", "wecom": "/a/", "mail": "/a/"}),
        (False, ("sms", "voice"), {"sms": r"收到回\d{4}", "voice": "收到请按1", "wecom": "登录", "mail": "登录"}),
        (True, (), {"sms": "请登录值守应答", "voice": "请登录值守应答", "wecom": "/a/", "mail": "/a/"}),
        (False, (), dict.fromkeys(("sms", "voice", "wecom", "mail"), "请登录值守应答")),
    ],
)
def test_nobody_is_asked_for_what_nothing_would_hear_of(link: bool, hears: tuple[str, ...], asked: dict[str, str]):  # noqa: FBT001 - a column
    found = texts(link, hears)
    for kind, text in found.items():
        assert re.search(asked[kind], text), (kind, text)
        assert bool(re.search(r"\d{4}", text.partition("/a/")[0])) == (kind == "sms" and "sms" in hears), (kind, text)
        assert ("/a/" in text) == (link and kind in {"wecom", "mail"})
    assert len(found) >= 3


WORDS = st.text("市管线失压受阻3人、（）", min_size=0, max_size=60)


@given(st.sampled_from(sorted(KINDS)), st.sampled_from(["full", "own", "bare"]), WORDS, WORDS, WORDS, st.booleans())
def test_a_short_message_is_short_and_says_how_to_answer(
    kind: str,
    need: str,
    title: str,
    what: str,
    label: str,
    exercise: bool,  # noqa: FBT001 - drawn
):
    party = Party(key="unit:x", label=label, posts=("unit:x",))
    one = Matter(kind=kind, id="t1", area="jincheng", need=need, party=party, what=what, since=NIGHT, due=NIGHT)  # type: ignore[arg-type]
    about = About(title, "某预案", "aaaaaaaaaaaa12")
    text = said(one, about, NIGHT, exercise=exercise, room=SHORT, answer="收到回1234").text
    assert len(text) <= SHORT
    assert text.endswith("。收到回1234")
    assert text.startswith("【演练】【值守】" if exercise else "【值守】")


def test_a_deployment_s_own_words_are_used_and_what_it_leaves_out_is_as_shipped():
    own = read_texts("task:\n  own: '请{party}办：{what}{due}'\n", "call_texts.yaml")
    party = Party(key="unit:x", label="某单位", posts=("unit:x",))
    one = Matter(kind="task", id="t1", area="jincheng", party=party, what="封路", since=NIGHT)
    assert said(one, About(), NIGHT, exercise=False, own=own).text == "【值守】请某单位办：封路"
    full = one.model_copy(update={"need": "full"})
    assert said(full, About("甲"), NIGHT, exercise=False, own=own) == said(full, About("甲"), NIGHT, exercise=False)


def test_the_shipped_words_are_as_a_deployment_might_write_them():
    text = (files("zhishou.callout") / "texts.yaml").read_text("utf-8")
    assert set(read_texts(text, "texts.yaml")) == set(KINDS)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("own: '{who}'", "{title}"), ("own: '{what'", "不是可以填的项"), ("own: '{title}：{what}'", "不必知道"),
        ("bare: '有任务：{what}'", "不必知道"), ("own: ''", "不能为空"), ("owm: '{what}'", "owm"),
        (f"own: '{'很长' * 30}{{what}}'", "短信放不下"),
    ],
)  # fmt: skip
def test_words_that_cannot_be_made_are_refused_at_the_start_with_their_place(line: str, told: str):
    with pytest.raises(PackError) as refused:
        read_texts(f"task:\n  {line}\n", "call_texts.yaml")
    assert told in str(refused.value)
    assert "call_texts.yaml:2" in str(refused.value)
