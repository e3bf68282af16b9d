"""Official papers over HTTP: which can be drawn up, issued once, listed, their originals byte for byte, and where a code leads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import quote

from anyio import to_thread
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel

from zhishou.desk.issued import Issued
from zhishou.desk.papers import Found
from zhishou.errors import NotFoundError, RefusedError, ZhishouError
from zhishou.journal import Entry
from zhishou.paper.issuing import IssuePaper
from zhishou.plan.posts import post_label
from zhishou.web import numbers
from zhishou.web.auth import Caller, Known
from zhishou.web.boards import Limit
from zhishou.web.commands import Key, own_room, ready, room_of
from zhishou.web.errors import ErrorDetail, of_error
from zhishou.web.incidents import seen_whole
from zhishou.web.rooms import seen_room
from zhishou.web.strict import StrictRoute

papers = APIRouter(prefix="/api/papers", route_class=StrictRoute, tags=["papers"])
ready(IssuePaper)

MEDIA = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}  # fmt: skip
"""Form of a paper → media type."""
Form = Literal["docx", "pdf"]
Position = Annotated[int, Path(ge=1, le=10**15, description="文件在记录里的位置，见清单的 position。", examples=[812])]
Code = Annotated[
    str,
    Path(
        max_length=40, pattern=r"^[0-9]{1,18}-[0-9a-fA-F]{8}$", description="纸上的核对码。", examples=["812-3f9a2c1e"]
    ),
]
AreaAsked = Annotated[str, Query(max_length=80, pattern=r"^[\w.-]*$", examples=["jincheng"])]
IncidentAsked = Annotated[str, Query(max_length=80, pattern=r"^[\w.-]*$", examples=["jincheng-2026-0001"])]


class PaperTold(BaseModel):
    """A paper that was issued."""

    position: int
    """Its place in the record, by which its originals are fetched."""
    number: str
    kind: str
    kind_label: str
    title: str
    issuer: str
    area: str
    incident: str
    """Empty where it is about no incident."""
    to: tuple[str, ...]
    copies: tuple[str, ...]
    rests_on: dict[str, tuple[str, ...]]
    """Plan → clauses."""
    at: datetime
    """Since when it is kept."""
    by: str
    post: str
    code: str
    """Short code of the event it follows from."""
    docx: str
    """SM3 of the original."""
    pdf: str
    blanks: tuple[str, ...]
    """What was left to fill in by hand."""
    exercise: bool
    repeated: bool = False
    """True where the same command had come before and nothing was done now."""


class PaperList(BaseModel):
    """Papers, the latest first."""

    papers: list[PaperTold]
    next: int | None = None
    """Give it as `before` for earlier ones; nothing on the last page."""


class OfferTold(BaseModel):
    """A paper that might be drawn up."""

    kind: str
    label: str
    plan: str
    """Give it along where the incident runs under several plans."""
    may: bool
    post: str
    """In which post; empty where the caller may not."""
    refused: ErrorDetail | None = None
    """Why not now, or not by the caller."""


class Offers(BaseModel):
    """What might be drawn up now."""

    area: str
    incident: str
    offers: list[OfferTold]


class EventOnPaper(BaseModel):
    """The event to which a short code leads."""

    position: int
    stream: str
    type: str
    at: datetime
    recorded: datetime
    name: str
    post: str
    seal: str
    payload: dict[str, object]


class CodeTold(BaseModel):
    """Where a short code leads."""

    code: str
    event: EventOnPaper | None
    """Nothing where the caller does not see what it is about; that the code is right he is told all the same."""
    papers: list[PaperTold]
    """Those that the caller sees."""


class Verified(BaseModel):
    """Whether bytes are an original."""

    genuine: bool
    paper: PaperTold | None = None


def told(one: Issued, caller: Caller) -> PaperTold:
    """A paper as the API tells it."""
    event, library = one.event, caller.house.library
    return PaperTold(
        position=one.position, at=one.at, by=one.name, post=post_label(one.post, library.packs, library.lexicon),
        exercise=caller.house.exercise, repeated=one.repeated, rests_on=dict(event.rests_on),
        **event.model_dump(include={
            "number", "kind", "kind_label", "title", "issuer", "area", "incident", "to", "copies", "code", "docx", "pdf",
            "blanks",
        }),
    )  # fmt: skip


def sees(caller: Caller, one: Issued) -> bool:
    """Whether a paper is of a duty room that the caller sees, or about an incident that he sees whole."""
    if one.event.area in caller.sight.areas:
        return True
    return bool(one.event.incident) and caller.sight.whole(caller.house.desk.incident(one.event.incident))


def found(caller: Caller, area: str, incident: str = "", year: int | None = None, kind: str = "") -> Sequence[Issued]:
    """The papers that the caller sees, the latest first.

    Raises:
        NotFoundError: there is no such incident or kind.
        RefusedError: the incident or the room is not his.
    """
    shelf = caller.house.desk.papers
    if incident:
        areas: Sequence[str] = (seen_whole(caller, incident).area,)
    else:
        if area:
            seen_room(caller, area)
        areas = (area,) if area else caller.sight.areas
    all_ = [one for each in areas for one in shelf.all(each, year=year, of=kind, incident=incident)]
    return sorted(all_, key=lambda one: -one.position)


def one_of(caller: Caller, position: int) -> Issued:
    """One paper that the caller sees.

    Raises:
        NotFoundError: there is none at this place.
        RefusedError: it is not for him.
    """
    one = caller.house.desk.papers.at(position)
    if not sees(caller, one):
        raise RefusedError(
            "这份文件不在您的职权范围", where=one.number, mend="请由印发它的值班室或预案指挥部查看", code="post"
        )
    return one


@papers.get("")
def list_papers(
    caller: Known, area: AreaAsked = "", incident: IncidentAsked = "",
    year: Annotated[int | None, Query(ge=1949, le=2199)] = None, kind: Annotated[str, Query(max_length=40)] = "",
    before: Annotated[int | None, Query(ge=1, le=10**15)] = None, limit: Limit = 100,
) -> PaperList:  # fmt: skip
    """Papers issued, the latest first."""
    all_ = [one for one in found(caller, area, incident, year, kind) if before is None or one.position < before]
    shown = all_[:limit]
    return PaperList(
        papers=[told(one, caller) for one in shown], next=shown[-1].position if len(all_) > len(shown) else None
    )


@papers.get("/offers")
def list_offers(caller: Known, area: AreaAsked = "", incident: IncidentAsked = "") -> Offers:
    """What might be drawn up now: of an incident, or of the duty room where none is named."""
    desk = caller.house.desk
    if incident:
        area = seen_whole(caller, incident).area
    else:
        area = area or own_room(caller)
        seen_room(caller, area)
    offered = desk.papers.offers(area, caller.actor, incident)
    library = caller.house.library
    return Offers(
        area=area, incident=incident,
        offers=[
            OfferTold(
                kind=one.kind.id, label=one.kind.label, plan=one.plan, may=one.may,
                post=post_label(one.post, library.packs, library.lexicon) if one.post else "",
                refused=of_error(one.refused, library)[1] if one.refused else None,
            )
            for one in offered
        ],
    )  # fmt: skip


@papers.post("", status_code=201)
def issue_paper(
    request: Request, response: Response, caller: Known, body: IssuePaper, key: Key, area: AreaAsked = ""
) -> PaperTold:
    """Issue a paper: numbered without holes, set, its bytes kept, recorded. The same key issues once."""
    one = issued(request, caller, body, caller.key(key), area)
    response.headers["Location"] = f"/api/papers/{one.position}"
    return told(one, caller)


def issued(request: Request, caller: Caller, command: IssuePaper, key: str, area: str = "") -> Issued:
    """Issue a paper for the caller and have the news go out.

    Raises:
        NotFoundError: there is no such kind or incident.
        RefusedError: he holds no post that may, or what it would make known is not on record.
    """
    desk = caller.house.desk
    try:
        caller.may_give(IssuePaper.name)
        if not area:
            area = desk.incident(command.incident).area if command.incident else own_room(caller)
        room_of(caller, area)
        one = desk.papers.issue(area, command, caller.actor, key=key, machine=caller.address)
    except ZhishouError as error:
        numbers.COMMANDS.labels(IssuePaper.name, of_error(error)[1].code).inc()
        raise
    numbers.COMMANDS.labels(IssuePaper.name, "repeated" if one.repeated else "done").inc()
    request.app.state.hub.wake()
    return one


@papers.get("/codes/{code}")
def read_code(caller: Known, code: Code) -> CodeTold:
    """Where the short code of a paper leads: the event in the record, and the papers that carry it, as far as they are his."""
    at = caller.house.desk.papers.find(code)
    event = at.entry if sees_entry(caller, at) else None
    return CodeTold(
        code=code.lower(), event=_event(event) if event else None,
        papers=[told(one, caller) for one in at.papers if sees(caller, one)],
    )  # fmt: skip


def sees_entry(caller: Caller, at: Found) -> bool:
    """Whether the event of a code is for the caller."""
    room, _, rest = at.entry.stream.partition("/")
    if room == "incident":
        return caller.sight.whole(caller.house.desk.incident(rest))
    return rest.partition("/")[0] in caller.sight.areas


def _event(entry: Entry) -> EventOnPaper:
    return EventOnPaper(
        position=entry.position, stream=entry.stream, type=entry.type, at=entry.at, recorded=entry.recorded,
        name=entry.name, post=entry.post, seal=entry.seal, payload=dict(entry.payload),
    )  # fmt: skip


async def _content(request: Request) -> bytes:
    return await request.body()


@papers.post(
    "/verify",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def verify_original(caller: Known, content: Annotated[bytes, Depends(_content)]) -> Verified:
    """Whether a file is, byte for byte, an original that was issued here."""
    one = await to_thread.run_sync(caller.house.desk.papers.holding, content)
    # Who has the original in his hands may be told what it is.
    return Verified(genuine=one is not None, paper=told(one, caller) if one else None)


@papers.get("/{position}")
def read_paper(caller: Known, position: Position) -> PaperTold:
    """One paper."""
    return told(one_of(caller, position), caller)


@papers.get(
    "/{position}/{form}",
    response_class=Response,
    responses={200: {"content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA.values()}}},
)
def read_original(caller: Known, position: Position, form: Form) -> Response:
    """The original, byte for byte as it was issued, checked against the record."""
    return original(caller, position, form)


def original(caller: Caller, position: int, form: Form) -> Response:
    """The bytes of a paper as they were issued.

    Raises:
        NotFoundError: there is no such paper.
        RefusedError: it is not for the caller.
        DamagedError: the bytes are no longer what was issued.
    """
    one = one_of(caller, position)
    if form not in MEDIA:
        raise NotFoundError("没有这种格式", where=form, mend="docx 或 pdf")
    digest = one.event.docx if form == "docx" else one.event.pdf
    content = caller.house.desk.papers.files.get(digest)
    name = quote(f"{one.number}.{form}")
    headers = {
        "Content-Disposition": f"attachment; filename=\"paper-{position}.{form}\"; filename*=UTF-8''{name}",
        "ETag": f'"{digest}"', "X-Content-SM3": digest, "Cache-Control": "private, no-store",
    }  # fmt: skip
    return Response(content, media_type=MEDIA[form], headers=headers)
