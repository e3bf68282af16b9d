"""Papers over HTTP: who may have which issued, once; originals byte for byte; codes that lead home and tell no stranger anything."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from docx import Document
from paper.conftest import _faces  # noqa: F401 - the faces of the PDF, or a skip with the reason
from web.night import POSTS, Night

from zhishou.errors import DamagedError
from zhishou.journal import verify
from zhishou.paper.files import sm3
from zhishou.paper.kinds import KINDS
from zhishou.people.tokens import Scope

INCIDENT = "jincheng-2026-0001"
OF_INCIDENT = {one.id for one in KINDS.values() if one.about == "incident"} | {"cut_list_directive"}
ORDERS = {"warning_notice", "warning_lifting", "response_start", "response_adjustment", "response_end", "review"}
MAY = {
    "zhiban": OF_INCIDENT | {"supply_brief", "shift_handover", "exercise_report"},
    "zhiban2": OF_INCIDENT | {"supply_brief", "shift_handover", "exercise_report"},
    "bangong": OF_INCIDENT | {"supply_brief"},
    "zhihuizhang": ORDERS,
    "fuzhihui": ORDERS,
}
"""By hand, from the plans: the duty room and the offices keep the desk, commanders have their own decisions made known,
everybody else nothing."""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    """The night of the course, played to its end."""
    night = Night(tmp_path_factory.mktemp("papers")).people()
    night.play()
    yield night
    assert verify(night.house.journal).good
    night.close()


def wish(kind: str, **more: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        **({"incident": INCIDENT} if kind in OF_INCIDENT else {}),
        "plan": CBM_ONLY.get(kind, ""),
        **more,
    }


CBM_ONLY = dict.fromkeys(OF_INCIDENT, "jincheng/cbm-surface-2020")


def issue(night: Night, kind: str, person: str = "zhiban", **more: Any) -> dict[str, Any]:
    answer = night.give(person, "papers?area=jincheng", wish(kind, **more))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_by_everybody(told: Night, kind: str):
    """The table of posts: whoever may not is refused with who may; whoever may is refused for no post."""
    for person in (*POSTS, "shengren"):
        answer = told.give(person, "papers?area=jincheng", wish(kind, fill={"x": "y"})) if person != "zhiban2" else None
        may = kind in MAY.get(person, set())
        if answer is None:
            continue
        if may and answer.status_code == 201:
            assert answer.headers["location"] == f"/api/papers/{answer.json()['position']}"
            continue
        error = answer.json()["error"]
        assert (error["code"] == "post") is not may, (person, kind, error)
        if not may:
            assert answer.status_code == 403
            assert error["mend"]
    assert told.give("", "papers?area=jincheng", wish(kind)).json()["error"]["code"] == "login"


@pytest.mark.parametrize("person", [*POSTS, "shengren"])
def test_what_is_offered_is_what_may_be_issued(told: Night, person: str):
    answer = told.get(person, "/api/papers/offers", incident=INCIDENT)
    if person in {"nengyuan", "xuanchuan", "sheng", "jiuhu", "chengqu", "shengren"}:
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "post")
        return
    offers = [one for one in answer.json()["offers"] if one["plan"] in {"", "jincheng/cbm-surface-2020"}]
    assert {one["kind"] for one in offers} == OF_INCIDENT
    for one in offers:
        post = (one["refused"] or {}).get("code") == "post"
        assert post is (one["kind"] not in MAY[person]), one
        if one["may"]:
            assert one["post"]
        else:
            assert one["refused"]["message"]


def test_the_room_s_own_papers_are_offered_apart(told: Night):
    offers = {one["kind"]: one for one in told.get("zhiban", "/api/papers/offers", area="jincheng").json()["offers"]}
    assert set(offers) == {"supply_brief", "shift_handover"}
    assert offers["shift_handover"]["may"]
    assert "没有登记供气系统" in offers["supply_brief"]["refused"]["message"]


def test_the_same_key_issues_once(told: Night):
    first = told.give("zhiban", "papers", wish("press_draft"), key="once")
    again = told.give("zhiban", "papers", wish("press_draft"), key="once")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json() | {"repeated": True}
    other = told.give("zhiban", "papers", wish("review"), key="once")
    assert (other.status_code, other.json()["error"]["code"]) == (409, "repeated_key")


def test_a_token_issues_nothing(told: Night):
    token = told.token("zhiban", Scope.REPORT, Scope.READ, Scope.RETURN)
    answer = told.http.post(
        "/api/papers", json=wish("press_draft"),
        headers={"authorization": f"Bearer {token}", "idempotency-key": "t"},
    )  # fmt: skip
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "post")


@pytest.mark.parametrize("form", ["docx", "pdf"])
def test_originals_are_given_as_they_were_issued(told: Night, form: str):
    one = issue(told, "situation_report", report="final", fill={"签发人": "王某"})
    assert "签发人" not in one["blanks"]
    answer = told.get("zhiban", f"/api/papers/{one['position']}/{form}")
    assert answer.status_code == 200
    assert sm3(answer.content) == one[form] == answer.headers["x-content-sm3"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert "no-store" in answer.headers["cache-control"]
    if form == "docx":
        assert one["number"] in "".join(part.text for part in Document(io.BytesIO(answer.content)).paragraphs)
    else:
        assert answer.content.startswith(b"%PDF-")
    for stranger in ("nengyuan", "chengqu", "shengren"):
        refused = told.get(stranger, f"/api/papers/{one['position']}/{form}")
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "post")


def test_a_file_in_hand_is_known_or_not(told: Night):
    one = issue(told, "press_draft")
    content = told.get("zhiban", f"/api/papers/{one['position']}/pdf").content

    def verified(body: bytes) -> dict[str, Any]:
        answer = told.http.post("/api/papers/verify", content=body, headers=told.headers("nengyuan"))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    assert verified(content)["paper"]["number"] == one["number"]
    assert verified(content[:-1] + b"\x00") == {"genuine": False, "paper": None}


def test_bytes_that_changed_are_never_given_out(own: Night, monkeypatch: pytest.MonkeyPatch):
    own.play(until="verify_report")
    one = issue(own, "press_draft")

    def damaged(_: str) -> bytes:
        raise DamagedError("文件原件与摘要不符，已被改动或损坏")

    monkeypatch.setattr(own.house.desk.papers.files, "get", damaged)
    assert own.get("zhiban", f"/api/papers/{one['position']}/pdf").status_code == 503


def test_papers_are_listed_to_whom_they_concern_page_by_page(told: Night):
    for _ in range(3):
        issue(told, "press_draft")
    first = told.get("zhiban", "/api/papers", incident=INCIDENT, limit=2).json()
    rest = told.get("zhiban", "/api/papers", incident=INCIDENT, before=first["next"], limit=500).json()
    positions = [one["position"] for one in (*first["papers"], *rest["papers"])]
    assert positions == sorted(positions, reverse=True)
    assert rest["next"] is None
    assert len(positions) == len(told.house.desk.papers.all("jincheng", incident=INCIDENT))
    drafts = told.get("zhihuizhang", "/api/papers", area="jincheng", kind="press_draft", year=2026).json()["papers"]
    assert {one["kind"] for one in drafts} == {"press_draft"}
    assert told.get("chengqu", "/api/papers").json()["papers"] == []
    assert told.get("chengqu", "/api/papers", area="jincheng").status_code == 403


def test_a_code_leads_to_the_event_and_a_stranger_learns_that_it_is_right(told: Night):
    one = issue(told, "response_start")
    at = told.get("zhiban", f"/api/papers/codes/{one['code']}").json()
    assert at["event"]["type"] == "level_decided"
    assert one["number"] in {paper["number"] for paper in at["papers"]}
    stranger = told.get("shengren", f"/api/papers/codes/{one['code']}").json()
    assert stranger["event"] is None
    assert stranger["papers"] == []  # that the code is right, and nothing else
    assert one["title"] not in told.get("shengren", f"/e/{one['code']}").text
    position, _, seal = one["code"].partition("-")
    forged = f"{position}-{'0' if seal[0] != '0' else '1'}{seal[1:]}"
    assert told.get("zhiban", f"/api/papers/codes/{forged}").status_code == 404


def test_a_draft_of_what_was_not_decided_is_refused_and_takes_no_number(own: Night):
    own.play(until="decide_level")
    before = own.house.journal.head()
    answer = own.give("zhiban", "papers", wish("response_start"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "state")
    assert "先由有权的人决定" in answer.json()["error"]["mend"]
    assert own.house.journal.head() == before


def test_the_codes_of_a_console_with_an_address_lead_to_it(tmp_path: Any):
    night = Night(tmp_path, settings="areas: [jincheng, chengqu]\naddress: https://zhiban.example\n").people()
    night.play(until="verify_report")
    one = issue(night, "press_draft")
    content = night.get("zhiban", f"/api/papers/{one['position']}/docx").content
    assert Document(io.BytesIO(content)).core_properties.comments == f"https://zhiban.example/e/{one['code']}"
    night.close()
