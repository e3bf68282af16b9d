"""The sender with its threads: a flood or a slow gateway delays nobody else, failures are noted as what they are, nothing is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from calling_rooms import NIGHT, City, jincheng
from soundness import all_entries
from sqlalchemy import Engine

from zhishou import database
from zhishou.callout.calls import Message
from zhishou.callout.channels.contract import Channel, Outcome, Outgoing
from zhishou.callout.matters import Matter, Party
from zhishou.callout.sending.claims import LEASE, Claims
from zhishou.callout.sending.sender import Sender
from zhishou.desk.callout import CallOut
from zhishou.errors import DatabaseError


@dataclass
class Plug:
    """A channel as told."""

    name: str = "sms"
    kind: str = "sms"
    honours_keys: bool = True
    exercise: bool = True
    does: Callable[[Outgoing], Outcome] = lambda _: Outcome("accepted")
    given: list[Outgoing] = field(default_factory=list)

    def room(self) -> int:
        return 1000

    def send(self, one: Outgoing) -> Outcome:
        self.given.append(one)
        return self.does(one)


@pytest.fixture
def tables(tmp_path: Path) -> Iterator[Engine]:
    """A database for the claims."""
    engine = database.engine(f"sqlite:///{tmp_path}/claims.db")
    database.upgrade(engine)
    yield engine
    engine.dispose()


def matters(first: int, number: int, rank: int, at: object = NIGHT) -> list[Matter]:
    return [
        Matter(
            kind="task", id=f"t{one}", area="jincheng", rank=rank, what="到岗", since=at,  # type: ignore[arg-type]
            party=Party(key=f"person:p{one}", label="某人", persons=(f"p{one}",)),
        )
        for one in range(first, first + number)
    ]  # fmt: skip


def peopled(number: int, *kinds: str) -> City:
    city = jincheng(City(), level_officers=False)
    for one in range(number):
        for kind in kinds:
            city.book.add(f"p{one}", kind)
    return city


def run(sender: Sender, until: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "it does not come to its end"
        if not sender.turn():
            sender.wait(0.01)


def rounds(city: City) -> None:
    """Rounds until nothing is due."""
    while city.out.round(city.at):
        pass


def made(city: City, tables: Engine, **channels: Plug) -> Sender:
    named: Mapping[str, Channel] = channels  # type: ignore[assignment]
    return Sender(city.out.outbox, Claims(tables, "one"), named, lambda: city.at)


def messages(out: CallOut) -> list[Message]:
    return [message for call in out.of("jincheng") for message in call.messages.values()]


def test_level_one_is_called_first_in_a_flood_of_five_hundred():
    city = peopled(501, "sms")
    city.out.open(matters(0, 500, 2), city.at)
    city.out.open(matters(500, 1, 1), city.at)
    rounds(city)
    city.send()
    severe = next(call.ref for call in city.out.of("jincheng") if call.matter is not None and call.matter.rank == 1)
    assert city.gateways["sms"].given[0].id.startswith(severe)
    taken = [entry.stream for entry in all_entries(city.journal) if entry.type == "step_taken"]
    assert taken[0].endswith("person:p500")


def test_a_round_ends_soon_enough_to_see_what_has_become_due_meanwhile():
    """A round over the whole flood would not see level I before it was through: its calls are due later than the round began."""
    city = peopled(1001, "sms")
    city.out.open(matters(0, 1000, 3), city.at)
    assert city.out.round(city.at) <= 300
    city.at += timedelta(milliseconds=1)
    city.out.open(matters(1000, 1, 1, city.at), city.at)
    before = city.journal.head().position
    city.out.round(city.at)
    taken = [entry.stream for entry in city.journal.since(before) if entry.type == "step_taken"]
    assert taken[0].endswith("person:p1000")


def test_level_one_that_comes_into_a_flood_passes_it(tables: Engine):
    city = peopled(430, "sms")
    plug = Plug(does=lambda _: time.sleep(0.02) or Outcome("accepted"))  # type: ignore[func-returns-value]
    city.out.open(matters(0, 400, 2), city.at)
    rounds(city)
    sender = made(city, tables, sms=plug)
    run(sender, lambda: len(plug.given) > 40)
    city.out.open(matters(400, 30, 1), city.at)
    rounds(city)
    before = len(plug.given)
    severe = {call.ref for call in city.out.of("jincheng") if call.matter is not None and call.matter.rank == 1}
    run(sender, lambda: sum(one.id[:12] in severe for one in plug.given) == 30)
    between = sum(one.id[:12] not in severe for one in plug.given[before:])
    assert between < 130, "the flood went on before level I"
    run(sender, lambda: not city.journal.rows("outbox", limit=1))
    assert len({one.id for one in plug.given}) == len(plug.given) == 430
    assert {message.status for message in messages(city.out)} == {"accepted"}


def test_a_gateway_that_hangs_delays_no_other(tables: Engine):
    city = peopled(60, "voice", "sms")
    hanging = threading.Event()
    slow = Plug("voice", "voice", does=lambda _: (hanging.wait(30) and Outcome("accepted")) or Outcome("accepted"))
    quick = Plug()
    city.out.open(matters(0, 60, 1), city.at)
    rounds(city)
    sender = made(city, tables, voice=slow, sms=quick)
    run(sender, lambda: len(quick.given) == 60)
    assert len(slow.given) <= 8
    hanging.set()
    run(sender, lambda: not city.journal.rows("outbox", limit=1))
    assert len({one.id for one in slow.given}) == 60


def test_a_busy_gateway_is_asked_again_and_one_that_cannot_be_known_only_where_it_honours_keys(tables: Engine):
    city = peopled(3, "sms", "voice")
    busy = Plug(does=lambda _: Outcome("refused", again=len(busy.given) < 3) if len(busy.given) < 3 else Outcome("accepted"))  # fmt: skip
    unsure = Plug("voice", "voice", honours_keys=False, does=lambda _: Outcome("unknown", why="超时"))
    city.out.open(matters(0, 1, 1), city.at)
    rounds(city)
    sender = made(city, tables, sms=busy, voice=unsure)
    run(sender, lambda: not city.journal.rows("outbox", limit=1))
    by_channel = {message.channel: message.status for message in messages(city.out)}
    assert by_channel == {"sms": "accepted", "voice": "unknown"}
    assert len(unsure.given) == 1
    assert len({one.id for one in busy.given}) == 1


def test_a_channel_that_breaks_and_one_that_is_not_there(tables: Engine):
    def breaks(_: Outgoing) -> Outcome:
        raise ValueError("#00000001#")

    city = peopled(1, "sms", "voice")
    city.out.open(matters(0, 1, 1), city.at)
    rounds(city)
    sender = made(city, tables, sms=Plug(honours_keys=False, does=breaks))
    run(sender, lambda: not city.journal.rows("outbox", limit=1))
    found = {message.channel: message for message in messages(city.out)}
    assert found["sms"].status == "unknown"
    assert found["voice"].status == "refused"
    assert not [one for one in found.values() if "#" in one.note]


def test_what_was_sent_while_the_database_was_away_is_noted_later(tables: Engine):
    city = peopled(5, "sms")
    plug = Plug()
    city.out.open(matters(0, 5, 1), city.at)
    rounds(city)
    sender = made(city, tables, sms=plug)
    office, fails = city.out.outbox.handed, [3]

    def handed(outcomes: object) -> None:
        if fails[0]:
            fails[0] -= 1
            raise DatabaseError("数据库连不上")
        office(outcomes)  # type: ignore[arg-type]

    city.out.outbox.handed = handed  # type: ignore[method-assign, assignment]
    end = time.monotonic() + 30
    while city.journal.rows("outbox", limit=1) and time.monotonic() < end:
        try:
            sender.turn()
        except DatabaseError:
            continue
    assert not city.journal.rows("outbox", limit=1)
    assert len(plug.given) == 5
    assert {message.status for message in messages(city.out)} == {"accepted"}


def test_claims_are_one_machine_s_until_they_run_out(engine: Engine):
    one, two = Claims(engine, "one"), Claims(engine, "two")
    assert one.take(["a", "b"], NIGHT) == {"a": False, "b": False}
    assert two.take(["a", "c"], NIGHT) == {"c": False}
    assert one.take(["a"], NIGHT) == {}, "not even twice by its owner"
    later = NIGHT + LEASE
    one.prolong(["a"], later)
    assert two.take(["a", "b"], later) == {"b": True}, "begun by somebody who is gone"
    one.release(["a", "b"])
    assert two.take(["a"], later) == {"a": False}
    assert one.take(["b"], later) == {}, "released only what was its own"
    back = NIGHT - timedelta(days=1)  # the clock is set back: a claim cannot hold for a day
    assert set(one.take(["a", "b", "c"], back)) == {"a", "b", "c"}


def test_one_server_makes_the_rounds_and_another_takes_over(engine: Engine):
    one, two = Claims(engine, "one"), Claims(engine, "two")
    assert one.lead(NIGHT)
    assert not two.lead(NIGHT)
    half = NIGHT + LEASE * 0.7
    assert one.lead(half)
    assert not two.lead(NIGHT + LEASE * 1.2)
    assert two.lead(half + LEASE)
    assert not one.lead(half + LEASE)
