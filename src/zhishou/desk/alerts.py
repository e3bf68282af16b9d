"""Public warnings on their way out: from a decision on record to a message, kept byte for byte, each following those before.

An exercise can never leave as real: the status is read off the record of the decision (`paper/cap/notices.py`), the feed
holds no exercise, and a message of one is given out under no public address.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from zhishou import clock
from zhishou.acts import Actor, Happened
from zhishou.desk.keeping import Keeping
from zhishou.desk.kinds import INCIDENTS, incident_stream
from zhishou.desk.office import WarningOffice
from zhishou.desk.streams import Signature, append, digest, drafts
from zhishou.errors import NotFoundError, ProblemsError, RefusedError, ZhishouError
from zhishou.incident.authority import Permitted, named, office, post_of
from zhishou.incident.level_rules import level_of
from zhishou.incident.levels import LevelDecided, LevelEnded
from zhishou.incident.notices import NoticePublished
from zhishou.incident.state import Incident
from zhishou.journal import Entry, Journal, Write
from zhishou.paper.cap import national, schema
from zhishou.paper.cap.alerting import ALERT_STREAMS, ALERTS, AlertIssued, IssueAlert
from zhishou.paper.cap.composing import Particulars, Wording, notice
from zhishou.paper.cap.door import parsed
from zhishou.paper.cap.feed import Channel, feed
from zhishou.paper.cap.notices import Notice, Published
from zhishou.paper.cap.reading import read
from zhishou.paper.cap.writing import as_bytes, element
from zhishou.paper.case import Case
from zhishou.paper.files import Files
from zhishou.plan.lexicon import Lexicon
from zhishou.plan.pack import Pack


@dataclass(frozen=True, slots=True)
class Alert:
    """A message that was issued."""

    event: AlertIssued
    at: datetime
    position: int
    person: str
    name: str
    post: str
    repeated: bool = False


class Alerts:
    """The public messages of the areas of one record.

    Args:
        keeping: the incidents, for plans and clock.
        files: where bytes are kept.
        settled: in whose name, signed with what.
    """

    def __init__(self, keeping: Keeping, files: Files, settled: WarningOffice) -> None:
        self._keeping, self._files, self.settled = keeping, files, settled
        self._read = lru_cache(maxsize=512)(self._notice_of)

    # What is done

    def may(self, command: IssueAlert, by: Actor) -> str:
        """The post in which somebody may issue a warning: those whom the plan lets publish it.

        Raises:
            NotFoundError: there is no such incident.
            RefusedError: he holds none.
        """
        state, pack, happened = self._decision(command)
        event = happened.event
        assert isinstance(event, LevelDecided | LevelEnded)  # noqa: S101 - _decision gives nothing else
        level = level_of(pack, "warning", event.level)
        decided = level.decided_by or ("headquarters",)
        permitted: Permitted = named(pack, decided, state, level.decision_clause) | office(pack)
        return post_of(by, permitted, IssueAlert.label, self._keeping.context(state.area, self._keeping.now()))

    def draft(self, command: IssueAlert) -> Notice:
        """The message as it would be issued now; where the decision went out already, an update that tells it anew.

        Raises:
            RefusedError: no warning was decided, its notice is not yet published, it was lifted, or is another's; an area
                is not this duty room's.
            ProblemsError: an area has no code, or a text cannot be shown.
        """
        state, pack, happened = self._decision(command)
        issuer = self.settled.issuers.get(state.area)
        if issuer is None:
            raise RefusedError(
                "没有写明以哪个单位的名义发预警信息", where="house.yaml warnings", mend="请维护人员写明发送单位标识和名称",
                code="missing",
            )  # fmt: skip
        self._below(command, state)
        self._published(state, pack, happened)
        again = self._told(state, happened)
        case = Case(state, (), self._keeping.library.packs, self._keeping.library.lexicon, self._keeping.now())
        made = notice(
            happened, pack, issuer, self._particulars(command, state), self._standing(state, pack),
            renewed=self._keeping.now() if again else None, name=lambda who: case.name(pack, who),
        )  # fmt: skip
        if made is None:
            raise RefusedError(
                "预警由别的机关发布，或本值班室没有发过这项预警，不用发信息",
                where=pack.plan.short,
                mend="由发布的机关对外发布",
            )
        return made

    def _told(self, state: Incident, happened: Happened) -> bool:
        """Whether a message of a decision went out already."""
        return any(one.event.decision == happened.position for one in self.of(state.area, state.id))

    def _below(self, command: IssueAlert, state: Incident) -> None:
        """Refuse areas that another duty room answers for: who warns a place answers for it."""
        lexicon = self._keeping.library.lexicon
        foreign = [one for one in command.areas if one not in lexicon.areas or state.area not in lexicon.upward(one)]
        if foreign:
            named_ = "、".join(lexicon.areas[one].label if one in lexicon.areas else one for one in foreign)
            raise RefusedError(
                f"{named_}不在{lexicon.areas[state.area].label}范围内，不能由这里发布预警", where="范围", code="post",
                mend=f"只写{lexicon.areas[state.area].label}和它所辖的县（市、区）；别处的由当地或上级值班室发布",
            )  # fmt: skip

    def issue(self, command: IssueAlert, by: Actor, *, key: str, machine: str = "") -> Alert:
        """Issue a message: composed, validated, signed, kept, recorded. The same key issues once.

        Raises:
            NotFoundError: there is no such incident.
            RefusedError: he holds no post that may, or there is nothing to be issued.
            ProblemsError: it does not have the shape that CAP demands.
        """
        state, now = self._keeping.get(command.incident), self._keeping.now()
        stream = f"{ALERT_STREAMS}{state.area}"
        signature = Signature(key, machine or self._keeping.machine, digest(command, stream, by), now)
        if self._keeping.journal.of_command(key):
            done = append(self._keeping.journal, (), signature, by, "")
            return _alert(done.entries[0], repeated=True)
        post = self.may(command, by)

        def once() -> Alert:
            version = self._keeping.journal.version(stream)
            made = self.draft(command)
            if made.renewed and not command.note.strip():
                raise RefusedError(
                    "这项决定的预警信息已经发过", where=state.title, code="missing",
                    mend="内容要更正或有效期要延长的，写明为什么更新，再发一条更新；级别调整或解除的，决定在案后再发",
                )  # fmt: skip
            event = self._event(made, command, state, now)
            done = append(self._keeping.journal, (Write(stream, version, drafts((event,), now)),), signature, by, post)
            return _alert(done.entries[0], repeated=done.repeated)

        return self._keeping.turns.take(stream, once)

    def _event(self, made: Notice, command: IssueAlert, state: Incident, now: datetime) -> AlertIssued:
        root = element(made)
        schema.check(root)
        key = self.settled.key
        happened = made.happened.event
        assert isinstance(happened, LevelDecided | LevelEnded)  # noqa: S101 - a notice rests on nothing else
        other, file, why = self._national(made, state.area)
        return AlertIssued(
            identifier=made.identifier, sender=made.sender, sent=made.sent, msg_type=made.msg_type, exercise=made.exercise,
            incident=state.id, plan=happened.plan, level=happened.level, decision=made.happened.position,
            clause=happened.clause, headline=made.marked(made.infos[0].headline),
            follows=tuple(one.identifier for one in made.follows), areas=self._particulars(command, state).areas,
            cap=self._files.keep(key.signed(root) if key else as_bytes(root), now), signed=key is not None,
            national=self._files.keep(other, now) if other else "", national_file=file, without_national=why,
            note=made.note,
        )  # fmt: skip

    def _national(self, made: Notice, area: str) -> tuple[bytes, str, str]:
        """The message for the national network and its file name, or why there is none: it must not hold up the other."""
        sender = self.settled.national.get(area)
        if sender is None:
            return b"", "", "没有国家预警发布系统的编码（house.yaml warnings.national）"
        try:
            return national.written(made, sender), national.file_name(made, sender), ""
        except ProblemsError as error:
            return b"", "", "；".join(map(str, error.problems))

    # What it rests on

    def plans(self, incident: str) -> tuple[str, ...]:
        """The plans under which warnings of an incident were decided or lifted."""
        return tuple(plan for plan in self._decisions(incident) if plan in self._keeping.library.packs)

    def _decisions(self, incident: str) -> Mapping[str, Happened]:
        """The last decision on a warning level of an incident, plan by plan."""
        state = self._keeping.get(incident)
        found: dict[str, Happened] = {}
        for entry in self._keeping.journal.read(incident_stream(state.id)):
            if entry.type in {LevelDecided.type, LevelEnded.type}:
                happened = self._keeping.states.happened(entry)
                event = happened.event
                if isinstance(event, LevelDecided | LevelEnded) and event.ladder == "warning":
                    found[event.plan] = happened
        return found

    def _decision(self, command: IssueAlert) -> tuple[Incident, Pack, Happened]:
        """The last decision on a warning level of an incident, under the plan that is meant."""
        state, found = self._keeping.get(command.incident), self._decisions(command.incident)
        packs = self._keeping.library.packs
        above = self._keeping.library.lexicon.upward(state.area)
        own = {plan for plan in found if plan in packs and packs[plan].plan.area in above}
        if found and not own:
            raise RefusedError(
                "预警是按别处的预案决定的", where=state.title, code="plan", mend="由预案所在地的值班室发布预警信息"
            )
        plans = [plan for plan in found if plan in own and command.plan in {"", plan, packs[plan].plan.short}]
        if not plans:
            raise RefusedError(
                "没有发布预警的决定", where=state.title, mend="先由有权的人决定预警级别，决定在案后再发信息"
            )
        if len(plans) > 1:
            raise RefusedError(
                "几个预案都有预警", where=state.title, code="plan",
                mend=f"写明依据哪个：{'、'.join(packs[plan].plan.short for plan in plans)}",
            )  # fmt: skip
        return state, packs[plans[0]], found[plans[0]]

    def _published(self, state: Incident, pack: Pack, happened: Happened) -> None:
        """Refuse a warning whose notice the plan describes and nobody has published yet."""
        event, ladder = happened.event, pack.warning
        if not isinstance(event, LevelDecided) or ladder is None or not ladder.contents or event.authority:
            return
        for entry in self._keeping.journal.read(incident_stream(state.id)):
            later = entry.position > happened.position and entry.type == NoticePublished.type
            if later and entry.payload.get("plan") == pack.id:
                return
        raise RefusedError(
            "预警公告还没有发布",
            where=pack.plan.short,
            clause=ladder.contents_clause,
            mend="先“发布预警公告”，再发信息",
        )

    def _particulars(self, command: IssueAlert, state: Incident) -> Particulars:
        words = tuple(Wording(**one.model_dump()) for one in command.words) or (Wording(),)
        return Particulars(
            areas=command.areas or (state.place or state.area,), wordings=words, onset=command.onset,
            expires=command.expires, certainty=command.certainty, response_types=command.response_types,
            note=command.note,
        )  # fmt: skip

    def _standing(self, state: Incident, pack: Pack) -> tuple[Published, ...]:
        """What was sent of the warning that stands; a cancel ends it."""
        found: list[Published] = []
        for one in self.of(state.area, state.id):
            event = one.event
            if event.plan == pack.id:
                sent = Published(event.identifier, event.sender, event.sent, event.exercise)
                found = [] if event.msg_type == "Cancel" else [*found, sent]
        return tuple(found)

    # What is read

    def of(self, area: str, incident: str = "") -> tuple[Alert, ...]:
        """An area's messages, in the order in which they were issued."""
        found = map(_alert, self._keeping.journal.read(f"{ALERT_STREAMS}{area}"))
        return tuple(one for one in found if incident in {"", one.event.incident})

    def named(self, identifier: str) -> Alert:
        """The message of an identifier.

        Raises:
            NotFoundError: there is none.
        """
        for stream, _ in self._keeping.journal.streams(ALERT_STREAMS):
            for one in self.of(stream.removeprefix(ALERT_STREAMS)):
                if one.event.identifier == identifier:
                    return one
        raise NotFoundError("没有这条预警信息", where=identifier, mend="从公开预警的清单里取")

    def content(self, digest_: str) -> bytes:
        """The bytes of a message as they were issued."""
        return self._files.get(digest_)

    def public(self, area: str, limit: int = 100) -> tuple[Notice, ...]:
        """An area's messages that the public may see, read back from the bytes that went out; exercises never."""
        real = [one for one in self.of(area) if not one.event.exercise][-limit:]
        return tuple(self._read(one.event.cap, one.event.decision, one.event.identifier) for one in real)

    def _notice_of(self, cap: str, decision: int, identifier: str) -> Notice:
        event = self.named(identifier).event
        (entry,) = self._keeping.journal.since(decision - 1, 1)
        alert = read(parsed(self._files.get(cap)))
        before = tuple(
            Published(one.identifier, one.sender, one.sent or event.sent, event.exercise) for one in alert.references
        )
        return Notice(
            happened=self._happened(entry), identifier=event.identifier, sender=event.sender, msg_type=event.msg_type,
            infos=alert.infos, follows=before, note=alert.note, incidents=alert.incidents,
            renewed=None if event.sent == clock.moment(entry.recorded).replace(microsecond=0) else event.sent,
        )  # fmt: skip

    def _happened(self, entry: Entry) -> Happened:
        event = INCIDENTS.catalogue.decode(entry.type, entry.schema, entry.payload)
        return Happened(
            event, entry.at, entry.stream, entry.version, entry.position, entry.recorded, entry.person, entry.name,
            entry.post, entry.exercise,
        )  # fmt: skip

    def offered(self, incident: str, by: Actor, plan: str = "") -> tuple[Mapping[str, str], ZhishouError | None]:
        """Whether somebody may issue a message of an incident now: headline and kind of it, or why not.

        `again` is there where the decision went out already, so that only a correction or a longer time is left to be told.
        """
        command = IssueAlert(incident=incident, plan=plan)
        try:
            self.may(command, by)
            made = self.draft(command)
        except ZhishouError as error:
            return {}, error
        told = {"headline": made.marked(made.infos[0].headline), "msg_type": made.msg_type}
        return told | ({"again": "1"} if made.renewed else {}), None


def _alert(entry: Entry, *, repeated: bool = False) -> Alert:
    event = ALERTS.decode(entry.type, entry.schema, entry.payload)
    assert isinstance(event, AlertIssued)  # noqa: S101 - the stream holds nothing else
    return Alert(event, entry.at, entry.position, entry.person, entry.name, entry.post, repeated)


LATEST = 100
"""Messages in the feed."""


def public_feed(
    alerts: Alerts, journal: Journal, lexicon: Lexicon, areas: Sequence[str], address: str, now: datetime
) -> bytes:
    """The feed of the public messages of areas, the latest hundred; exercises never.

    Args:
        alerts: the messages.
        journal: the record, after which the feed is named.
        lexicon: for the names of areas.
        areas: the areas, the main one first.
        address: where the feed and the messages lie.
        now: for a feed without messages in a record without entries.
    """
    base, first = address.rstrip("/"), areas[0]
    issuer, label = alerts.settled.issuers.get(first), lexicon.areas[first].label
    channel = Channel(
        f"urn:x-zhishou:{journal.id}:alerts", f"{label}预警信息", issuer.name if issuer else f"{label}值班室",
        f"{base}/alerts.atom",
    )  # fmt: skip
    begun = journal.since(0, 1)
    latest = sorted((one for area in areas for one in alerts.public(area)), key=lambda one: one.sent)[-LATEST:]
    return feed(latest, channel, lambda one: f"{base}/{one.identifier}.xml", begun[0].recorded if begun else now)
