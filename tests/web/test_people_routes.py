"""Accounts over HTTP: administrators keep them, each his own area's; every change is on the record, no secret is."""

from __future__ import annotations

import json
from datetime import timedelta

import httpx
import pytest
from web.night import CBM, PASSWORD, POSTS, Night

from zhishou.desk.accounts import STREAM
from zhishou.watch.commands import DelegatePosts, RevokeDelegation
from zhishou.watch.events import PostsDelegated

CHANGES = (
    ("rename", {"name": "别名"}), ("disable", None), ("enable", None), ("reset_password", None),
    ("reset_second_factor", None), ("end_sessions", None), ("tokens", {"name": "x", "scopes": ["read"]}),
)  # fmt: skip


def on_record(night: Night) -> list[tuple[str, str, str]]:
    return [(one.type, one.payload["account"], one.person) for one in night.house.journal.read(STREAM)]


def test_an_account_from_its_first_password_to_its_last_day(own: Night):
    made = own.call("admin", "POST", "/api/people", {"id": "li.si", "name": "李某"})
    assert made.status_code == 201
    once = made.json()["one_time_password"]
    entered = httpx.post(f"{own.base}/api/login", json={"login": "li.si", "password": once})
    assert entered.json()["wants"] == "new_password"
    assert own.call("admin", "POST", "/api/people/li.si/rename", {"name": "李某某"}).json() == {"ok": True}
    token = own.call(
        "admin", "POST", "/api/people/li.si/tokens", {"name": "报送", "scopes": ["report", "read"], "days": 30}
    )
    assert token.status_code == 201
    secret = token.json()["secret"]
    bearer = {"authorization": f"Bearer {secret}"}
    assert own.http.get("/api/me", headers=bearer).json()["name"] == "李某某"
    (listed,) = own.get("admin", "/api/people/li.si/tokens").json()["tokens"]
    assert listed["scopes"] == ["read", "report"]
    assert own.call("admin", "POST", f"/api/people/li.si/tokens/{listed['id']}/revoke").status_code == 200
    assert own.http.get("/api/me", headers=bearer).status_code == 401
    assert own.call("admin", "POST", f"/api/people/zhiban/tokens/{listed['id']}/revoke").status_code == 422
    again = own.call("admin", "POST", "/api/people/li.si/reset_password").json()["one_time_password"]
    assert again != once
    assert own.call("admin", "POST", "/api/people/li.si/disable").status_code == 200
    refused = httpx.post(f"{own.base}/api/login", json={"login": "li.si", "password": again})
    assert refused.status_code == 401
    kinds = [type_ for type_, account, by in on_record(own) if account == "li.si" and by == "admin"]
    assert kinds == [
        "account_added", "account_renamed", "token_made", "token_revoked", "password_reset", "account_disabled",
    ]  # fmt: skip
    whole = json.dumps([one.payload for one in own.house.journal.since(0)], ensure_ascii=False)
    for hidden in (once, again, secret, PASSWORD):
        assert hidden not in whole


def test_machines_have_no_password(own: Night):
    made = own.call("admin", "POST", "/api/people", {"id": "meter-1", "name": "流量计", "machine": True})
    assert made.json() == {"account": "meter-1", "one_time_password": "", "good_until": None}
    assert own.call("admin", "POST", "/api/people/meter-1/reset_password").status_code == 422


@pytest.mark.parametrize("person", [*POSTS, "shengren"])
def test_nobody_else_keeps_accounts(night: Night, person: str):
    before = on_record(night)
    assert night.get(person, "/api/people").status_code == 403
    assert night.get(person, "/api/people/zhiban/tokens").status_code == 403
    assert night.call(person, "POST", "/api/people", {"id": "x1", "name": "某"}).status_code == 403
    for what, body in CHANGES:
        answer = night.call(person, "POST", f"/api/people/bangong/{what}", body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "post"), what
    assert on_record(night) == before


def test_a_county_does_not_make_itself_the_city(own: Night):
    own.appoint("shengren", "chengqu", "admin:chengqu")
    for what, body in CHANGES:
        above = own.call("shengren", "POST", f"/api/people/zhihuizhang/{what}", body)
        assert (above.status_code, above.json()["error"]["code"]) == (403, "post"), what
        assert own.call("shengren", "POST", f"/api/people/chengqu/{what}", body).status_code < 300, what
        assert own.call("admin", "POST", f"/api/people/chengqu/{what}", body).status_code < 300, what


def test_a_county_does_not_make_the_account_of_somebody_whom_the_city_has_appointed_already(own: Night):
    """The city may appoint before the account is made; whoever makes it holds its one-time password."""
    own.appoint("chengqu", "chengqu", "admin:chengqu")
    own.appoint("wang.new", "jincheng", f"{CBM}:deputy_commander")
    made = own.call("chengqu", "POST", "/api/people", {"id": "wang.new", "name": "王某"})
    assert (made.status_code, made.json()["error"]["code"]) == (403, "post")
    assert own.call("chengqu", "POST", "/api/people", {"id": "li.new", "name": "李某"}).status_code == 201
    assert own.call("admin", "POST", "/api/people", {"id": "wang.new", "name": "王某"}).status_code == 201


def test_who_may_act_for_the_city_by_delegation_is_not_the_countys_to_keep(own: Night):
    own.appoint("shengren", "chengqu", "admin:chengqu")
    desk, post = own.house.desk, f"{CBM}:commander"
    wish = DelegatePosts(
        posts=(post,), person="chengqu", person_name="chengqu某", document="委托书", reason="外出",
        until=own.at + timedelta(days=1),
    )  # fmt: skip
    given = desk.keep("jincheng", wish, desk.actor("zhihuizhang", "zhihuizhang某"), key=own.key()).happened[0].event
    assert post in desk.actor("chengqu", "chengqu某").delegated
    for what, body in CHANGES:
        above = own.call("shengren", "POST", f"/api/people/chengqu/{what}", body)
        assert (above.status_code, above.json()["error"]["code"]) == (403, "post"), what
    assert isinstance(given, PostsDelegated)
    over = RevokeDelegation(delegation=given.delegation, reason="已回")
    desk.keep("jincheng", over, desk.actor("zhihuizhang", "zhihuizhang某"), key=own.key())
    assert own.call("shengren", "POST", "/api/people/chengqu/rename", {"name": "别名"}).status_code < 300


def test_nobody_keeps_his_own_account(own: Night):
    for what, body in CHANGES:
        answer = own.call("admin", "POST", f"/api/people/admin/{what}", body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "own_proposal"), what


def test_what_cannot_be_an_account_is_refused(night: Night):
    for body in (
        {"id": "system", "name": "某"},
        {"id": "Z", "name": "某"},
        {"id": "a" * 41, "name": "某"},
        {"name": ""},
    ):
        assert night.call("admin", "POST", "/api/people", body).status_code == 422
    assert night.call("admin", "POST", "/api/people", {"id": "zhiban", "name": "某"}).status_code == 422


def test_the_list_holds_no_secret(night: Night):
    found = night.get("admin", "/api/people").json()["accounts"]
    assert {one["id"] for one in found} >= {*POSTS, "admin"}
    assert set(found[0]) == {
        "id", "login", "name", "kind", "created", "disabled", "must_change", "once_until", "second_factor",
    }  # fmt: skip
