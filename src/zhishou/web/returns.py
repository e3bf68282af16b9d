"""Daily returns over HTTP: a reporter sends his file as it is; what is held of it a person decides."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, Field

from zhishou.desk.returns import DecideReturn, Filed, FileReturn
from zhishou.errors import RefusedError, ZhishouError
from zhishou.supply.returns.held import Action, Held
from zhishou.supply.returns.held import Key as Figure
from zhishou.supply.returns.register import Entry
from zhishou.web import numbers
from zhishou.web.auth import Known
from zhishou.web.commands import Area, Key
from zhishou.web.errors import of_error
from zhishou.web.login import Form
from zhishou.web.rooms import seen_room
from zhishou.web.strict import StrictRoute

returns = APIRouter(prefix="/api/rooms", route_class=StrictRoute, tags=["returns"])

Day = Annotated[date, Query(ge=date(2000, 1, 1), le=date(2100, 12, 31), examples=["2026-12-15"])]


class HeldTold(BaseModel):
    """Something of a return that waits for a person, or is told."""

    id: str
    severity: str
    """held 待核 · noted 已用，请知悉."""
    text: str


class ReturnTold(BaseModel):
    """An entry of the register."""

    number: int
    at: datetime
    file: str
    reporter: str
    """Empty where it is not known whose it is."""
    gas_day: date | None
    version: int
    held: list[HeldTold]


class FiledTold(BaseModel):
    """What became of a file."""

    repeated: bool
    """True where the same command had come before and nothing was done now."""
    outcomes: list[str]
    """accepted 已收 · held 部分待核 · whole 整份待核 · unread 读不出 · known 收过."""
    returns: list[ReturnTold]


class Waiting(BaseModel):
    """What waits for a person."""

    held: list[ReturnTold]


class LateTold(BaseModel):
    """A reporter without a return."""

    reporter: str
    label: str
    due: datetime
    overdue_minutes: int
    text: str


class LateList(BaseModel):
    """Who has not sent the return of a gas day."""

    gas_day: date
    late: list[LateTold]


class FigureForm(Form):
    """A figure as it should be."""

    item: str = Field(max_length=80)
    of: str = Field("", max_length=80)
    day: date
    hour: int | None = Field(None, ge=0, le=47)
    amount: float = Field(allow_inf_nan=False)


class DecisionForm(Form):
    """What is decided of something held."""

    action: Action
    """release 照用 · replace 改用 · reject 不用."""
    reason: str = Field(min_length=1, max_length=500)
    amounts: list[FigureForm] = Field(default_factory=list, max_length=400)


async def _content(request: Request) -> bytes:
    return await request.body()


@returns.post(
    "/{area}/returns",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def file_return(
    request: Request, caller: Known, area: Area, key: Key, content: Annotated[bytes, Depends(_content)],
    name: Annotated[str, Query(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f/\\]+$", examples=["gas_city.csv"])],
    gas_day: Annotated[Day | None, Query()] = None, reporter: Annotated[str, Query(max_length=80)] = "",
) -> FiledTold:  # fmt: skip
    """Send a return as a file (.xlsx, .csv or JSON); whatever is wrong with it is held for a person."""

    def file() -> Filed:
        caller.may_give(FileReturn.name)
        if not content:
            raise RefusedError("文件是空的", where=name, mend="核对文件后重发", code="missing")
        return caller.house.desk.returns.file(
            area, name, content, caller.actor, key=caller.key(key), machine=caller.address, gas_day=gas_day,
            reporter=reporter, tell=request.app.state.ticker is None,
        )  # fmt: skip

    try:
        filed = await to_thread.run_sync(file)
    except ZhishouError as error:
        numbers.COMMANDS.labels(FileReturn.name, of_error(error)[1].code).inc()
        raise
    numbers.COMMANDS.labels(FileReturn.name, "repeated" if filed.repeated else "done").inc()
    request.app.state.hub.wake()
    return _filed(filed)


def _filed(filed: Filed) -> FiledTold:
    return FiledTold(
        repeated=filed.repeated,
        outcomes=[one.outcome for one in filed.received],
        returns=[_told(one, (*one.held, *one.noted)) for one in filed.entries],
    )


def _told(entry: Entry, held: tuple[Held, ...]) -> ReturnTold:
    returned = entry.returned
    return ReturnTold(
        number=entry.number, at=entry.at, file=entry.name, reporter=returned.reporter if returned else "",
        gas_day=returned.gas_day if returned else None, version=returned.version if returned else 0,
        held=[HeldTold(id=one.id, severity=one.severity, text=one.text) for one in held],
    )  # fmt: skip


@returns.get("/{area}/returns/held")
def list_held(caller: Known, area: Area) -> Waiting:
    """What of the returns waits for a person."""
    seen_room(caller, area)
    caller.house.desk.returns.system(area)
    return Waiting(held=[_told(entry, (one,)) for entry, one in caller.house.desk.returns.register(area).open()][:500])


@returns.post("/{area}/returns/held/{held}/decide")
def decide_return(
    request: Request, caller: Known, area: Area, key: Key, body: DecisionForm,
    held: Annotated[str, Path(max_length=40, pattern=r"^[\w-]+$", examples=["17-2"])],
) -> FiledTold:  # fmt: skip
    """Decide what was held of a return; a new version follows, the old one stays."""
    caller.may_give(DecideReturn.name)
    caller.house.desk.returns.system(area)
    amounts: dict[Figure, float] = {(one.item, one.of, one.day, one.hour): one.amount for one in body.amounts}
    filed = caller.house.desk.returns.decide(
        area, held, body.action, caller.actor, key=caller.key(key), reason=body.reason, amounts=amounts or None,
        machine=caller.address,
    )  # fmt: skip
    numbers.COMMANDS.labels(DecideReturn.name, "repeated" if filed.repeated else "done").inc()
    request.app.state.hub.wake()
    return _filed(filed)


@returns.get("/{area}/returns/late")
def list_late(
    caller: Known, area: Area, day: Day,
    hour: Annotated[str, Query(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["20:00"])] = "20:00",
) -> LateList:  # fmt: skip
    """Who has not sent the return of a gas day, since when, under which clause."""
    seen_room(caller, area)
    found = caller.house.desk.late_returns(area, day, hour)
    late = [
        LateTold(
            reporter=one.reporter, label=one.label, due=one.due, text=one.text,
            overdue_minutes=int(one.overdue.total_seconds() // 60),
        )
        for one in found
    ]  # fmt: skip
    return LateList(gas_day=day, late=late)
