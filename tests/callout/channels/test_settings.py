"""The part `callout:` of house.yaml: what it says, and what it refuses with place and mend."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from zhishou.callout.channels.opening import open_channels
from zhishou.callout.channels.settings import CalloutSettings, Quiet, read_callout
from zhishou.clock import SHANGHAI
from zhishou.errors import PackError, ProblemsError

SMS = 'kind: sms, url: "https://sms.example.cn/send", body: {to: "{to}", text: "{text}"}, accepted: {code: 0}'


def refused(channel: str) -> str:
    with pytest.raises(PackError) as raised:
        read_callout(f"channels:\n  one: {{{channel}}}\n")
    return str(raised.value)


@pytest.mark.parametrize(
    ("channel", "told"),
    [
        (f"{SMS}, key: abc", "密钥不写在文件里"),
        (f"{SMS}, key: {{}}", "env 或 file 之一"),
        (SMS.replace("https", "http"), "未加密"),
        (SMS.replace("{text}", "hello"), "{text}"),
        (SMS.replace("{to}", "hello"), "{to}"),
        (SMS.replace("accepted: {code: 0}", "accepted: {}"), "accepted"),
        (SMS.replace(", accepted: {code: 0}", ""), "缺少“accepted”"),
        (SMS.replace("{to}", "{to}{key}"), "没有写 key"),
        (SMS.replace("{to}", "{to}{sign}"), "sign"),
        (f"{SMS}, honours_keys: true", "{id}"),
        (f"{SMS}, per_minute: 0", "不小于 1"),
        (f"{SMS}, timeout: 900", "不大于 120"),
        (SMS.replace("https://sms.example.cn/send", "https://u:p@sms.example.cn"), "口令不写在地址里"),
        (SMS.replace("https://sms.example.cn/send", "sms.example.cn"), "https://"),
        ("kind: fax", "没有写对 kind"),
        ("host: x", "没有写对 kind"),
        (f"{SMS}, qiet: 1", "是不是“quiet”"),
        ("kind: mail, host: m.example.cn, sender: a@example.cn, user: x", "user 和 password"),
        ("kind: mail, host: m.example.cn, sender: a@example.cn, user: x, password: {env: P}, security: none", "不设防"),
        ("kind: wecom", "缺少“key”"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_mend(channel: str, told: str):
    message = refused(channel)
    assert told in message
    assert "house.yaml:2" in message
    assert "（" in message


@pytest.mark.parametrize("level", ["I", "II", "Ⅰ", "Ⅱ", "Ⅱ级", "1", "2", "一级", "二级", "红色", "橙"])
def test_quiet_hours_for_level_i_and_ii_are_refused(level: str):
    told = refused(f'{SMS}, quiet: {{from: "22:00", until: "06:00", levels: ["III", "{level}"]}}')
    assert "安静时段不能用于Ⅰ级、Ⅱ级" in told


def test_quiet_hours_that_last_all_day_are_refused():
    assert "全天" in refused(f'{SMS}, quiet: {{from: "22:00", until: "22:00"}}')


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-12-15T{text}").replace(tzinfo=SHANGHAI)


def test_quiet_hours_hold_back_what_is_not_urgent_until_they_are_over():
    night = Quiet.model_validate({"from": "22:00", "until": "06:00", "levels": ["III", "IV"]})
    assert night.over(at("21:59"), "III") is None
    assert night.over(at("22:00"), "III") == datetime(2026, 12, 16, 6, tzinfo=SHANGHAI)
    assert night.over(at("03:00"), "IV") == datetime(2026, 12, 15, 6, tzinfo=SHANGHAI)
    assert night.over(at("06:00"), "III") is None
    assert night.over(at("23:00"), "III", urgent=True) is None
    assert night.over(at("23:00"), "II") is None
    assert night.over(at("23:00"), "") == datetime(2026, 12, 16, 6, tzinfo=SHANGHAI)
    noon = Quiet.model_validate({"from": "12:00", "until": "14:00"})
    assert noon.over(at("13:00"), "III") == at("14:00")
    assert noon.over(at("14:00"), "III") is None


def test_a_quiet_channel_waits_but_never_for_the_urgent():
    night, morning = at("23:30"), datetime(2026, 12, 16, 6, tzinfo=SHANGHAI)
    settings = read_callout(f'channels:\n  a: {{{SMS}, quiet: {{from: "22:00", until: "06:00"}}}}\n  b: {{{SMS}}}\n')
    assert "a" in settings.usable(exercise=False)
    assert settings.quiet(exercise=False, at=night, level="III") == {"a": morning, "sms": morning}
    assert settings.quiet(exercise=False, at=night, level="II", urgent=True) == {}
    assert settings.quiet(exercise=False, at=at("12:00"), level="III") == {}


def test_every_missing_secret_is_told_at_once(tmp_path: Path):
    settings = read_callout(
        f"channels:\n  a: {{{SMS}, key: {{env: A_KEY}}}}\n  b: {{kind: wecom, key: {{file: b.key}}}}\n"
        "  c: {kind: wecom, key: {file: c.key}}\n"
    )
    (tmp_path / "c.key").write_text("s3cret")
    (tmp_path / "c.key").chmod(0o644)
    with pytest.raises(ProblemsError) as raised:
        open_channels(settings, {}, tmp_path)
    told = [str(one) for one in raised.value.problems]
    assert [text for text in told if "A_KEY" in text]
    assert [text for text in told if "b.key" in text]
    assert [text for text in told if "chmod" in text]
    assert "s3cret" not in "".join(told)


def test_channels_serve_their_kind_and_exercises_only_those_marked(tmp_path: Path):
    settings = read_callout(f"channels:\n  a: {{{SMS}}}\n  b: {{{SMS}, exercise: true}}\n")
    opened = open_channels(settings, {}, tmp_path)
    assert list(opened) == ["console", "a", "b"]
    assert list(opened.usable(exercise=False)) == ["console", "a", "b"]
    assert list(opened.usable(exercise=True)) == ["console", "b"]
    assert settings.usable(exercise=True) == {"console": "console", "b": "sms"}
    opened.close()


def test_without_settings_there_is_the_console(tmp_path: Path):
    assert list(open_channels(CalloutSettings(), {}, tmp_path)) == ["console"]
