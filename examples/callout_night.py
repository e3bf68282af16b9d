"""The cold wave's call-out, live against gateways on this machine: calls, answers, a silent deputy escalated, a dead number found.

Everything goes the real way: the contact book is a workbook that is imported, messages leave over HTTP, people answer by
sending a code back or pressing a key, and the gateways tell so to the server. Only the clock is moved by hand, and the
people and their numbers are made up (160 is given to nobody).
"""

from __future__ import annotations

import json
import logging
import os
import re
import secrets
import tempfile
import threading
import time
import urllib.request
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import structlog
import uvicorn

from zhishou import clock
from zhishou.acts import Actor
from zhishou.bootstrap import House, first_start, open_house
from zhishou.callout.book import form, workbook
from zhishou.callout.book.checking import Known
from zhishou.callout.book.importing import bring_in
from zhishou.callout.calls import Call
from zhishou.callout.matters import KINDS
from zhishou.callout.self_test import SelfTests
from zhishou.desk.rehearsing import rehearse
from zhishou.incident.levels import DecideProposal
from zhishou.incident.opening import OpenIncident
from zhishou.incident.proposals import ProposeLevel
from zhishou.incident.reports import ReportGiven
from zhishou.people.passwords import Cost
from zhishou.plan.posts import admin_post
from zhishou.watch.commands import AppointToPost, BeginShift, DelegatePosts
from zhishou.web.app import app
from zhishou.web.serving import bound

GAS = "jincheng/gas-winter-2021"
START = clock.moment("2026-12-15T02:00")
NUMBER = "160" + "0000{:04d}"


@dataclass
class Somebody:
    """One of the made-up people."""

    account: str
    name: str
    posts: tuple[str, ...]
    answers: float | None
    """Minutes until he answers; None: he sleeps through."""
    dead: bool = False


PEOPLE = (
    Somebody("zhiban", "程甲", ("duty:jincheng",), 1),
    Somebody("zhuren", "郭乙", (f"{GAS}:office", f"{GAS}:office_director", "unit:jincheng_development_reform"), 2),
    Somebody("zhihui", "王丙", (f"{GAS}:commander",), 2),
    Somebody("fuzhi", "李丁", (f"{GAS}:deputy_commander",), None),
    Somebody("xuanchuan", "张戊", ("unit:jincheng_publicity",), 3),
    Somebody("nengyuan", "赵庚", ("unit:jincheng_energy",), None),
    Somebody("fuju", "孙辛", (), None),
    Somebody("gongan", "钱申", ("unit:jincheng_public_security",), 2, dead=True),
)
LINES = (
    "市气象局",
    "市民政局",
    "市应急管理局",
    "市财政局",
    "晋城公路分局",
    "市工业和信息化局",
    "市市场监督管理局",
    "市交通运输局",
    "市城市管理局",
)
"""Units of which nobody is appointed: their duty line is called; a local number never begins with 9."""
CONFIG = """\
areas: [jincheng]
callout:
  channels:
    sms:
      kind: sms
      exercise: true
      url: {url}/sms
      body: {{to: "{{to}}", text: "{{text}}", id: "{{id}}"}}
      accepted: {{code: 0}}
      honours_keys: true
      test: {{dry_run: true}}
      receipts: {{secret: {{env: DEMO_SECRET}}, reply: text, sender: from}}
    phone:
      kind: voice
      exercise: true
      url: {url}/voice
      body: {{to: "{{to}}", say: "{{text}}", id: "{{id}}"}}
      accepted: {{code: 0}}
      honours_keys: true
      test: {{dry_run: true}}
      receipts: {{secret: {{env: DEMO_SECRET}}, reply: key}}
"""


@dataclass
class Telephones:
    """The gateways and the people at the other end of the line."""

    url: str = ""
    rung: list[dict[str, Any]] = field(default_factory=list)
    people: dict[str, Somebody] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    def take(self, way: str, message: dict[str, Any]) -> dict[str, Any]:
        """What the gateway answers; the same id is taken once."""
        who = self.people.get(message["to"])
        if who is None or who.dead:
            return {"code": 4040, "message": "空号"}
        if not message.get("dry_run") and message["id"] not in self.seen:
            self.seen.add(message["id"])
            self.rung.append({"way": way, **message})
        return {"code": 0}


def main() -> None:
    """Tell the night."""
    say("呼叫演示：寒潮之夜谁被叫到、谁应答（演练，人物和号码虚构，短信和电话网关在本机）")
    phones = Telephones()
    server, gateway = _served(phones)
    os.environ["DEMO_SECRET"] = secrets.token_hex(8)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "house.yaml").write_text(CONFIG.format(url=gateway), encoding="utf-8")
        clock_ = [START]
        house = open_house(
            f"sqlite:///{folder}/exercise.db", Path(folder), exercise=True, now=lambda: clock_[0],
            cost=Cost(memory_kib=64, passes=1, lanes=1),
        )  # fmt: skip
        web = uvicorn.Server(uvicorn.Config(app(house, ticking=False), log_level="critical", lifespan="on"))
        listening = bound("127.0.0.1", 0)
        phones.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread = threading.Thread(target=web.run, args=([listening],), daemon=True)
        thread.start()
        try:
            _prepare(house, phones)
            _night(house, phones, clock_)
        finally:
            web.should_exit = True
            thread.join(10)
            house.close()
            server.shutdown()


def _prepare(house: House, phones: Telephones) -> None:
    first_start(house)
    admin = Actor("admin", "系统管理员", frozenset({admin_post("jincheng")}))
    rows = []
    for index, one in enumerate(PEOPLE, start=1):
        number = NUMBER.format(index)
        phones.people[number] = one
        for post in one.posts:
            wish = AppointToPost(post=post, person=one.account, person_name=one.name, basis="任职文件")
            house.desk.keep("jincheng", wish, admin, key=f"{one.account}/{post}")
        rows.append({"账户": one.account, "姓名": one.name, "手机": number, "用于": "演练"})
    for index, unit in enumerate(LINES, start=12):
        code = "0359" if unit == "市气象局" else "0356"
        phones.people[f"{code}90000{index}"] = Somebody("", f"{unit}值班室", (), 1 + index % 3)
        rows.append({"单位或职务": unit, "姓名": "值班室", "值班电话": f"{code}-90000{index}", "用于": "演练"})
    house.desk.keep("jincheng", BeginShift(absence="演示开始"), house.desk.actor("zhiban", "程甲"), key="shift")
    trust = DelegatePosts(
        posts=("unit:jincheng_energy",), person="fuju", person_name="孙辛", until=START + timedelta(days=9),
        document="委托书第9号", reason="出差",
    )  # fmt: skip
    house.desk.keep("jincheng", trust, house.desk.actor("nengyuan", "赵庚"), key="trust")
    known = Known(house.library, "jincheng", {one.account: one.name for one in PEOPLE})
    got = bring_in(house.book, "通讯录.xlsx", workbook.read(form.template(rows)), known, by="admin", at=house.now())
    say(f"\n一、通讯录导入：启用 {got.added} 项，待核定 {len(got.held)} 行")
    for one in got.held:
        say(f"   〔{one.place}〕{one.label}：{one.message}。{one.mend}")
    report = SelfTests(house.book, lambda: house.channels, house.now, exercise=True).run("admin")
    assert report is not None  # noqa: S101 - nobody else tests
    say(f"\n二、静默测试：通 {report.alive} 项，不通 {len(report.dead)} 项")
    for dead in report.dead:
        say(f"   不通：{known.label(dead.holder)}　{dead.kind}　{dead.why}")
    runs = rehearse(house.callout, house.library, GAS, "I", house.now())
    say(f"\n三、预演Ⅰ级响应：{len(runs)} 家，{sum(not run.reached for run in runs)} 家一个人也呼叫不到；号码不通的：")
    for run in runs:
        for words in run.missing:
            if "测试不通" in words:
                say(f"   {run.label}　{words}")


def _night(house: House, phones: Telephones, clock_: list[datetime]) -> None:
    desk = house.desk

    def actor(account: str) -> Actor:
        return desk.actor(account, next(one.name for one in PEOPLE if one.account == account))

    report = ReportGiven(sender="市能源局", text="门站压力降了三成")
    opening = OpenIncident(
        title="寒潮缺气", subject="gas_supply_shortage", place="jincheng", plans=(GAS,), report=report
    )  # fmt: skip
    incident = desk.open(opening, actor("zhiban"), area="jincheng", key="open").incident
    desk.give(incident, ProposeLevel(plan=GAS, level="I", reason="缺口扩大"), actor("zhuren"), key="propose")
    proposal = list(desk.incident(incident).proposals)[-1]
    desk.give(incident, DecideProposal(proposal=proposal), actor("zhihui"), key="decide")
    say(f"\n四、{clock_[0]:%H:%M} 王丙决定启动Ⅰ级响应，系统开始呼叫")
    sender, told = house.sender(), 0
    waiting: list[tuple[datetime, dict[str, Any]]] = []
    while clock_[0] < START + timedelta(minutes=16):
        for _ in range(50):
            moved = house.callout.round(clock_[0]) + sender.turn()
            if not moved and not sender.flying:
                break
            time.sleep(0.01)
        for message in phones.rung[told:]:
            who = phones.people[message["to"]]
            if told < 12 or who.answers is None:
                text = message.get("text") or message.get("say", "")
                say(f"   {clock_[0]:%H:%M}　{'短信' if message['way'] == 'sms' else '电话'} → {who.name}　{text}")
            if who.answers is not None:
                waiting.append((clock_[0] + timedelta(minutes=who.answers), message))
            told += 1
        clock_[0] += timedelta(seconds=30)
        for at, message in [one for one in waiting if one[0] <= clock_[0]]:
            waiting.remove((at, message))
            _answer(phones, message)
    sender.close()
    _tell(house, incident)


def _answer(phones: Telephones, message: dict[str, Any]) -> None:
    """Somebody answers: the gateway tells the server, as a real one would."""
    receipt = {"id": message["id"], "status": "delivered"}
    if message["way"] == "voice":
        receipt["key"] = "1"
    elif code := re.search(r"收到回(\d{4})", message["text"]):
        receipt |= {"from": message["to"], "text": code[1]}
    channel = "phone" if message["way"] == "voice" else "sms"
    request = urllib.request.Request(  # noqa: S310 - our own server on this machine
        f"{phones.url}/callout/receipts/{channel}", json.dumps(receipt).encode(), method="POST",
        headers={"Content-Type": "application/json", "X-Zhishou-Secret": os.environ["DEMO_SECRET"]},
    )  # fmt: skip
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - the same
        answer.read()


def _tell(house: House, incident: str) -> None:
    calls = house.callout.of(incident)
    say(f"\n五、16 分钟后：{len(calls)} 个呼叫")
    words = {"answered": "已应答", "unanswered": "无人应答，已报值班员", "calling": "正在呼叫", "ended": "已告知"}
    for call in sorted(calls, key=lambda one: list(words).index(one.status) if one.status in words else 9):
        say("   " + _line(call, words))


def _line(call: Call, words: dict[str, str]) -> str:
    matter = call.matter
    assert matter is not None  # noqa: S101 - every call has one
    who = f"　{call.answered.name} {call.answered.at:%H:%M}" if call.answered else ""
    missing = f"　缺：{'；'.join(call.missing[:1])}" if call.missing else ""
    told = f"　呼叫 {len(call.messages)} 次"
    return f"{matter.party.label}　{KINDS[matter.kind]}　{words.get(call.status, call.status)}{who}{told}{missing}"


def _served(phones: Telephones) -> tuple[ThreadingHTTPServer, str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body = json.dumps(phones.take(self.path.strip("/"), message)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """The demo tells what matters."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}"


def say(text: str) -> None:
    """One line."""
    print(text, flush=True)


if __name__ == "__main__":
    main()
