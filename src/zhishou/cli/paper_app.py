"""The commands on papers, each a few lines that open the record, call the desk, and print."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from zhishou.cli.cap_app import cap
from zhishou.cli.journal_app import DatabaseOption

paper = typer.Typer(
    help="文件：印发、列出、取出、核对。发文字号按年、按种类编排，印发后的原件逐字节保存。",
    no_args_is_help=True,
    rich_markup_mode=None,
)
paper.add_typer(cap, name="cap")


class Form(StrEnum):
    """How an answer is given."""

    TEXT = "text"
    JSON = "json"


FormOption = Annotated[Form, typer.Option("--format", help="text 供人看，json 供程序用。")]


@paper.command("kinds")
def kinds() -> None:
    """有哪些种类的文件。"""
    from zhishou.cli import paper_desk

    typer.echo(paper_desk.kinds())


@paper.command("list")
def list_(
    area: Annotated[str, typer.Option("--area", help="地区编号，如 jincheng。")],
    year: Annotated[int | None, typer.Option("--year", help="只列这一年。")] = None,
    kind: Annotated[str, typer.Option("--kind", help="只列这一种（编号或名称）。")] = "",
    incident: Annotated[str, typer.Option("--incident", help="只列关于这个事件的。")] = "",
    database: DatabaseOption = None,
    form: FormOption = Form.TEXT,
) -> None:
    """列出已印发的文件：文号、时间、标题、核对码、待填项。"""
    from zhishou.cli import paper_desk

    typer.echo(paper_desk.listed(database, area, year, kind, incident, as_json=form is Form.JSON))


@paper.command()
def issue(
    kind: Annotated[str, typer.Argument(help="种类，见 zhishou paper kinds。")],
    area: Annotated[str, typer.Option("--area", help="地区编号，如 jincheng。")],
    account: Annotated[str, typer.Option("--account", help="经办人的账户，他此刻的职务须可印发。")],
    name: Annotated[str, typer.Option("--name", help="经办人姓名，记入记录；不写取账户名。")] = "",
    incident: Annotated[str, typer.Option("--incident", help="关于哪个事件。")] = "",
    plan: Annotated[str, typer.Option("--plan", help="依据哪个预案；事件只适用一个时不必写。")] = "",
    designation: Annotated[str, typer.Option("--designation", help="机关代字；不写沿用上一次的。")] = "",
    report: Annotated[str, typer.Option("--report", help="情况报告：first、follow_up、final。")] = "first",
    to: Annotated[list[str] | None, typer.Option("--to", help="主送机关；可写几次。")] = None,
    copies: Annotated[list[str] | None, typer.Option("--copy", help="抄送机关；可写几次。")] = None,
    signer: Annotated[str, typer.Option("--signer", help="签发人。")] = "",
    units: Annotated[list[str] | None, typer.Option("--unit", help="任务指令只发给这些单位；可写几次。")] = None,
    fill: Annotated[list[str] | None, typer.Option("--fill", help="填空：名称=内容；可写几次。")] = None,
    system: Annotated[Path | None, typer.Option("--system", help="供气系统文件，日报和压减指令要用。")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="另存原件的文件夹。")] = None,
    database: DatabaseOption = None,
) -> None:
    """印发一份文件：编号、排版（DOCX 和 PDF）、保存原件、记入记录。决定须已在案。"""
    from zhishou.cli import paper_desk
    from zhishou.paper.issuing import IssuePaper

    command = IssuePaper(
        kind=kind, incident=incident, plan=plan, designation=designation, report=report, to=tuple(to or ()),
        copies=tuple(copies or ()), signer=signer, units=tuple(units or ()), fill=paper_desk.filled(fill or []),
    )  # fmt: skip
    typer.echo(paper_desk.issued(database, area, command, account, name or account, system, out))


@paper.command()
def show(
    number: Annotated[str, typer.Argument(help="发文字号，如 晋城市预警〔2026〕1号。")],
    out: Annotated[Path | None, typer.Option("--out", help="把 DOCX 和 PDF 原件存到这个文件夹。")] = None,
    database: DatabaseOption = None,
) -> None:
    """查看一份文件，取出当时印发的原件（逐字节相同）。"""
    from zhishou.cli import paper_desk

    typer.echo(paper_desk.shown(database, number, out))


@paper.command()
def verify(
    what: Annotated[str, typer.Argument(help="发文字号、核对码，或一个文件。")],
    database: DatabaseOption = None,
) -> None:
    """核对：文号或核对码引到哪条记录；手里的文件与印发的原件是否逐字节相同。相符时退出码 0，不符时 1。"""
    from zhishou.cli import paper_desk

    told, good = paper_desk.verified(database, what)
    typer.echo(told)
    raise typer.Exit(0 if good else 1)


@paper.command()
def fonts() -> None:
    """本机的公文字体在哪里，缺哪些字体时怎样安装。"""
    from zhishou.cli import paper_desk

    typer.echo(paper_desk.fonts())
