"""What every route does alike: nobody comes in without a login, and whatever is wrong is told in one shape."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import structlog
from web.night import Night

from zhishou.web.door import HEADERS, LARGEST, LARGEST_FILE
from zhishou.web.logs import set_up
from zhishou.web.schema import OPEN

FILLED = {
    "id": "jincheng-2026-0001", "area": "jincheng", "account": "zhiban", "token": "0a1b2c3d4e5f",
    "plan": "jincheng/gas-winter-2021", "held": "1-1", "name": "docs.js",
    "code": "812-3f9a2c1e", "position": "1", "form": "pdf", "content": "0" * 64,
}  # fmt: skip
RAW = {"/api/rooms/{area}/returns", "/api/papers/verify", "/api/rooms/{area}/warnings"}
"""Routes that take what is sent as it is, of any kind."""


def routes(night: Night) -> Iterator[tuple[str, str, str]]:
    """Method, path with its parts filled in, and path as described, of every route."""
    for path, operations in night.app.openapi()["paths"].items():
        for method in operations:
            yield method.upper(), re.sub(r"\{(\w+)\}", lambda part: FILLED[part[1]], path), path


def shape(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The one shape of an error."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert set(body) == {"error"}
    error: dict[str, Any] = body["error"]
    required = {"code", "message", "where", "mend", "clause"}
    assert required <= set(error) <= required | {"plan", "problems", "version", "retry_after"}
    assert error["code"] == code, error
    assert re.search(r"[\u4e00-\u9fff]", error["message"]), error
    assert "Traceback" not in answer.text
    assert answer.headers["x-request-id"]
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    return error


def test_nobody_comes_in_without_a_login_but_where_it_says_so(night: Night):
    seen = 0
    for method, path, described in routes(night):
        answer = night.http.request(method, path, headers={"idempotency-key": "k"})
        if (method.lower(), described) in OPEN:
            assert answer.status_code != 401, path
            continue
        shape(answer, 401, "login")
        assert answer.headers["www-authenticate"] == "Bearer"
        seen += 1
    assert seen > 100


def test_a_token_or_cookie_that_is_none_is_no_login(night: Night):
    for headers in (
        {"authorization": "Bearer zs_0123456789ab_" + "0" * 64}, {"authorization": "Bearer"}, {"cookie": "zhishou=x"},
        {"authorization": "Basic YTpi"}, {"cookie": "zhishou=" + "x" * 4000},
    ):  # fmt: skip
        shape(night.http.get("/api/me", headers=headers), 401, "login")


def test_every_route_takes_only_its_own_methods(night: Night):
    known: dict[str, set[str]] = {}
    for method, path, _ in routes(night):
        known.setdefault(path, set()).add(method)
    for path, methods in known.items():
        wrong = "PUT" if "PUT" not in methods else "PATCH"
        # A path of two routes of one shape may meet the other; neither takes PUT.
        error = shape(night.call("zhiban", wrong, path), 405, "method")
        assert error["mend"]


def test_every_route_with_a_body_takes_json_alone_and_not_too_much(night: Night):
    count = 0
    for method, path, described in routes(night):
        if method != "POST" or described in RAW:
            continue
        headers = {**night.headers("zhiban"), "idempotency-key": "k"}
        big = night.http.post(
            path, content=b" " * (LARGEST + 1), headers={**headers, "content-type": "application/json"}
        )
        shape(big, 413, "too_large")
        for kind in ("text/plain", "application/x-www-form-urlencoded", "application/json; charset=gbk"):
            shape(night.http.post(path, content=b"{}", headers={**headers, "content-type": kind}), 415, "not_json")
        count += 1
    assert count > 80


def test_a_body_whose_length_is_not_told_is_counted(night: Night):
    def endless() -> Iterator[bytes]:
        for _ in range(40):
            yield b" " * 65_536

    headers = {**night.headers("zhiban"), "idempotency-key": "k", "content-type": "application/json"}
    answer = night.http.post("/api/incidents", content=endless(), headers=headers)
    shape(answer, 413, "too_large")
    for path in ("/api/rooms/jincheng/returns?name=a.csv", "/api/papers/verify"):
        shape(night.http.post(path, content=b" " * (LARGEST_FILE + 1), headers=headers), 413, "too_large")


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"{'a': 1}", b'{"title": "\xff"}', b'{"title": "x", "title": "y"}', b'{"title": NaN}', b'{"title": 1e999}',
        b'{"title": 123456789012345678901234567890}', b"[" * 2000 + b"]" * 2000, b'{"a":' * 60 + b"1" + b"}" * 60,
    ],
)  # fmt: skip
def test_a_body_that_no_record_could_hold_is_unreadable(night: Night, body: bytes):
    headers = {**night.headers("zhiban"), "idempotency-key": "k", "content-type": "application/json"}
    error = shape(night.http.post("/api/incidents", content=body, headers=headers), 400, "unreadable")
    assert error["mend"]


def test_what_is_wrong_with_fields_is_told_place_by_place(night: Night):
    answer = night.give("zhiban", "incidents", {"title": 5, "report": {"kind": "x"}, "strange": 1})
    error = shape(answer, 422, "invalid")
    places = {(one["where"], one["message"]) for one in error["problems"]}
    assert ("正文 title", "“title”应为文字") in places
    assert ("正文 place", "缺少“place”") in places
    assert ("正文 strange", "不认识的字段“strange”") in places
    assert any(where == "正文 report.kind" for where, _ in places)


@pytest.mark.parametrize("text", ["\x00", "a\x07b", "\ud800", "\x7f", "字" * 20_001])
def test_what_no_screen_can_show_is_refused(night: Night, text: str):
    body = json.dumps({"title": text, "place": "jincheng"}).encode("utf-8")
    headers = {**night.headers("zhiban"), "idempotency-key": night.key(), "content-type": "application/json"}
    shape(night.http.post("/api/incidents", content=body, headers=headers), 422, "invalid")


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "gestern", "", "１"])
def test_a_moment_beyond_the_calendar_is_refused(night: Night, moment: str):
    body = {"title": "x", "place": "jincheng", "occurred": moment}
    shape(night.give("zhiban", "incidents", body), 422, "invalid")


def test_what_is_not_there_is_told(night: Night):
    for person, path in (
        ("", "/api/nothing"), ("", "/nothing"), ("zhiban", "/api/incidents/jincheng-2026-9999"), ("zhiban", "/api/plans/none"),
        ("zhiban", "/api/areas/atlantis/standing"), ("zhiban", "/api/boards/tasks?area=atlantis"),
        ("admin", "/api/people/nobody/tokens"), ("", "/api/docs/../door.py"), ("", "/api/docs/secret"),
    ):  # fmt: skip
        shape(night.call(person, "GET", path), 404, "not_found")


def test_a_page_that_is_not_there_is_told_by_a_page_to_a_browser(night: Night):
    """Whoever types a wrong address reads Chinese, not JSON; under /api a browser too gets the one shape."""
    browser = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    for person in ("", "zhiban"):
        page = night.call(person, "GET", "/nothing", headers=browser)
        assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
        assert "没有这一页" in page.text
        assert 'lang="zh-CN"' in page.text
        shape(night.call(person, "GET", "/api/nothing", headers=browser), 404, "not_found")
    assert night.call("", "GET", "/", headers=browser).headers["location"] == "/login"


def test_a_form_that_is_too_large_is_told_by_a_page(night: Night):
    sent = {"content-type": "multipart/form-data; boundary=x", "accept": "text/html"}
    page = night.call("zhiban", "POST", "/incidents/new", headers=sent, content=b" " * (LARGEST_FILE + 1))
    assert (page.status_code, page.headers["content-type"]) == (413, "text/html; charset=utf-8")
    assert "正文太大" in page.text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"idempotency-key": ""},
        {"idempotency-key": "k" * 201},
        {"idempotency-key": "a b"},
        {"idempotency-key": "a\xe9"},
    ],
)
def test_a_command_needs_a_key_that_can_be_kept(night: Night, headers: dict[str, str]):
    sent = {name: value.encode("latin-1") for name, value in headers.items()}
    answer = night.http.post(
        "/api/incidents", json={"title": "x", "place": "jincheng"},
        headers={**night.headers("zhiban"), **sent},  # type: ignore[dict-item]
    )  # fmt: skip
    error = shape(answer, 422, "invalid")
    assert "idempotency-key" in error["where"].lower()


def test_an_unforeseen_failure_shows_nothing_of_the_inside(night: Night, monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr(night.house.desk, "areas", broken)
    answer = night.get("zhiban", "/api/rooms")
    error = shape(answer, 500, "internal")
    assert "secret" not in answer.text
    assert answer.headers["x-request-id"] in error["mend"]


def _fails() -> None:
    raise ExceptionGroup("口令", [ValueError("张三的电话"), KeyError("键")])


def test_the_log_tells_where_it_failed_and_nothing_of_what_was_said(capfd: pytest.CaptureFixture[str]):
    """An error quotes what somebody typed; the log keeps its kind and its place, of what lay inside a group as well."""
    before = structlog.get_config()
    try:
        set_up()
        try:
            _fails()
        except ExceptionGroup as error:
            error.add_note("附注")
            structlog.get_logger().error("unexpected", exc_info=error)
    finally:
        structlog.configure(**before)
    line = json.loads(capfd.readouterr().err.splitlines()[-1])
    text = json.dumps(line, ensure_ascii=False)
    assert not [said for said in ("口令", "张三", "键", "附注") if said in text]
    assert "ExceptionGroup" in text
    assert "test_door.py" in text


def test_the_description_and_its_page_load_nothing_from_elsewhere(night: Night):
    page = night.http.get("/api/docs")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    for name in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert name.startswith("/api/")
        assert night.http.get(name).status_code == 200, name
    assert "<script>" not in page.text
    assert "style=" not in page.text
