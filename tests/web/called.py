"""A night on which a level was decided and everybody it names is called, by a gateway that the test holds in its hand."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import gateways
import pytest
from web.night import GAS, Night

from zhishou.acts import Actor
from zhishou.callout.book.checking import Known
from zhishou.callout.book.importing import bring_in
from zhishou.callout.book.lines import Line
from zhishou.callout.calls import Call, Message
from zhishou.incident.levels import DecideProposal
from zhishou.incident.opening import OpenIncident
from zhishou.incident.proposals import ProposeLevel
from zhishou.incident.reports import ReportGiven

SECRET = {"X-Zhishou-Secret": "s3cret"}
NUMBERS = {"zhiban": "160" + "00000001", "nengyuan": "160" + "00000002", "xuanchuan": "160" + "00000003"}
"""160 is given to nobody."""


@dataclass
class Calling:
    night: Night
    gateway: gateways.HttpGateway
    incident: str

    def call(self, party: str) -> Call:
        found = (one for one in self.night.house.callout.of(self.incident) if one.matter and one.matter.kind == "level")
        return next(one for one in found if one.matter and one.matter.party.key == party)

    def message(self, party: str) -> Message:
        return next(one for one in self.call(party).messages.values() if one.channel == "sms")

    def code(self, party: str) -> str:
        return self.night.house.codes.code(self.message(party).id)

    def receipt(self, body: object, **headers: str) -> int:
        answer = self.night.http.post("/callout/receipts/sms", json=body, headers={**SECRET, **headers})
        assert answer.status_code == 200, answer.text
        taken: int = answer.json()["taken"]
        return taken


def night_of_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Calling]:
    monkeypatch.setenv("RECEIPTS", "s3cret")
    with gateways.http_gateway() as gateway:
        settings = (
            "areas: [jincheng]\ncallout:\n  site: https://duty.example.cn\n  channels:\n    sms:\n      kind: sms\n"
            f"      url: {gateway.url}\n      body: {{to: '{{to}}', text: '{{text}}', id: '{{id}}'}}\n"
            "      accepted: {code: 0}\n      ref: ref\n      receipts: {secret: {env: RECEIPTS}, ref: ref}\n"
            f"    voice:\n      kind: voice\n      url: {gateway.url}\n      body: {{to: '{{to}}', text: '{{text}}'}}\n"
            "      accepted: {code: 0}\n      receipts: {secret: {env: RECEIPTS}}\n"
        )
        gateway.answer = lambda asked: gateways.Answer(
            body=json.dumps({"code": 0, "ref": f"g-{asked.json['id']}"}).encode()
        )
        night = Night(tmp_path, settings=settings).people()
        try:
            yield Calling(night, gateway, _level_two(night))
        finally:
            night.close()


def _level_two(night: Night) -> str:
    house, desk = night.house, night.house.desk
    lines = [Line("x", "", "sms", number, account=account) for account, number in NUMBERS.items()]
    bring_in(
        house.book, "x", lines, Known(house.library, "jincheng", dict.fromkeys(NUMBERS, "某")), by="admin", at=night.at
    )

    def actor(who: str) -> Actor:
        return desk.actor(who, who)

    opening = OpenIncident(
        title="门站失压两人被困", subject="gas_supply_shortage", place="jincheng", plans=(GAS,),
        report=ReportGiven(sender="市能源局", text="失压"),
    )  # fmt: skip
    id_ = desk.open(opening, actor("zhiban"), area="jincheng", key=night.key()).incident
    desk.give(id_, ProposeLevel(plan=GAS, level="II", reason="缺口"), actor("bangong"), key=night.key())
    proposal = list(desk.incident(id_).proposals)[-1]
    desk.give(id_, DecideProposal(proposal=proposal), actor("zhihuizhang"), key=night.key())
    rounds(night)
    return id_


def rounds(night: Night) -> None:
    """Rounds and sending until nothing moves."""
    sender = night.house.sender()
    for _ in range(200):
        if not night.house.callout.round(night.at) + sender.turn() and not sender.flying:
            break
        time.sleep(0.02)
    sender.close()


ENERGY, PUBLICITY = "unit:jincheng_energy", "unit:jincheng_publicity"
