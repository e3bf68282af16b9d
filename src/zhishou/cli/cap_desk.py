"""What the commands on public warnings do and print."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from zhishou.bootstrap import database_url, read_settings
from zhishou.bootstrap.house import machine_time
from zhishou.bootstrap.warnings import warning_office
from zhishou.cli.record import record
from zhishou.desk import Desk
from zhishou.desk.alerts import public_feed
from zhishou.desk.warnings import Incoming
from zhishou.errors import ZhishouError, why
from zhishou.paper.cap.alerting import IssueAlert, Words
from zhishou.plan.load import library


@contextmanager
def _desk(url: str | None, data: Path) -> Iterator[tuple[Desk, tuple[str, ...]]]:
    settings, shelf = read_settings(data), library()
    office = warning_office(settings.warnings, data, shelf.lexicon)
    with record(database_url(url, data)) as journal:
        yield (
            Desk(journal, shelf, machine="cli", now=machine_time, address=settings.address, office=office),
            tuple(settings.areas),
        )


def issued(
    url: str | None, data: Path, incident: str, plan: str, areas: tuple[str, ...], instruction: str, account: str,
    out: Path | None, *, english: bool,
) -> str:  # fmt: skip
    """Issue a message and say what became of it."""
    words = (Words(instruction=instruction), *((Words(language="en"),) if english else ()))
    with _desk(url, data) as (desk, _):
        command = IssueAlert(incident=incident, plan=plan, areas=areas, words=words)
        one = desk.alerts.issue(command, desk.actor(account, account), key=f"cli/{uuid4()}")
        event = one.event
        lines = [f"已发布　{event.headline}", f"标识　{event.identifier}　{event.msg_type}　CAP（SM3）{event.cap}"]
        lines.append("已签名" if event.signed else "未签名：house.yaml 的 warnings 没有写钥匙")
        lines.append(
            f"国家格式　{event.national_file}" if event.national else f"没有国家格式：{event.without_national}"
        )
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            (out / f"{event.identifier}.xml").write_bytes(desk.alerts.content(event.cap))
            if event.national:
                (out / event.national_file).write_bytes(desk.alerts.content(event.national))
            lines.append(f"原件　{out}")
    return "\n".join(lines)


def listed(url: str | None, data: Path, area: str) -> str:
    """What went out and what came in."""
    with _desk(url, data) as (desk, _):
        area = desk.library.lexicon.area(area)
        out = [
            f"发　{one.at:%Y-%m-%d %H:%M}　{one.event.identifier}　{one.event.headline}" for one in desk.alerts.of(area)
        ]
        incoming = [_line(one, desk) for one in desk.warnings.all(area)]
    return "\n".join([*out, *incoming]) or "没有发过、也没有收到过预警信息"


def _line(one: Incoming, desk: Desk) -> str:
    alert = one.standing.message.alert
    said = "、".join(f"{desk.library.lexicon.facts[fact.fact].label} {fact.value}" for fact in one.facts)
    what = (
        f"　要素：{said}"
        if said
        else f"　处理：{one.settled}"
        if one.settled
        else "　※ 待人处理"
        if one.waiting
        else ""
    )
    headline = next((info.headline or info.event for info in alert.infos), alert.identifier)
    return f"收　{alert.sent:%Y-%m-%d %H:%M}　{alert.identifier}　{headline}　{one.standing.label}{what}"


def taken(url: str | None, data: Path, file: Path, area: str, account: str) -> str:
    """Take a message in and say what became of it.

    Raises:
        ZhishouError: the file cannot be read, or the message not understood or believed.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ZhishouError(f"读不了（{why(error)}）", where=str(file), mend="核对文件名") from None
    with _desk(url, data) as (desk, _):
        done = desk.warnings.take(area, content, desk.actor(account, account), key=f"cli/{uuid4()}")
        return f"{'收过了' if done.repeated else '已接收'}　{_line(done.one, desk)}"


def feed_files(url: str | None, data: Path, address: str, out: Path) -> str:
    """Write the feed and its messages as files."""
    out.mkdir(parents=True, exist_ok=True)
    with _desk(url, data) as (desk, areas):
        content = public_feed(desk.alerts, desk.journal, desk.library.lexicon, areas, address, desk.now())
        (out / "alerts.atom").write_bytes(content)
        found = [one for area in areas for one in desk.alerts.of(area) if not one.event.exercise]
        for one in found:
            (out / f"{one.event.identifier}.xml").write_bytes(desk.alerts.content(one.event.cap))
    return f"已写 {len(found)} 条到 {out}"
