"""Coming in: password, one-time password, second factor, limits; cookies and the word that protects changes."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pyotp
import pytest
from web.night import PASSWORD, Night

from zhishou.people.tokens import Scope


def enter(night: Night, login: str, password: str, **headers: str) -> httpx.Response:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.post(f"{night.base}/api/login", json={"login": login, "password": password}, headers=sent)


def code(answer: httpx.Response) -> str:
    found: str = answer.json()["error"]["code"]
    return found


def cookies(answer: httpx.Response) -> dict[str, str]:
    return {"cookie": "; ".join(f"{name}={value}" for name, value in answer.cookies.items())}


def test_the_first_administrator_comes_in_once_and_sets_a_password(own: Night):
    first = enter(own, "admin", own.once)
    assert first.status_code == 200
    assert first.json()["wants"] == "new_password"
    half = cookies(first) | {"x-csrf-token": first.json()["csrf"]}
    assert code(httpx.get(f"{own.base}/api/me", headers=half)) == "new_password"
    assert enter(own, "admin", own.once).status_code == 401  # it serves once
    weak = httpx.post(f"{own.base}/api/login/password", json={"new": "password"}, headers=half)
    assert weak.status_code == 422
    done = httpx.post(f"{own.base}/api/login/password", json={"new": PASSWORD}, headers=half)
    assert (done.status_code, done.json()["wants"]) == (200, "")
    me = httpx.get(f"{own.base}/api/me", headers=cookies(done)).json()
    assert me["administers"] == ["chengqu", "jincheng", "shanxi"]
    assert [one["label"] for one in me["posts"]] == ["晋城市城区系统管理员", "晋城市系统管理员", "山西省系统管理员"]
    assert httpx.get(f"{own.base}/api/me", headers=half).status_code == 401  # the old session has ended
    assert enter(own, "ＡＤＭＩＮ", PASSWORD).json()["wants"] == ""


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(own: Night):
    plain = enter(own, "admin", own.once).headers["set-cookie"]
    assert plain.startswith("zhishou=")
    assert {"HttpOnly", "Path=/", "SameSite=strict"} <= {part.strip() for part in plain.split(";")}
    assert "Secure" not in plain
    own.house.gate.accounts.reset_password("admin", own.at, "console")
    issued = own.house.gate.accounts.reset_password("admin", own.at, "console").secret.get_secret_value()
    behind = enter(own, "admin", issued, x_forwarded_proto="https", x_forwarded_for="10.1.2.3")
    assert behind.headers["set-cookie"].startswith("__Host-zhishou=")
    assert "Secure" in behind.headers["set-cookie"]
    assert behind.headers["strict-transport-security"]


def test_a_password_never_crosses_the_network_in_the_clear(own: Night):
    refused = enter(own, "admin", own.once, x_forwarded_for="10.1.2.3")
    assert (refused.status_code, code(refused)) == (403, "plain_http")
    assert enter(own, "admin", own.once).status_code == 200  # and it was not used up


def test_a_change_by_cookie_needs_the_word_that_only_our_pages_know(own: Night):
    sent = own.headers("zhiban") | {"idempotency-key": "k1"}
    body = {"title": "x", "place": "jincheng"}
    for word in (None, "", "0" * 64, own.headers("bangong")["x-csrf-token"]):
        headers = {name: value for name, value in sent.items() if name != "x-csrf-token"}
        headers |= {"x-csrf-token": word} if word is not None else {}
        answer = own.http.post("/api/incidents", json=body, headers=headers)
        assert (answer.status_code, code(answer)) == (403, "csrf")
    assert own.http.post("/api/incidents", json=body, headers=sent).status_code == 201
    assert own.http.get("/api/me", headers={"cookie": sent["cookie"]}).json()["csrf"] == sent["x-csrf-token"]


def test_guessing_slows_down_and_says_for_how_long(own: Night):
    statuses = [enter(own, "admin", f"wrong {number}").status_code for number in range(7)]
    assert statuses == [401] * 5 + [429] * 2
    slowed = enter(own, "admin", own.once)
    assert (slowed.status_code, code(slowed)) == (429, "too_many")
    wait = int(slowed.headers["retry-after"])
    assert slowed.json()["error"]["retry_after"] == wait
    own.later((wait + 1) / 60)
    assert enter(own, "admin", own.once).status_code == 200


def test_nobody_learns_whether_an_account_exists(own: Night):
    wrong, unknown = enter(own, "admin", "wrong"), enter(own, "nobody", "wrong")
    assert wrong.json() == unknown.json()


def test_leaving_ends_the_session(own: Night):
    headers = own.headers("zhiban")
    assert own.http.post("/api/logout", headers=headers).json() == {"ok": True}
    assert own.http.get("/api/me", headers=headers).status_code == 401


def second_factor(night: Night, person: str) -> tuple[pyotp.TOTP, list[str]]:
    """Enrol somebody; the generator of his codes and his recovery codes."""
    seed = night.call(person, "POST", "/api/me/second_factor").json()
    assert seed["uri"].startswith("otpauth://totp/")
    assert seed["picture"].startswith("<svg")
    totp = pyotp.TOTP(seed["seed"])
    wrong = night.call(person, "POST", "/api/me/second_factor/confirm", {"code": "000000"})
    assert wrong.status_code == 401
    made = night.call(person, "POST", "/api/me/second_factor/confirm", {"code": totp.at(night.at)})
    assert made.status_code == 200
    return totp, made.json()["codes"]


def test_weighty_commands_want_a_code_given_lately(own: Night):
    own.play(until="decide_proposal")
    totp, _ = second_factor(own, "zhihuizhang")
    own.later(11)
    decide = ("incidents/jincheng-2026-0001/decide_proposal", {"proposal": "p3"})
    stale = own.give("zhihuizhang", *decide)
    assert (stale.status_code, code(stale)) == (401, "second_factor")
    assert own.give("zhihuizhang", "incidents/jincheng-2026-0001/add_note", {"text": "不重大"}).status_code == 200
    fresh = own.call("zhihuizhang", "POST", "/api/login/second_factor", {"code": totp.at(own.at)})
    assert fresh.status_code == 200
    again = own.call("zhihuizhang", "POST", "/api/login/second_factor", {"code": totp.at(own.at)})
    assert again.status_code == 401  # no code twice
    assert own.give("zhihuizhang", *decide).status_code == 200


def test_who_lets_another_decide_in_his_stead_gives_a_code_as_if_he_decided_himself(own: Night):
    """Or a browser left open would do: delegate to somebody without a second factor, and let him decide."""
    totp, _ = second_factor(own, "zhihuizhang")
    own.later(11)
    wish = {
        "posts": ["jincheng/cbm-surface-2020:commander"], "person": "shengren", "person_name": "某", "document": "委托书",
        "reason": "外出", "until": (own.at + timedelta(hours=9)).isoformat(),
    }  # fmt: skip
    stale = own.give("zhihuizhang", "rooms/jincheng/delegate_posts", wish)
    assert (stale.status_code, code(stale)) == (401, "second_factor")
    assert own.call("zhihuizhang", "POST", "/api/login/second_factor", {"code": totp.at(own.at)}).status_code == 200
    assert own.give("zhihuizhang", "rooms/jincheng/delegate_posts", wish).status_code == 200


def test_a_login_with_a_second_factor_is_half_way_until_the_code_is_given(own: Night):
    totp, recovery = second_factor(own, "zhiban")
    own.later(1)
    issued = own.house.gate.accounts.reset_password("zhiban", own.at, "console").secret.get_secret_value()
    first = enter(own, "zhiban", issued)
    assert first.json()["wants"] == "second_factor"
    half = cookies(first) | {"x-csrf-token": first.json()["csrf"]}
    assert code(httpx.get(f"{own.base}/api/me", headers=half)) == "second_factor"
    assert httpx.get(f"{own.base}/api/login", headers=half).json()["wants"] == "second_factor"
    proved = httpx.post(f"{own.base}/api/login/second_factor", json={"code": recovery[0]}, headers=half)
    assert proved.json()["wants"] == "new_password"
    assert httpx.get(f"{own.base}/api/login", headers=half).status_code == 401  # the token before is worth nothing
    assert totp.secret


@pytest.mark.parametrize("demanded", [True, False])
def test_the_house_may_demand_a_second_factor_for_weighty_commands(
    tmp_path_factory: pytest.TempPathFactory, *, demanded: bool
):
    night = Night(
        tmp_path_factory.mktemp("strict"),
        settings=f"areas: [jincheng, chengqu]\ndemand_second_factor: {str(demanded).lower()}\n",
    ).people()
    try:
        wish = {"post": "duty:jincheng", "person": "new", "person_name": "新某", "basis": "文件"}
        answer = night.give("admin", "rooms/jincheng/appoint_to_post", wish)
        if demanded:
            assert (answer.status_code, code(answer)) == (401, "enrolment")
            second_factor(night, "admin")
            answer = night.give("admin", "rooms/jincheng/appoint_to_post", wish)
        assert answer.status_code == 200
    finally:
        night.close()


def test_tokens_do_what_their_scopes_say(own: Night):
    own.play(until="accept_task")
    report = {"authorization": f"Bearer {own.token('jiuhu', Scope.REPORT)}", "idempotency-key": "t1"}
    path = "/api/incidents/jincheng-2026-0001/accept_task"
    assert own.http.get("/api/me", headers=report).status_code == 403  # it may not read
    assert own.http.post(path, json={"task": "t2"}, headers=report).status_code == 200
    read = {"authorization": f"Bearer {own.token('jiuhu', Scope.READ)}", "idempotency-key": "t2"}
    me = own.http.get("/api/me", headers=read).json()
    assert (me["account"], me["scopes"], me["csrf"]) == ("jiuhu", ["read"], "")
    refused = own.http.post(path, json={"task": "t3"}, headers=read)
    assert (refused.status_code, code(refused)) == (403, "post")
    whole = {"authorization": f"Bearer {own.token('zhihuizhang', *Scope)}", "idempotency-key": "t3"}
    weighty = own.http.post(
        "/api/incidents/jincheng-2026-0001/issue_task", json={"plan": "jincheng/gas-winter-2021", "text": "x", "by": []},
        headers=whole,
    )  # fmt: skip
    assert (weighty.status_code, code(weighty)) == (403, "post")  # whatever the scope, that is for people
    for path in ("/api/me/sessions", "/api/me/second_factor"):
        method = "GET" if path.endswith("sessions") else "POST"
        assert own.http.request(method, path, headers=whole).status_code == 403


def test_one_sees_and_ends_one_s_own_logins(own: Night):
    own.session("zhiban")
    own.out("zhiban")
    found = own.get("zhiban", "/api/me/sessions").json()["sessions"]
    assert [one["this"] for one in found].count(True) == 1
    other = next(one["id"] for one in found if not one["this"])
    assert own.call("zhiban", "DELETE", f"/api/me/sessions/{other}").status_code == 200
    assert own.call("zhiban", "DELETE", f"/api/me/sessions/{other}").status_code == 404
    assert own.call("bangong", "DELETE", f"/api/me/sessions/{found[0]['id']}").status_code == 404
    assert len(own.get("zhiban", "/api/me/sessions").json()["sessions"]) == 1
