"""Public warnings that come in: read through one door, kept byte for byte, weighed against each other, told as facts.

What no rule can turn into a fact waits for a person and is never dropped; what ran out without being lifted leaves its
fact unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from zhishou.acts import Actor, Event
from zhishou.desk.keeping import Keeping
from zhishou.desk.kinds import standing_stream
from zhishou.desk.office import WarningOffice
from zhishou.desk.streams import Signature, append, digest, drafts
from zhishou.errors import NotFoundError, RefusedError
from zhishou.incident.authority import Permitted, office, post_of
from zhishou.incident.facts import FactCorrected, FactGiven
from zhishou.incident.state import Incident, Statement
from zhishou.journal import Write
from zhishou.paper.cap.alerting import (
    WARNING_STREAMS,
    WARNINGS,
    SettleWarning,
    TakeWarning,
    WarningSettled,
    WarningTaken,
)
from zhishou.paper.cap.facts import Source, Told, told
from zhishou.paper.cap.places import places
from zhishou.paper.cap.reading import Received, received
from zhishou.paper.cap.standing import Standing, standings
from zhishou.paper.files import Files, sm3
from zhishou.plan.posts import duty_post, reporter_post
from zhishou.projections import STANDING

MARK = "预警信息 "
"""Before the provenance of a fact that a message stated: by it a fact is known that falls with its message."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message that came in, and what became of it."""

    standing: Standing
    source: str
    """The deployment's name for the sender; empty where it knows none."""
    facts: tuple[Told, ...]
    """What it states now."""
    settled: str
    """What a person decided; empty where nobody has."""

    @property
    def content(self) -> str:
        """SM3 of its bytes."""
        return self.standing.message.digest

    @property
    def waiting(self) -> bool:
        """Whether a person must decide: it is real and stands, and no rule made a fact of it."""
        state = self.standing.state
        open_ = state in {"conflict", "doubtful"} or (state in {"standing", "cancel"} and not self.facts)
        return open_ and not self.settled


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a message that was sent."""

    one: Incoming
    repeated: bool


class Warnings:
    """The foreign messages of the areas of one record.

    Args:
        keeping: the incidents, for plans, clock and standing files.
        files: where bytes are kept.
        settled: whom the house believes.
        tell: states facts of an area: area, facts, key.
    """

    def __init__(
        self, keeping: Keeping, files: Files, settled: WarningOffice,
        tell: Callable[[str, Mapping[str, FactGiven], str], None],
    ) -> None:  # fmt: skip
        self._keeping, self._files, self.settled, self._tell = keeping, files, settled, tell
        self._read = lru_cache(maxsize=1024)(self._received)

    # What is done

    def take(self, area: str, content: bytes, by: Actor, *, key: str, machine: str = "") -> Taken:
        """Take in a message; what it states becomes a fact of the area. The same bytes are kept once.

        Raises:
            NotFoundError: there is no such area.
            RefusedError: he holds no post that may deliver it.
            ProblemsError: it cannot be understood; everything that is wrong.
            UntrustedError: its signature is broken, or it has none and must.
        """
        self._code(area)
        now, stream = self._keeping.now(), f"{WARNING_STREAMS}{area}"
        command = TakeWarning(content=sm3(content))
        signature = Signature(key, machine or self._keeping.machine, digest(command, stream, by), now)
        found = received(content, self.settled.pinned, now, unsigned=self.settled.unsigned)
        source = self._source(found)
        post = self._post(area, by, TakeWarning.label, source)
        self._files.keep(content, now)
        infos = found.alert.infos
        event = WarningTaken(
            content=found.digest, identifier=found.alert.identifier, sender=found.alert.sender, sent=found.alert.sent,
            status=found.alert.status, msg_type=found.alert.msg_type, signer=found.signer, source=source.name if source else "",
            headline=next((one.headline or one.event for one in infos), "") or found.alert.identifier,
        )  # fmt: skip
        repeated = self._once(stream, event, signature, by, post)
        self.refresh(area, key)
        return Taken(self.one(area, found.digest), repeated)

    def settle(self, area: str, command: SettleWarning, by: Actor, *, key: str, machine: str = "") -> Incoming:
        """Record what a person decided about a message.

        Raises:
            NotFoundError: there is none.
            RefusedError: he does not keep the desk, or it was settled already.
        """
        now, stream = self._keeping.now(), f"{WARNING_STREAMS}{area}"
        signature = Signature(key, machine or self._keeping.machine, digest(command, stream, by), now)
        if not self._keeping.journal.of_command(key):
            post = self._post(area, by, SettleWarning.label, None)
            one = self.one(area, command.content)
            if one.settled:
                raise RefusedError("这条预警信息已经处理", where=one.settled, mend="有新情况的，直接登记要素")
            self._once(stream, WarningSettled(content=command.content, done=command.done), signature, by, post)
        else:
            append(self._keeping.journal, (), signature, by, "")
        return self.one(area, command.content)

    def _once(self, stream: str, event: Event, signature: Signature, by: Actor, post: str) -> bool:
        def once() -> bool:
            version = self._keeping.journal.version(stream)
            known = isinstance(event, WarningTaken) and any(
                entry.payload.get("content") == event.content for entry in self._keeping.journal.read(stream)
            )
            if known and not self._keeping.journal.of_command(signature.key):
                return True
            write = Write(stream, version, drafts((event,), signature.recorded))
            return append(self._keeping.journal, (write,), signature, by, post).repeated

        return self._keeping.turns.take(stream, once)

    def refresh(self, area: str, key: str) -> None:
        """State what the messages state now; take back what a message stated that has run out without being lifted."""
        if not self._keeping.journal.version(f"{WARNING_STREAMS}{area}"):
            return
        now = self._keeping.now()
        stated = {one.fact: one for one in self._told(area)}
        standing = self._keeping.states.get(standing_stream(area)).facts
        new = {
            fact: given for fact, one in stated.items()
            if (given := _news(one, standing.get(fact), now)) is not None
        }  # fmt: skip
        if new:
            self._tell(area, new, f"{key}#warnings")
        gone = [fact for fact, one in standing.items() if one.source.startswith(MARK) and fact not in stated]
        if gone:
            self._take_back(area, gone, key, now)

    def _take_back(self, area: str, gone: list[str], key: str, now: datetime) -> None:
        def corrected(state: Incident) -> tuple[Event, ...]:
            return tuple(
                FactCorrected(
                    fact=fact, was={**one.given, "at": one.at.isoformat(), "source": one.source},
                    reason="所依据的预警信息已过有效期或不再有效，没有收到解除",
                )
                for fact, one in state.facts.items() if fact in gone and one.source.startswith(MARK)
            )  # fmt: skip

        self._keeping.by_itself(f"{STANDING}{area}", f"{key}#run-out", corrected, now)

    def _post(self, area: str, by: Actor, label: str, source: Source | None) -> str:
        """Whoever keeps the desk; and the sender's own account for its own messages."""
        own = (reporter_post(area, source.name),) if source else ()
        permitted = Permitted((*own, duty_post(area)))
        for pack in self._keeping.library.packs.values():
            if pack.plan.area == area and pack.organisation.office:
                permitted = permitted | office(pack)
        return post_of(by, permitted, label, self._keeping.context(area, self._keeping.now()))

    def _source(self, found: Received) -> Source | None:
        for one in self.settled.sources:
            if found.alert.sender in one.senders and (not one.signers or found.signer in one.signers):
                return one
        return None

    # What is read

    def all(self, area: str) -> tuple[Incoming, ...]:
        """Every message of an area, the latest first."""
        done: dict[str, str] = {}
        sources: dict[str, str] = {}
        for entry in self._keeping.journal.read(f"{WARNING_STREAMS}{area}"):
            event = WARNINGS.decode(entry.type, entry.schema, entry.payload)
            if isinstance(event, WarningSettled):
                done[event.content] = event.done
            elif isinstance(event, WarningTaken):
                sources[event.content] = event.source
        by_message: dict[str, list[Told]] = {}
        for one in self._told(area):
            by_message.setdefault(one.message, []).append(one)
        return tuple(
            Incoming(
                one, sources.get(one.message.digest, ""), tuple(by_message.get(one.message.digest, ())),
                done.get(one.message.digest, ""),
            )
            for one in reversed(self._standings(area))
        )  # fmt: skip

    def one(self, area: str, content: str) -> Incoming:
        """One message.

        Raises:
            NotFoundError: there is none.
        """
        for each in self.all(area):
            if each.content == content:
                return each
        raise NotFoundError("没有这条预警信息", where=content[:16], mend="从收到的清单里选")

    def _standings(self, area: str) -> tuple[Standing, ...]:
        found = [
            self._read(str(entry.payload["content"]), entry.recorded, str(entry.payload.get("signer", "")))
            for entry in self._keeping.journal.read(f"{WARNING_STREAMS}{area}")
            if entry.type == WarningTaken.type
        ]
        return standings(found, self._keeping.now())

    def _received(self, content: str, at: datetime, signer: str) -> Received:
        """A message from its kept bytes, trusted as it was when it came: certificates change, the record does not."""
        again = received(self._files.get(content), (), at, unsigned=True)
        return Received(again.alert, signer, content, at)

    def _told(self, area: str) -> tuple[Told, ...]:
        now, lexicon = self._keeping.now(), self._keeping.library.lexicon
        found = self._standings(area)
        return told(found, self.settled.rules, self.settled.sources, self._code(area), lexicon, now)

    def _code(self, area: str) -> str:
        place = places().get(area)
        if place is None:
            raise NotFoundError("这个地区没有行政区划代码，不能收预警信息", where=area, mend="用所在市、县的值班室")
        return place.code


def _news(one: Told, stands: Statement | None, now: datetime) -> FactGiven | None:
    """What is to be stated of a fact that a message tells; None where that stands already, or somebody knows better."""
    at, by_message = min(one.at, now), stands is not None and stands.source.startswith(MARK)
    if stands is not None:
        same = stands.given.get("value") == one.value
        if by_message and not same:
            at = max(at, stands.at)  # the messages together say otherwise now, whichever was sent first
        elif stands.at > at or (stands.at == at and same):
            return None
    return FactGiven(value=one.value, at=at, source=f"{MARK}{one.source}")
