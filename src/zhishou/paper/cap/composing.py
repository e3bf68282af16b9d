"""From the record to a warning: a level decided is an alert or an update, a level ended is a cancel.

It stands alone because the chain of messages is worked out here from the record alone: identifiers and times follow
from the entries, so that an update or cancel always knows what it refers to, also after a restart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files

from pydantic import TypeAdapter

from zhishou import clock
from zhishou.acts import Happened
from zhishou.errors import NotFoundError
from zhishou.incident.levels import LevelDecided, LevelEnded
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
    happened: Happened, pack: Pack, issuer: Issuer, particulars: Particulars, standing: Sequence[Published] = ()
) -> Notice | None:
    """The message that an entry of the record calls for; None where it calls for none.

    Args:
        happened: a level of the warning ladder decided or ended.
        pack: the plan under which.
        issuer: in whose name.
        particulars: where, when and in which words.
        standing: what this duty room has sent of the warning that stands, oldest first.

    What another authority publishes it tells the public itself: such a decision begins no message here. Where a
    message of ours stands, it is updated or cancelled, lest the public read two levels.
    """
    event = happened.event
    if not isinstance(event, LevelDecided | LevelEnded) or (event.plan, event.ladder) != (pack.id, "warning"):
        return None
    kind: OutgoingType
    if isinstance(event, LevelEnded):
        if not standing:
            return None
        kind = "Cancel"
    elif standing:
        kind = "Update"
    elif event.authority:
        return None
    else:
        kind = "Alert"
    said = _Said(happened, event, kind, pack, issuer, particulars)
    return Notice(
        happened=happened, identifier=_identifier(happened, issuer), sender=issuer.sender, msg_type=kind,
        infos=tuple(said.info(wording) for wording in particulars.wordings), follows=tuple(standing),
        note=particulars.note, incidents=happened.stream.replace(" ", ""),
    )  # fmt: skip


def chain(
    record: Iterable[Happened], pack: Pack, issuer: Issuer, particulars: Callable[[Happened], Particulars]
) -> tuple[Notice, ...]:
    """Every message that one incident's record calls for under one plan, in order, each referring to those before."""
    found: list[Notice] = []
    standing: list[Published] = []
    for happened in record:
        made = notice(happened, pack, issuer, particulars(happened), standing)
        if made is not None:
            found.append(made)
            standing = [] if made.msg_type == "Cancel" else [*standing, made.published]
    return tuple(found)


def _identifier(happened: Happened, issuer: Issuer) -> str:
    """Unique by the place in the journal; a drill keeps a journal of its own, hence the mark."""
    mark = "EX-" if happened.exercise else ""
    return f"ZS-{issuer.code}-{mark}{clock.moment(happened.recorded):%Y%m%d%H%M%S}-{happened.position}"


@dataclass(frozen=True, slots=True)
class _Said:
    happened: Happened
    event: LevelDecided | LevelEnded
    kind: OutgoingType
    pack: Pack
    issuer: Issuer
    particulars: Particulars

    def info(self, wording: Wording) -> Info:
        chinese = wording.language.startswith("zh")
        about, colour = event_of(self.pack), self._colour()
        sent = clock.moment(self.happened.recorded).replace(microsecond=0)
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
        who = self.event.authority or self.issuer.name
        what = {"Alert": "发布", "Update": "将预警调整为", "Cancel": "解除"}[self.kind]
        where = "、".join(area.description for area in areas(self.particulars.areas))
        clauses = "".join(f"第{clause}条" for clause in self.event.clause[:1])
        basis = f"依据《{self.pack.plan.title}》{clauses}，" if clauses else ""
        return (
            f"{basis}{who}于{at:%Y年%m月%d日%H时%M分}{what}{event_of(self.pack).name}{self._level()}，范围：{where}。"
        )


def _whole(at: datetime | None) -> datetime | None:
    return None if at is None else clock.moment(at).replace(microsecond=0)
