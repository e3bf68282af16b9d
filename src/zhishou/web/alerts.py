"""Public warnings over HTTP: issued by whom the plan names, read by anybody from the feed; foreign ones delivered and settled."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal, TypeVar

from anyio import to_thread
from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel, Field

from zhishou.acts import made
from zhishou.bootstrap import House
from zhishou.desk.alerts import Alert, public_feed
from zhishou.desk.warnings import Incoming
from zhishou.errors import NotFoundError, RefusedError, ZhishouError
from zhishou.paper.cap.alerting import IssueAlert, SettleWarning, TakeWarning
from zhishou.paper.cap.feed import CAP_TYPE
from zhishou.plan.posts import post_label
from zhishou.web import numbers
from zhishou.web.auth import Caller, Known, house_of
from zhishou.web.commands import Area, Key, ready, room_of
from zhishou.web.errors import of_error
from zhishou.web.incidents import seen_whole
from zhishou.web.login import Form
from zhishou.web.papers import AreaAsked, IncidentAsked
from zhishou.web.rooms import seen_room
from zhishou.web.strict import StrictRoute

alerts = APIRouter(prefix="/api/alerts", route_class=StrictRoute, tags=["alerts"])
warnings = APIRouter(prefix="/api/rooms", route_class=StrictRoute, tags=["alerts"])
public = APIRouter(prefix="/feed", tags=["alerts"])
ready(IssueAlert)

Identifier = Annotated[str, Path(max_length=80, pattern=r"^[\w.-]+$", examples=["ZS-140500-20261215203007-40"])]
Content = Annotated[
    str, Path(max_length=64, pattern=r"^[0-9a-f]{64}$", description="这条信息的 SM3，见清单的 content。")
]
XML = {"application/xml": {"schema": {"type": "string", "format": "binary"}}}
ATOM = "application/atom+xml"
T = TypeVar("T")


class AlertTold(BaseModel):
    """A public message that was issued."""

    identifier: str
    msg_type: str
    exercise: bool
    """Of an exercise: public nowhere."""
    incident: str
    plan: str
    level: str
    clause: tuple[str, ...]
    headline: str
    sent: datetime
    follows: tuple[str, ...]
    areas: tuple[str, ...]
    at: datetime
    by: str
    post: str
    cap: str
    """SM3 of the CAP 1.2 message."""
    signed: bool
    national: str
    """SM3 of the message for the national network; empty where none was written."""
    without_national: str
    """Why not."""
    repeated: bool = False


class AlertList(BaseModel):
    """Messages issued, the latest first."""

    alerts: list[AlertTold]


class FactTold(BaseModel):
    """A fact that a message states."""

    fact: str
    label: str
    value: str


class WarningTold(BaseModel):
    """A foreign message and what became of it."""

    content: str
    """SM3 of its bytes."""
    identifier: str
    sender: str
    source: str
    """The house's name for the sender; empty where it knows none."""
    sent: datetime
    received: datetime
    signer: str
    """Whose certificate signed it; empty: nobody's that is known."""
    status: str
    msg_type: str
    headline: str
    state: str
    label: str
    """The state in Chinese."""
    note: str
    facts: list[FactTold]
    waiting: bool
    """True where a person must decide."""
    settled: str
    remarks: list[str] = Field(default_factory=list)


class WarningTaken(BaseModel):
    """What became of a message that was delivered."""

    repeated: bool
    warning: WarningTold


class WarningList(BaseModel):
    """Foreign messages, the latest first."""

    warnings: list[WarningTold]


class SettleForm(Form):
    """What was decided about a message."""

    done: str = Field(min_length=1, max_length=500, examples=["与本市供气无关"])


def told(one: Alert, caller: Caller) -> AlertTold:
    """A message as the API tells it."""
    library = caller.house.library
    return AlertTold(
        at=one.at, by=one.name, post=post_label(one.post, library.packs, library.lexicon), repeated=one.repeated,
        **one.event.model_dump(include=set(AlertTold.model_fields) & set(type(one.event).model_fields)),
    )  # fmt: skip


def warning_told(one: Incoming, caller: Caller) -> WarningTold:
    """A foreign message as the API tells it."""
    message, lexicon = one.standing.message, caller.house.library.lexicon
    alert = message.alert
    headline = next((info.headline or info.event for info in alert.infos), "") or alert.identifier
    return WarningTold(
        content=one.content, identifier=alert.identifier, sender=alert.sender, source=one.source, sent=alert.sent,
        received=message.received, signer=message.signer, status=alert.status, msg_type=alert.msg_type, headline=headline,
        state=one.standing.state, label=one.standing.label, note=one.standing.note, waiting=one.waiting,
        settled=one.settled, remarks=list(alert.remarks),
        facts=[FactTold(fact=fact.fact, label=lexicon.facts[fact.fact].label, value=fact.value) for fact in one.facts],
    )  # fmt: skip


def counted(request: Request, name: str, act: Callable[[], T], repeated: Callable[[T], bool]) -> T:
    """Do something that is counted by its outcome, and have the news go out."""
    try:
        done = act()
    except ZhishouError as error:
        numbers.COMMANDS.labels(name, of_error(error)[1].code).inc()
        raise
    numbers.COMMANDS.labels(name, "repeated" if repeated(done) else "done").inc()
    request.app.state.hub.wake()
    return done


# Out


@alerts.post("", status_code=201)
def issue_alert(request: Request, caller: Known, body: IssueAlert, key: Key) -> AlertTold:
    """Issue the warning that was decided, or its lifting, as a public message. The same key issues once."""
    return told(issued(request, caller, body, caller.key(key)), caller)


def issued(request: Request, caller: Caller, command: IssueAlert, key: str) -> Alert:
    """Issue a message for the caller.

    Raises:
        RefusedError: he holds no post that may, or there is nothing to be issued.
    """

    def issue() -> Alert:
        caller.may_give(IssueAlert.name)
        return caller.house.desk.alerts.issue(command, caller.actor, key=key, machine=caller.address)

    return counted(request, IssueAlert.name, issue, lambda one: one.repeated)


@alerts.get("")
def list_alerts(caller: Known, area: AreaAsked = "", incident: IncidentAsked = "") -> AlertList:
    """Messages issued, the latest first."""
    if incident:
        areas: tuple[str, ...] = (seen_whole(caller, incident).area,)
    else:
        if area:
            seen_room(caller, area)
        areas = (area,) if area else caller.sight.areas
    found = [one for each in areas for one in caller.house.desk.alerts.of(each, incident)]
    return AlertList(alerts=[told(one, caller) for one in sorted(found, key=lambda one: -one.position)][:500])


@alerts.get("/{id}/{form}", response_class=Response, responses={200: {"content": XML}})
def read_alert(caller: Known, id: Identifier, form: Literal["cap", "national"]) -> Response:
    """The message, byte for byte as it was issued: CAP 1.2, or for the national network."""
    one = caller.house.desk.alerts.named(id)
    seen_whole(caller, one.event.incident)
    digest = one.event.cap if form == "cap" else one.event.national
    if not digest:
        raise NotFoundError("没有国家预警发布系统的文件", where=id, mend=one.event.without_national)
    name = one.event.national_file if form == "national" else f"{id}.xml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "ETag": f'"{digest}"', "X-Content-SM3": digest}
    return Response(caller.house.desk.alerts.content(digest), media_type="application/xml", headers=headers)


@public.get("/alerts.atom", response_class=Response, responses={200: {"content": {ATOM: XML["application/xml"]}}})
def read_feed(request: Request) -> Response:
    """The public feed (Atom): every message that went out, the latest hundred; exercises never."""
    house = house_of(request)
    base = house.settings.address.rstrip("/") or str(request.base_url).rstrip("/")
    content = public_feed(
        house.desk.alerts, house.journal, house.library.lexicon, house.settings.areas, f"{base}/feed", house.now()
    )
    return _cached(request, content, f"{ATOM}; charset=utf-8", "public, max-age=60")


@public.get("/{id}.xml", response_class=Response, responses={200: {"content": {CAP_TYPE: XML["application/xml"]}}})
def read_public_alert(request: Request, id: Identifier) -> Response:
    """One public message (CAP 1.2) as it was issued; of an exercise there is none."""
    house: House = house_of(request)
    one = house.desk.alerts.named(id)
    if one.event.exercise:
        raise NotFoundError("没有这条预警信息", where=id, mend="从公开预警的清单里取")
    content = house.desk.alerts.content(one.event.cap)
    return _cached(request, content, CAP_TYPE, "public, max-age=31536000, immutable")


def _cached(request: Request, content: bytes, kind: str, keep: str) -> Response:
    """An answer that anybody may keep; one that he has already is not sent again."""
    mark = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": mark, "Cache-Control": keep, "Cross-Origin-Resource-Policy": "cross-origin"}
    if mark in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=kind, headers=headers)


# In


async def _content(request: Request) -> bytes:
    return await request.body()


@warnings.post("/{area}/warnings", openapi_extra={"requestBody": {"required": True, "content": XML}})
async def take_warning(
    request: Request, caller: Known, area: Area, key: Key, content: Annotated[bytes, Depends(_content)]
) -> WarningTaken:
    """Deliver a message of another service (CAP 1.2, 1.1, the national network's form); what it states becomes a fact."""

    def take() -> WarningTaken:
        caller.may_give(TakeWarning.name)
        room_of(caller, area)
        if not content:
            raise RefusedError("信息是空的", where="正文", mend="把 XML 原样作为正文重发", code="missing")
        done = caller.house.desk.warnings.take(area, content, caller.actor, key=caller.key(key), machine=caller.address)
        return WarningTaken(repeated=done.repeated, warning=warning_told(done.one, caller))

    def all_() -> WarningTaken:
        return counted(request, TakeWarning.name, take, lambda one: one.repeated)

    return await to_thread.run_sync(all_)


@warnings.get("/{area}/warnings")
def list_warnings(caller: Known, area: Area) -> WarningList:
    """Foreign messages and what became of them, the latest first; `waiting` ones want a person."""
    seen_room(caller, area)
    found = caller.house.desk.warnings.all(area)[:500]
    return WarningList(warnings=[warning_told(one, caller) for one in found])


@warnings.post("/{area}/warnings/{content}/settle")
def settle_warning(
    request: Request, caller: Known, area: Area, content: Content, key: Key, body: SettleForm
) -> WarningTold:
    """Say what was done about a message that no rule could turn into a fact."""
    command = made(SettleWarning, content=content, done=body.done)

    def settle() -> Incoming:
        caller.may_give(SettleWarning.name)
        return caller.house.desk.warnings.settle(
            area, command, caller.actor, key=caller.key(key), machine=caller.address
        )

    return warning_told(counted(request, SettleWarning.name, settle, lambda _: False), caller)
