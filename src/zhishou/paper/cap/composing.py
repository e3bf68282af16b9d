"""From the record to a warning: a level decided is an alert or an update, a level ended is a cancel.

It stands alone because identifiers and times follow here from the entries of the record and from nothing else: the same
decision never goes out under two names, and an update or cancel names what it refers to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files

from pydantic import TypeAdapter

from zhishou import clock
from zhishou.acts import Happened
from zhishou.errors import NotFoundError, RefusedError
from zhishou.incident.levels import LevelDecided, LevelEnded
from zhishou.paper import words
from zhishou.paper.cap.notices import Notice, OutgoingType, Published
from zhishou.paper.cap.places import areas
from zhishou.paper.cap.values import (
    SEVERITY_OF_COLOUR,
    Category,
    Certainty,
    Info,
    Named,
    ResponseType,
    Urgency,
)  # fmt: skip
from zhishou.plan import marks
from zhishou.plan.base import Model
from zhishou.plan.pack import Pack

_SOON = timedelta(hours=1)
"""CAP 1.2, 3.2.2: `Expected` is action within the next hour."""
_COLOURS_IN_ENGLISH = {"红": "Red", "橙": "Orange", "黄": "Yellow", "蓝": "Blue"}


class Event(Model):
    """What a warning is about, as CAP and the public call it."""

    category: Category
    """CAP's category."""
    name: str
    """What the public calls it, in Chinese."""
    english: str
    """The same in English."""
    oet: str = ""
    """Code in the OASIS list of event terms 1.2; empty where it has no such term."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """In whose name warnings go out; the deployment says so."""

    sender: str
    """Unique in the world and without blanks, such as an e-mail address of the office."""
    code: str
    """Administrative code of the area, six digits."""
    name: str
    english: str = ""
    contact: str = ""
    web: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """What people wrote in one language; what they left empty stands in the house's plain words."""

    language: str = "zh-CN"
    headline: str = ""
    description: str = ""
    instruction: str = ""


@dataclass(frozen=True, slots=True)
class Particulars:
    """What the record of a decision does not say."""

    areas: tuple[str, ...]
    """Area ids of the lexicon."""
    wordings: tuple[Wording, ...] = (Wording(),)
    onset: datetime | None = None
    """When it is expected; None: now."""
    expires: datetime | None = None
    certainty: Certainty = "Likely"
    response_types: tuple[ResponseType, ...] = ("Prepare",)
    note: str = ""
    """Why it is changed or lifted, for the public; the reasons on record are the office's own."""


@cache
def events() -> Mapping[str, Event]:
    """Subject of the lexicon → event."""
    text = files("zhishou.paper.cap").joinpath("data/events.yaml").read_text("utf-8")
    return TypeAdapter(dict[str, Event]).validate_python(marks.read(text, "events.yaml").data)


def event_of(pack: Pack) -> Event:
    """The event that a plan is about: the first subject of its scope.

    Raises:
        NotFoundError: nobody has said what the public calls it.
    """
    subject = pack.plan.scope.covers[0].subject
    try:
        return events()[subject]
    except KeyError:
        raise NotFoundError(
            f"没有写明“{subject}”在预警信息里怎么称呼", where=pack.plan.short, mend="在 events.yaml 里补上"
        ) from None


def notice(
    happened: Happened, pack: Pack, issuer: Issuer, particulars: Particulars, standing: Sequence[Published] = (), *,
    renewed: datetime | None = None, name: Callable[[str], str] | None = None,
) -> Notice | None:  # fmt: skip
    """The message that an entry of the record calls for; None where it calls for none.

    Args:
        happened: a level of the warning ladder decided or ended.
        pack: the plan under which.
        issuer: in whose name.
        particulars: where, when and in which words.
        standing: what this duty room has sent of the warning that stands, oldest first.
        renewed: when the decision, of which a message stands, is told anew; None: it has not been told yet.
        name: what an authority of the record is called; None: as the plan has it.

    Raises:
        RefusedError: it is to be told anew, and nothing of it stands.

    What another authority publishes it tells the public itself: such a decision begins no message here. Where a
    message of ours stands, it is updated or cancelled, lest the public read two levels.
    """
    event = happened.event
    if not isinstance(event, LevelDecided | LevelEnded) or (event.plan, event.ladder) != (pack.id, "warning"):
        return None
    kind: OutgoingType
    if renewed is not None:
        if not standing or isinstance(event, LevelEnded):
            raise RefusedError("这项预警已经解除，不能再更新", where=pack.plan.short, mend="有新的预警决定时再发")
        kind, renewed = "Update", _after(renewed, standing[-1].sent)
    elif isinstance(event, LevelEnded):
        if not standing:
            return None
        kind = "Cancel"
    elif standing:
        kind = "Update"
    elif event.authority:
        return None
    else:
        kind = "Alert"
    said = _Said(happened, event, kind, pack, issuer, particulars, renewed, name or _named(pack))
    return Notice(
        happened=happened, identifier=_identifier(happened, issuer, renewed), sender=issuer.sender, msg_type=kind,
        infos=tuple(said.info(wording) for wording in particulars.wordings), follows=tuple(standing),
        note=particulars.note, incidents=happened.stream.replace(" ", ""), renewed=renewed,
    )  # fmt: skip


def _after(at: datetime, last: datetime) -> datetime:
    """A moment to the second that no message before has: names and references are told apart by it."""
    return max(clock.moment(at).replace(microsecond=0), clock.moment(last) + timedelta(seconds=1))


def _named(pack: Pack) -> Callable[[str], str]:
    """What the plan calls an authority of the record; the word itself where it has none."""

    def name(who: str) -> str:
        try:
            actor = pack.actor(who)
        except NotFoundError:
            return who
        organisation = pack.lexicon.organisations.get(who)
        return words.wide(organisation.label if actor.kind == "unit" and organisation else actor.label)

    return name


def _identifier(happened: Happened, issuer: Issuer, renewed: datetime | None) -> str:
    """Unique by place in the journal and moment; a drill keeps a journal of its own, hence the mark."""
    mark = "EX-" if happened.exercise else ""
    return f"ZS-{issuer.code}-{mark}{clock.moment(renewed or happened.recorded):%Y%m%d%H%M%S}-{happened.position}"


@dataclass(frozen=True, slots=True)
class _Said:
    happened: Happened
    event: LevelDecided | LevelEnded
    kind: OutgoingType
    pack: Pack
    issuer: Issuer
    particulars: Particulars
    renewed: datetime | None
    name: Callable[[str], str]

    def info(self, wording: Wording) -> Info:
        chinese = wording.language.startswith("zh")
        about, colour = event_of(self.pack), self._colour()
        sent = clock.moment(self.renewed or self.happened.recorded).replace(microsecond=0)
        lifted = self.kind == "Cancel"
        level = (
            Named("plan", self.pack.plan.number or self.pack.id), Named("level", self.event.level),
            *((Named("colour", _COLOURS_IN_ENGLISH[colour]),) if colour else ()),
            *(Named("clause", clause) for clause in self.event.clause),
        )  # fmt: skip
        return Info(
            categories=(about.category,), event=about.name if chinese else about.english,
            urgency="Past" if lifted else self._urgency(sent),
            severity=SEVERITY_OF_COLOUR.get(colour, "Unknown"),
            certainty="Unlikely" if lifted else self.particulars.certainty,
            language=wording.language,
            response_types=("AllClear",) if lifted else self.particulars.response_types,
            event_codes=(Named("OET:v1.2", about.oet),) if about.oet else (),
            effective=sent,
            onset=None if lifted else _whole(self.particulars.onset),
            expires=None if lifted else _whole(self.particulars.expires),
            sender_name=self.issuer.name if chinese or not self.issuer.english else self.issuer.english,
            headline=wording.headline or (self._headline() if chinese else self._english()),
            description=wording.description or (self._description() if chinese else f"{self._english()}."),
            instruction=wording.instruction, web=self.issuer.web, contact=self.issuer.contact,
            parameters=level, areas=areas(self.particulars.areas, wording.language),
        )  # fmt: skip

    def _colour(self) -> str:
        """The colour of the level; of a level that ended, the plan's."""
        if isinstance(self.event, LevelDecided):
            return self.event.colour or ""
        ladder = self.pack.warning
        levels = ladder.levels if ladder else ()
        return next((one.colour for one in levels if one.level == self.event.level and one.colour), "")

    def _urgency(self, sent: datetime) -> Urgency:
        onset = self.particulars.onset
        if onset is None or onset <= sent:
            return "Immediate"
        return "Expected" if onset - sent <= _SOON else "Future"

    def _level(self) -> str:
        colour = self._colour()
        return f"{colour}色预警" if colour else self.event.level_label

    def _headline(self) -> str:
        verb = "解除" if self.kind == "Cancel" else "发布"
        return f"{self.issuer.name}{verb}{event_of(self.pack).name}{self._level()}"

    def _english(self) -> str:
        level = _COLOURS_IN_ENGLISH.get(self._colour(), self.event.level)
        verb = {"Alert": "issued", "Update": "updated", "Cancel": "lifted"}[self.kind]
        by = f" by {self.issuer.english}" if self.issuer.english else ""
        return f"{level} warning of {event_of(self.pack).english} {verb}{by}"

    def _description(self) -> str:
        at = clock.moment(self.happened.at)
        who = self.name(self.event.authority) if self.event.authority else self.issuer.name
        changed = isinstance(self.event, LevelDecided) and self.event.was
        verb = "发布" if self.renewed and not changed else "将预警调整为"
        what = {"Alert": "发布", "Update": verb, "Cancel": "解除"}[self.kind]
        where = "、".join(area.description for area in areas(self.particulars.areas))
        basis = f"依据{words.cited(self.pack, self.event.clause)}，" if self.event.clause else ""
        why = f"更新说明：{words.sentence(self.particulars.note)}" if self.renewed and self.particulars.note else ""
        return f"{basis}{who}于{words.moment(at)}{what}{event_of(self.pack).name}{self._level()}，范围：{where}。{why}"


def _whole(at: datetime | None) -> datetime | None:
    return None if at is None else clock.moment(at).replace(microsecond=0)
