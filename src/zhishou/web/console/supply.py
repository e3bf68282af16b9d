"""Returns of the evening: who has sent, what waits for a person, who is missing and under which clause; files come in here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData, UploadFile

from zhishou.desk.returns import Filed, FileReturn
from zhishou.errors import RefusedError, ZhishouError
from zhishou.plan.posts import reporter_post, unit_post
from zhishou.supply.returns.held import CODES, Held
from zhishou.supply.returns.late import Late
from zhishou.supply.returns.register import Entry
from zhishou.supply.returns.roster import roster
from zhishou.supply.returns.template import template
from zhishou.supply.system import REPORTER_LABELS, Reporter
from zhishou.web.auth import Caller
from zhishou.web.console.pages import page
from zhishou.web.console.supply_now import HOUR
from zhishou.web.console.supply_room import AreaWanted, area_of, counted, key_of, shared
from zhishou.web.console.visiting import Filled, PageRoute, Visitor
from zhishou.web.errors import ErrorDetail, of_error

supply = APIRouter(route_class=PageRoute, include_in_schema=False)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OUTCOMES = {
    "accepted": "已收，全部采用", "held": "已收，有几处待核定", "whole": "整份待核定，暂不用", "unread": "读不出来，没有采用",
    "known": "先前收过同样的，没有重复登记",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One reporter of the evening."""

    reporter: Reporter
    kind: str
    entry: Entry | None
    held: tuple[Held, ...]
    late: Late | None

    @property
    def order(self) -> tuple[bool, bool]:
        """Who has sent nothing comes first, then what waits."""
        return self.entry is not None, not self.held


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file."""

    name: str
    words: str
    good: bool
    held: tuple[Held, ...] = ()
    noted: tuple[Held, ...] = ()
    wrong: ErrorDetail | None = None


@supply.get("/supply")
def show(request: Request, caller: Visitor, area: AreaWanted = "") -> Response:
    """The evening's returns."""
    return _page(request, caller, area_of(caller, area))


def _page(
    request: Request, caller: Caller, area: str, outcomes: tuple[Outcome, ...] = (), status: int = 200
) -> Response:
    rows = evening(caller, area) if area else []
    waiting = list(caller.house.desk.returns.register(area).open()) if area else []
    made = caller.house.desk.returns.evening(area).made if area else None
    owing = [row for row in rows if row.reporter.kind != "superior"]  # superiors tell when they wish
    return page(
        request, "supply.html", caller, status=status, rows=rows, waiting=waiting, made=made, outcomes=outcomes, codes=CODES,
        counts={
            "all": len(owing), "missing": sum(row.entry is None for row in owing),
            "waiting": sum(bool(row.held) for row in rows),
        },
        **shared(caller, area, "returns"),
    )  # fmt: skip


def evening(caller: Caller, area: str) -> list[Row]:
    """Every reporter with what has come of it."""
    desk = caller.house.desk
    system, register = desk.returns.system(area), desk.returns.register(area)
    made = desk.returns.evening(area).made
    missing = {one.reporter: one for one in desk.late_returns(area, made, HOUR)}
    open_: dict[str, list[Held]] = {}
    for entry, held in register.open(made):
        if entry.returned is not None:
            open_.setdefault(entry.returned.reporter, []).append(held)
    rows = [
        Row(
            one, REPORTER_LABELS[one.kind], register.current(one.id, made), tuple(open_.get(one.id, ())),
            missing.get(one.id),
        )
        for one in system.reporters
    ]  # fmt: skip
    return sorted(rows, key=lambda row: row.order)


@supply.get("/supply/template")
def blank(caller: Visitor, reporter: Annotated[str, Query(max_length=80)], area: AreaWanted = "") -> Response:
    """The form that a reporter fills in, with its own rows in it."""
    house = caller.house
    area = area or next(iter(house.settings.supply), "")
    system = house.desk.returns.system(area)
    if area not in caller.sight.areas and reporter not in {one.id for one in own_reporters(caller, area)}:
        raise RefusedError(
            "这份模板不是您单位的", where="模板", mend="到“报送”页下载本单位的；或请值班室代下", code="post"
        )
    book = roster(system, house.library.lexicon)
    known = book.reporter(reporter)
    if known is None:
        raise RefusedError("没有这个报送单位", where=reporter, mend="从页面上选单位", code="missing")
    made = house.desk.returns.evening(area).made
    headers = {"Content-Disposition": f'attachment; filename="{known.id}-{made}.xlsx"', "Cache-Control": "no-store"}
    return Response(template(known.kind, book, known.id, made), media_type=XLSX, headers=headers)


def own_reporters(caller: Caller, area: str) -> list[Reporter]:
    """The reporters for whom somebody sends returns: by the reporter's own post, or by that of its organisation."""
    house = caller.house
    posts = caller.actor.posts | set(caller.actor.delegated)
    found = []
    for one in house.desk.returns.system(area).reporters:
        unit = house.library.lexicon.organisation(one.organisation or one.label, area)
        if reporter_post(area, one.id) in posts or (unit and unit_post(unit) in posts):
            found.append(one)
    return found


@supply.post("/supply/returns")
def receive(request: Request, caller: Visitor, form: Filled, area: AreaWanted = "") -> Response:
    """Take in files, each as it is; whatever is wrong with one is held for a person and told with sheet, cell and mend."""
    area = area_of(caller, area)
    outcomes = filed(request, caller, form, area)
    refused = next((one.wrong for one in outcomes if one.wrong and one.wrong.code == "post"), None)
    if all(one.good for one in outcomes):
        return RedirectResponse(f"/supply?area={area}&filed={len(outcomes)}", 303)
    return _page(request, caller, area, outcomes, 403 if refused else 200)


def filed(request: Request, caller: Caller, form: FormData, area: str) -> tuple[Outcome, ...]:
    """What became of the files of a form."""
    files = [one for one in form.getlist("file") if isinstance(one, UploadFile) and one.filename]
    if not files:
        wrong = ErrorDetail(code="missing", message="没有选文件", where="报表", mend="选一份 .xlsx、.csv 或 .json 报表")
        return (Outcome("", "没有收到文件", good=False, wrong=wrong),)
    key, day = key_of(form), _day(str(form.get("gas_day", "")))
    return tuple(_one(request, caller, area, one, f"{key}.{number}", form, day) for number, one in enumerate(files, 1))


def _one(
    request: Request, caller: Caller, area: str, file: UploadFile, key: str, form: FormData, day: date | None
) -> Outcome:
    name = (file.filename or "报表").replace("\\", "/").rpartition("/")[2][:120]
    content = file.file.read()

    def give() -> Filed:
        if not content:
            raise RefusedError("文件是空的", where=name, mend="核对文件后重发", code="missing")
        return caller.house.desk.returns.file(
            area, name, content, caller.actor, key=caller.key(key), machine=caller.address, gas_day=day,
            reporter=str(form.get("reporter", "")),
        )  # fmt: skip

    try:
        done = counted(request, caller, FileReturn.name, give)
    except ZhishouError as error:
        detail = of_error(error, caller.house.library)[1]
        return Outcome(name, "没有采用", good=False, wrong=detail)
    return told(name, done)


def told(name: str, done: Filed) -> Outcome:
    """What became of a file, for a person."""
    if done.repeated:
        return Outcome(name, "先前已经收到，没有重复登记", good=True)
    entries = done.entries or tuple(one.entry for one in done.received if one.entry)
    held = tuple(held for one in entries for held in one.held)
    noted = tuple(held for one in entries for held in one.noted)
    words = "；".join(dict.fromkeys(OUTCOMES[one.outcome] for one in done.received))
    return Outcome(name, words, all(one.outcome in {"accepted", "known"} for one in done.received), held, noted)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        raise ZhishouError(f"“{text[:20]}”不是日期", where="气日", mend="写成 2026-12-15 的样子") from None
