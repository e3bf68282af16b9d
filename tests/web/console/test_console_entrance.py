"""Coming in by the pages: one-time password, new password, code; wrong words; never to another site."""

from __future__ import annotations

from datetime import timedelta

import pyotp
from pydantic import SecretStr
from web.console.conftest import Visits
from web.console.served import Evening

Own = tuple[Evening, Visits]
PASSWORD = "桥头 三只灰鹅 往北飞去"  # noqa: S105 - of the test


def _once(one: Evening, person: str) -> str:
    return one.house.gate.accounts.reset_password(person, one.clock.at, "admin").secret.get_secret_value()


def test_the_first_time_one_chooses_a_password_and_gets_to_the_board(own_night: Own) -> None:
    one, visit = own_night
    browser, once = visit(""), _once(one, "cheng.jia")
    entered = browser.send(
        browser.open("/login?next=/incidents").form("/login"), {"login": "cheng.jia", "password": once}
    )
    assert (entered.status, entered.answer.headers["location"]) == (303, "/login/password?next=/incidents")
    assert browser.open("/").answer.headers["location"].startswith("/login/password"), "nothing else before that"
    form = browser.open("/login/password?next=/incidents").form("/login/password")
    unlike = browser.send(form, {"new": PASSWORD, "again": PASSWORD + "x"})
    assert unlike.status == 422
    assert "不一样" in unlike.text
    weak = browser.send(form, {"new": "123456", "again": "123456"})
    assert weak.status == 422
    assert PASSWORD not in weak.answer.text
    changed = browser.send(form, {"new": PASSWORD, "again": PASSWORD})
    assert changed.answer.headers["location"] == "/incidents"
    assert browser.open("/").status == 200


def test_a_wrong_password_says_no_more_than_it_must(own_night: Own) -> None:
    _, visit = own_night
    browser = visit("")
    said = []
    for login in ("cheng.jia", "nobody.at.all"):
        found = browser.send(browser.open("/login").form("/login"), {"login": login, "password": "不对的密码"})
        assert found.status == 401
        assert login in found.answer.text, "what was typed stays"
        assert "不对的密码" not in found.answer.text
        said.append(found.text.partition("怎么办")[0])
    assert said[0] == said[1]


def test_a_login_that_another_site_begins_is_turned_away(own_night: Own) -> None:
    one, visit = own_night
    browser, once = visit(""), _once(one, "cheng.jia")
    form = browser.open("/login").form("/login")
    browser.cookies.clear()
    assert browser.send(form, {"login": "cheng.jia", "password": once}).status == 403


def test_it_never_leads_to_another_site(own_night: Own) -> None:
    one, visit = own_night
    for where in ("https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)"):
        browser, once = visit(""), _once(one, "cheng.jia")
        form = browser.open("/login").form("/login")
        entered = browser.send(form, {"login": "cheng.jia", "password": once, "next": where})
        assert entered.answer.headers["location"] == "/login/password?next=/"


def test_a_code_is_asked_for_where_one_is_in_use(own_night: Own) -> None:
    one, visit = own_night
    gate, secret = one.house.gate, one.session("wang.bing")
    seed = gate.second_factor.enrol(secret, one.clock.at).seed.get_secret_value()
    gate.second_factor.confirm(secret, SecretStr(pyotp.TOTP(seed).at(one.clock.at)), one.clock.at)
    once = _once(one, "wang.bing")
    one.clock.at += timedelta(minutes=2)
    browser = visit("")
    entered = browser.send(browser.open("/login").form("/login"), {"login": "wang.bing", "password": once})
    assert entered.answer.headers["location"].startswith("/login/code")
    form = browser.open("/login/code").form("/login/code")
    assert browser.send(form, {"code": "000000"}).status == 401
    assert browser.open("/incidents").answer.headers["location"].startswith("/login/code")
    right = browser.send(form, {"code": pyotp.TOTP(seed).at(one.clock.at)})
    assert right.answer.headers["location"].startswith("/login/password"), (
        "the one-time password still wants its successor"
    )


def test_going_out_ends_the_login(own_night: Own) -> None:
    _, visit = own_night
    browser = visit("cheng.jia")
    out = browser.send(browser.open("/").form("/logout"))
    assert out.answer.headers["location"] == "/login"
    assert browser.open("/").status == 303


def test_a_login_that_has_run_out_leads_back_to_the_page(own_night: Own) -> None:
    one, visit = own_night
    browser = visit("cheng.jia")
    one.clock.at += timedelta(hours=2)
    gone = browser.open("/incidents?state=closed")
    assert gone.answer.headers["location"] == "/login?next=/incidents%3Fstate%3Dclosed"
    beside = browser.open("/incidents", hx_request="true")
    assert (beside.status, beside.answer.headers["hx-redirect"]) == (204, "/login")
