"""News as it happens: nothing lost, nothing twice, whatever breaks in between; and only for those whom it concerns."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from records import act
from web.night import GAS, POSTS, Night

from zhishou.journal import Draft, Write
from zhishou.people.tokens import Scope
from zhishou.web import listening, live
from zhishou.web.live import QUEUE, Listener, _hand

NOTE = "incidents/jincheng-2026-0001/add_note"


@dataclass
class Screen:
    """A browser that listens, in a thread of its own."""

    night: Night
    person: str
    last: str = ""
    after: int | None = None
    got: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    status: int = 0
    seen: int = 0
    ended: threading.Event = field(default_factory=threading.Event)
    begun: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        headers = self.night.headers(self.person) | ({"last-event-id": self.last} if self.last else {})
        params = {} if self.after is None else {"after": self.after}
        try:
            with httpx.stream(
                "GET", f"{self.night.base}/api/live", headers=headers, params=params, timeout=httpx.Timeout(10, read=30)
            ) as stream:
                self.line = stream.extensions["network_stream"].get_extra_info("socket")
                self.status = stream.status_code
                self._read(stream)
        except httpx.HTTPError:
            pass  # the test cut the line
        finally:
            self.begun.set()
            self.ended.set()

    def _read(self, stream: httpx.Response) -> None:
        event: dict[str, str] = {}
        for line in stream.iter_lines():
            self.begun.set()
            if line:
                name, _, value = line.partition(":")
                event[name] = value.strip()
                continue
            if "id" in event:
                self.seen = int(event["id"])
            if "event" in event:
                self.said.append(event["event"])
            elif "data" in event:
                self.got.append((self.seen, json.loads(event["data"])))
            event = {}

    def wait(self, position: int) -> None:
        """Until the screen has seen so far."""
        for _ in range(1000):
            if self.seen >= position:
                return
            time.sleep(0.01)
        raise AssertionError((self.seen, position, self.said))

    @property
    def positions(self) -> list[int]:
        return [position for position, _ in self.got]


@contextmanager
def watching(night: Night, person: str, **more: Any) -> Iterator[Screen]:
    screen = Screen(night, person, **more)
    night.session(person)
    thread = threading.Thread(target=screen.run)
    thread.start()
    assert screen.begun.wait(10)
    try:
        yield screen
    finally:
        with suppress(OSError):  # it may have ended already
            screen.line.shutdown(socket.SHUT_RDWR)
        thread.join(timeout=25)
        assert not thread.is_alive()


def head(night: Night) -> int:
    return night.house.journal.head().position


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    made = Night(tmp_path_factory.mktemp("live")).people()
    made.play(until="issue_measure")
    yield made
    made.close()


def everything(night: Night, after: int = 0) -> list[int]:
    return [entry.position for entry in night.house.journal.since(after, 1000)]


def test_what_happens_is_told_at_once_with_its_place_in_the_record(night: Night):
    with watching(night, "zhiban") as screen:
        before = head(night)
        began = time.monotonic()
        night.give("zhihuizhang", NOTE, {"text": "指挥长到场"})
        screen.wait(head(night))
        assert time.monotonic() - began < 1.5
        assert screen.positions == everything(night, before)
        position, told = screen.got[0]
        assert (position, told["type"], told["label"]) == (told["position"], "note_added", "记事")
        assert (told["incident"], told["payload"]["text"]) == ("jincheng-2026-0001", "指挥长到场")
        assert told["post_label"].endswith("指挥长")


def test_a_broken_line_goes_on_where_it_broke(night: Night):
    """Lines are cut at random places while commands flow; all pieces together are the record."""
    start = head(night)
    found: list[int] = []
    stop = threading.Event()

    def flow() -> None:
        for number in range(40):
            night.house.desk.give(
                "jincheng-2026-0001", _note(f"第 {number} 条"), night.house.desk.actor("zhiban", "某"), key=night.key()
            )
            time.sleep(0.01)
        stop.set()

    writer = threading.Thread(target=flow)
    writer.start()
    last = str(start)
    while not (stop.is_set() and found and found[-1] == head(night)):
        with watching(night, "zhiban", last=last) as screen:
            time.sleep(0.12)
            if stop.is_set():
                screen.wait(head(night))
            got = list(screen.positions)
        found += got
        last = str(found[-1]) if found else last
    writer.join()
    assert found == everything(night, start)[: len(found)]
    assert len(found) >= 40


def _note(text: str) -> Any:
    from zhishou.incident.opening import AddNote  # noqa: PLC0415 - only here

    return AddNote(text=text)


def test_everything_from_the_beginning_comes_once_and_in_order(night: Night):
    with watching(night, "admin", after=0) as screen:
        screen.wait(head(night))
        assert screen.positions == everything(night)


def test_what_another_process_records_is_told_too(night: Night):
    with watching(night, "zhiban") as screen:
        night.house.desk.give(
            "jincheng-2026-0001", _note("别的进程"), night.house.desk.actor("bangong", "某"), key=night.key()
        )
        screen.wait(head(night))
        assert screen.got[-1][1]["payload"]["text"] == "别的进程"


def test_everybody_is_told_what_concerns_him_and_nothing_else(night: Night, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(listening, "HEARTBEAT", 0.2)
    with (
        watching(night, "nengyuan", after=0) as unit,
        watching(night, "chengqu", after=0) as other,
        watching(night, "shengren", after=0) as stranger,
        watching(night, "admin", after=0) as admin,
    ):
        night.give("zhihuizhang", "incidents/jincheng-2026-0001/issue_task", _task("市能源局"))
        night.give("zhihuizhang", "incidents/jincheng-2026-0001/issue_task", _task("市公安局"))
        last = head(night)
        for screen in (unit, other, stranger, admin):
            screen.wait(last)
        story = night.get("nengyuan", "/api/incidents/jincheng-2026-0001/story").json()["events"]
        assert unit.positions == [event["position"] for event in story]
        assert [told["payload"]["by"] for _, told in unit.got if told["type"] == "task_issued"][-1] == ["市能源局"]
        assert stranger.got == []
        assert {told.get("area", told.get("incident", "")).split("-")[0] for _, told in other.got} == {"chengqu"}
        assert admin.positions == everything(night)
        people = [told for _, told in admin.got if told["type"] == "account_added"]
        assert len(people) == len(POSTS) + 1


def _task(unit: str) -> dict[str, Any]:
    return {"plan": "jincheng/cbm-surface-2020", "text": f"请{unit}派员", "by": [unit]}


def test_a_new_post_opens_the_eyes_and_a_lost_one_shuts_them(night: Night, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(listening, "HEARTBEAT", 0.2)
    with watching(night, "shengren") as screen:
        night.appoint("shengren", "jincheng", "duty:jincheng")
        first = night.give("zhiban", NOTE, {"text": "看得见"}).json()["events"][0]["position"]
        screen.wait(first)
        assert first in screen.positions
        appointment = next(
            one.id for one in night.house.desk.room("jincheng").appointments.values() if one.person == "shengren"
        )
        night.later(1)
        answer = night.give("admin", "rooms/jincheng/relieve_from_post", {"appointment": appointment, "reason": "调动"})
        assert answer.status_code == 200
        hidden = night.give("zhiban", NOTE, {"text": "看不见"}).json()["events"][0]["position"]
        screen.wait(hidden)
        assert hidden not in screen.positions


def test_who_is_shut_out_hears_no_more(night: Night):
    with watching(night, "zhiban2") as screen:
        assert night.call("admin", "POST", "/api/people/zhiban2/disable").status_code == 200
        assert screen.ended.wait(10)
        assert screen.said == ["goodbye"]
        assert [told["type"] for _, told in screen.got if told["type"] == "note_added"] == []


def test_a_token_may_listen(night: Night):
    headers = {"authorization": f"Bearer {night.token('zhiban', Scope.READ)}"}
    with httpx.stream("GET", f"{night.base}/api/live?after=0", headers=headers, timeout=10) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.iter_lines()
        assert any(line.startswith("data:") for line in lines)


def test_too_many_screens_are_told_so(night: Night, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(listening, "OWN_MOST", 1)
    with watching(night, "zhiban"):
        answer = night.get("zhiban", "/api/live")
        assert (answer.status_code, answer.json()["error"]["code"]) == (429, "too_many")
        assert answer.headers["retry-after"] == "10"
    assert night.get("zhiban", "/api/live", after=-1).status_code == 422


def test_signs_of_life_carry_the_place(night: Night, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(listening, "HEARTBEAT", 0.1)
    with watching(night, "shengren") as screen:
        night.give("zhiban", NOTE, {"text": "与他无关"})
        screen.wait(head(night))
        assert screen.got == []


def test_whoever_does_not_keep_up_is_told_to_connect_anew():
    """The queue is bounded: a listener who takes nothing is dropped, and nobody else is."""

    async def run() -> None:
        slow, quick = Listener(frozenset({"area:jincheng"}), "slow"), Listener(frozenset({"area:jincheng"}), "quick")
        other = Listener(frozenset({"area:chengqu"}), "other")
        for position in range(1, QUEUE + 50):
            one = live.News(position, "{}", frozenset({"area:jincheng"}))
            for listener in (slow, quick, other):
                _hand(listener, one)
            assert quick.queue.get_nowait().position == position
        assert (slow.dropped, quick.dropped, other.dropped) == (True, False, False)
        assert slow.queue.qsize() == QUEUE
        assert other.queue.empty()

    asyncio.run(run())


def test_a_stuck_screen_is_let_go_and_the_others_go_on(night: Night, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(listening, "PATIENCE", 0.3)
    hub = night.app.state.hub
    stuck = socket.create_connection(("127.0.0.1", int(night.base.rsplit(":", 1)[1])))
    stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    cookie = night.headers("zhiban")["cookie"]
    stuck.sendall(f"GET /api/live HTTP/1.1\r\nhost: x\r\ncookie: {cookie}\r\n\r\n".encode())
    with watching(night, "bangong") as screen:
        for _ in range(200):
            if len(hub.listeners) == 2:
                break
            time.sleep(0.02)
        assert len(hub.listeners) == 2
        text = "长" * 19_000
        for _ in range(200):
            night.give("zhiban", NOTE, {"text": text})
            if len(hub.listeners) == 1:
                break
        assert len(hub.listeners) == 1
        screen.wait(head(night))
    stuck.close()


def test_many_screens_listen_on_one_process(night: Night):
    """A hundred streams over one connection pool: each gets every piece of news, and the desk stays quick."""
    headers = {"authorization": f"Bearer {night.token('zhiban', Scope.READ)}"}
    start, count = head(night), 100

    async def one(client: httpx.AsyncClient) -> list[int]:
        found = []
        async with client.stream("GET", "/api/live", params={"after": start}, headers=headers) as stream:
            assert stream.status_code == 200
            async for line in stream.aiter_lines():
                if line.startswith("data:"):
                    found.append(json.loads(line[5:])["position"])
                if len(found) == 20:
                    return found
        return found

    async def run() -> list[list[int]]:
        limits = httpx.Limits(max_connections=count + 5)
        async with httpx.AsyncClient(base_url=night.base, timeout=30, limits=limits) as client:
            listening_ = [asyncio.create_task(one(client)) for _ in range(count)]
            await asyncio.sleep(0.5)
            await asyncio.to_thread(give)
            return await asyncio.gather(*listening_)

    took: list[float] = []

    def give() -> None:
        for number in range(20):
            began = time.perf_counter()
            assert night.give("zhiban", NOTE, {"text": f"{number}"}).status_code == 200
            took.append(time.perf_counter() - began)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(listening, "OWN_MOST", count + 1)
        found = asyncio.run(run())
    assert found == [everything(night, start)[:20]] * count
    assert sorted(took)[10] < 1.0
    assert GAS


def test_one_entry_that_cannot_be_read_silences_none_after_it(own: Night, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(listening, "HEARTBEAT", 0.2)
    own.play(until="issue_measure")
    own.give("chengqu", "incidents", {"title": "城区事件", "place": "chengqu", "subject": "coal_supply_shortage"})
    journal, stream = own.house.journal, "incident/chengqu-2026-0001"
    with watching(own, "zhiban") as screen:
        entry = Draft("of_tomorrow", 1, {}, own.at)
        journal.append([Write(stream, journal.version(stream), (entry,))], act())
        last = own.give("zhiban", NOTE, {"text": "还在"}).json()["events"][0]["position"]
        screen.wait(last)
        assert screen.got[-1][1]["payload"] == {"text": "还在"}


def test_a_screen_that_had_seen_more_than_a_record_brought_back_holds_begins_anew(night: Night):
    """After a restore a browser comes back with a place that the record has not reached again."""
    beyond = head(night) + 50
    with watching(night, "zhiban", last=str(beyond)) as screen:
        assert screen.ended.wait(10)
        assert screen.said == ["reconnect"]
    assert night.get("zhiban", "/api/me").status_code == 200
    with watching(night, "zhiban", after=head(night)) as screen:
        night.give("zhiban", NOTE, {"text": "接着来"})
        screen.wait(head(night))
        assert [told["payload"]["text"] for _, told in screen.got] == ["接着来"]
