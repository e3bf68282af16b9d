"""The reporter's page, for a phone at night: what I owe today, a return, a flash report with photos, what was asked of me."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData, UploadFile

from zhishou.desk.returns import Filed as FiledReturn
from zhishou.desk.returns import FileReturn
from zhishou.errors import NotFoundError, ProblemsError, RefusedError, ZhishouError
from zhishou.incident.reports import PHOTOS, ReceiveReport
from zhishou.supply.returns.held import CODES
from zhishou.supply.returns.lines import items as items_of
from zhishou.supply.returns.model import ITEMS
from zhishou.supply.returns.roster import roster
from zhishou.web.auth import Caller
from zhishou.web.commands import Incident, for_him
from zhishou.web.commands import told as given
from zhishou.web.console import photos
from zhishou.web.console import reporter_shown as shown
from zhishou.web.console.forms import reading
from zhishou.web.console.incidents import report_items
from zhishou.web.console.my_calls import waiting_calls
from zhishou.web.console.pages import page
from zhishou.web.console.photos_sent import sent_with
from zhishou.web.console.supply import Outcome, own_reporters, told
from zhishou.web.console.supply import filed as filed_files
from zhishou.web.console.supply_room import already, counted, key_of
from zhishou.web.console.visiting import Filled, PageRoute, Visitor
from zhishou.web.errors import ErrorDetail, of_error
from zhishou.web.incidents import seen

reporter = APIRouter(route_class=PageRoute, include_in_schema=False)

Wanted = Annotated[str, Query(max_length=80, pattern=r"^[\w.-]*$")]
LABELS = {"text": "说了什么", "sender": "以哪个单位名义", "kind": "第几报", "items": "逐项", "photos": "照片"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One figure of a return."""

    name: str
    item: str
    of: str
    label: str
    what: str
    unit: str
    needed: bool
    before: str
    """The figure of the last return."""
    typed: str


@reporter.get("/r")
def show(request: Request, caller: Visitor, done: Wanted = "") -> Response:
    """What I owe and what was asked of me."""
    near = shown.incidents(caller)
    return page(
        request, "reporter.html", caller, here="report", returns=shown.returns(caller), tasks=shown.tasks(caller),
        orders=shown.orders(caller, near), owed=shown.owed(caller, near), near=near, units=shown.senders(caller, near),
        lines=shown.duty_lines(caller), done=done, **waiting_calls(caller),
    )  # fmt: skip


def _own(caller: Caller, area: str, id_: str) -> Any:
    for one in own_reporters(caller, area):
        if one.id == id_:
            return one
    raise RefusedError(
        "您没有替这个单位报送的职务", where=id_, mend="请值班室系统管理员任职；急的请值班员代报", code="post"
    )


@reporter.get("/r/return")
def ask(request: Request, caller: Visitor, area: Wanted, of: Wanted) -> Response:
    """The figures of the day, as a form."""
    return _return(request, caller, area, of, None, None)


def _return(
    request: Request, caller: Caller, area: str, of: str, typed: FormData | None, wrong: ErrorDetail | None,
    status: int = 200, outcomes: tuple[Outcome, ...] = (),
) -> Response:  # fmt: skip
    one = _own(caller, area, of)
    evening = caller.house.desk.returns.evening(area)
    return page(
        request, "reporter_return.html", caller, status=status, here="report", area=area, reporter=one, day=evening.made,
        next_day=evening.day, figures=_asked(caller, area, of, typed), wrong=wrong, outcomes=outcomes, codes=CODES,
        note=str(typed.get("note", "")) if typed is not None else "", form_key=key_of(typed) if typed is not None else "",
        current=evening.register.current(of, evening.made),
    )  # fmt: skip


def _asked(caller: Caller, area: str, of: str, typed: FormData | None) -> list[Asked]:
    """The rows of the reporter's form whose figures are wanted every day."""
    desk = caller.house.desk
    book, made = roster(desk.returns.system(area), caller.house.library.lexicon), desk.returns.evening(area).made
    before = desk.returns.register(area).recent(of, made, 1)
    found = []
    for row in book.rows[of]:
        for item in items_of(row.line):
            known = ITEMS[item]
            if not known.needed and (known.about != "reporter" or item.startswith("total_")):
                continue
            object_ = row.of or of
            name = f"figure:{item}:{row.of}"
            past = before.get((item, object_), ())
            found.append(
                Asked(
                    name, item, row.of, row.label if row.of else known.label, known.label, row.unit, known.needed,
                    f"{past[-1][1]:g}" if past else "", str(typed.get(name, "")) if typed is not None else "",
                )
            )  # fmt: skip
    return found


@reporter.post("/r/return")
def send(request: Request, caller: Visitor, form: Filled, area: Wanted, of: Wanted) -> Response:
    """File the figures as the return of the day; or a file as it is."""
    one = _own(caller, area, of)
    if any(isinstance(sent, UploadFile) and sent.filename for sent in form.getlist("file")):
        return _after(request, caller, area, of, form, filed_files(request, caller, form, area))
    evening = caller.house.desk.returns.evening(area)

    def give() -> FiledReturn:
        document = {
            "schema": "zhishou/return/1", "reporter": one.id, "gas_day": evening.made.isoformat(),
            "values": _values(_asked(caller, area, of, form), caller),
        } | ({"note": note} if (note := str(form.get("note", "")).strip()) else {})  # fmt: skip
        content = json.dumps(document, ensure_ascii=False).encode()
        return caller.house.desk.returns.file(
            area, f"{one.id}-{evening.made}-网页填报.json", content, caller.actor, key=caller.key(key_of(form)),
            machine=caller.address, gas_day=evening.made, reporter=one.id,
        )  # fmt: skip

    try:
        done = counted(request, caller, FileReturn.name, give)
    except ZhishouError as error:
        status, detail = of_error(error, caller.house.library)
        return _return(request, caller, area, of, form, detail, status)
    return _after(request, caller, area, of, form, (told("报表", done),))


def _after(
    request: Request, caller: Caller, area: str, of: str, form: FormData, outcomes: tuple[Outcome, ...]
) -> Response:
    if all(one.good and not one.noted for one in outcomes):
        return RedirectResponse("/r?done=return", 303)
    return _return(request, caller, area, of, form, None, outcomes=outcomes)


def _values(asked: list[Asked], caller: Caller) -> list[dict[str, Any]]:
    del caller
    found: list[dict[str, Any]] = []
    problems: list[ZhishouError] = []
    for one in asked:
        text = one.typed.strip()
        if not text:
            continue
        try:
            amount: Any = reading.figure(text, f"{one.label} {one.what}") if one.unit else text
        except ZhishouError as error:
            problems.append(error)
            continue
        found.append({"item": one.item, "amount": amount} | ({"of": one.of} if one.of else {}))
    if problems:
        raise ProblemsError(problems)
    if not found:
        raise ZhishouError("一个数也没有填", where="报表", mend="知道的填上，不知道的空着")
    return found


@reporter.get("/r/report")
def ask_report(request: Request, caller: Visitor, incident: Wanted = "") -> Response:
    """The form for a flash report."""
    return _report(request, caller, incident, None, None)


def _report(
    request: Request,
    caller: Caller,
    incident: str,
    typed: FormData | None,
    wrong: ErrorDetail | None,
    status: int = 200,
) -> Response:
    near = shown.incidents(caller)
    chosen = next((one.state for one in near if one.state.id == incident), near[0].state if len(near) == 1 else None)
    packs = caller.house.library.packs
    items = report_items([packs[plan] for plan in chosen.plans if plan in packs]) if chosen else []
    return page(
        request, "reporter_report.html", caller, status=status, here="report", near=near, chosen=chosen, units=shown.senders(caller, near),
        reports_for=shown.speaks(caller),
        items=items, typed=typed, wrong=wrong, lines=shown.duty_lines(caller), photos=PHOTOS,
        form_key=key_of(typed) if typed is not None else "",
    )  # fmt: skip


@reporter.post("/r/report")
def send_report(request: Request, caller: Visitor, form: Filled) -> Response:
    """File a flash report; its photos are kept by their SM3 before the report names them."""
    incident, house, answer = str(form.get("incident", ""))[:80], caller.house, Response()
    key = key_of(form)

    def give() -> Any:
        if not incident:
            raise ZhishouError("没有选是哪一起事件", where="事件", mend="选一起；新的险情请打值班电话")
        seen(caller, incident)
        said = {name[6:]: str(value).strip() for name, value in form.multi_items() if name.startswith("items:")}
        data: dict[str, Any] = {
            name: text for name in ("sender", "kind", "text") if (text := str(form.get(name, "")).strip())
        }
        data |= {"how": "console", "items": {name: text for name, text in said.items() if text}}
        pictures = sent_with(form)
        if not data.get("text") and not data["items"] and not pictures:
            raise ZhishouError("什么也没有写", where="情况", mend="写几句话，或拍一张照片")
        reading.command(ReceiveReport, data, LABELS)  # what is wrong with the words is said before photos are kept
        kept = {name: house.desk.papers.files.keep(content, house.now()) for name, content in pictures.items()}
        command = reading.command(ReceiveReport, data | {"photos": kept}, LABELS)
        for_him(caller, incident, command)
        return house.desk.give(incident, command, caller.actor, key=caller.key(key), machine=caller.address)

    try:
        if not already(caller, key):
            given(request, answer, caller, ReceiveReport.name, give)
    except ZhishouError as error:
        status, detail = of_error(error, house.library)
        return _report(request, caller, incident, form, detail, status)
    return RedirectResponse("/r?done=report", 303)


@reporter.get("/r/photo/{id}/{digest}")
def photo(caller: Visitor, id: Incident, digest: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]) -> Response:
    """A photo of a report, for whoever sees the report."""
    _, state = seen(caller, id)
    if not any(digest in one.photos.values() for one in state.reports.values()):
        raise NotFoundError("没有这张照片", mend="从事件页的报告里点开")
    content = caller.house.desk.papers.files.get(digest)
    kind = photos.kind(content)
    if not kind:
        raise NotFoundError("没有这张照片", mend="从事件页的报告里点开")
    return Response(
        content, media_type=kind, headers={"Cache-Control": "private, max-age=86400", "Content-Disposition": "inline"}
    )
