"""The commands themselves, each a few lines that read, call a room, and print."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from zhishou.cli.callout_app import callout
from zhishou.cli.drill_app import drill
from zhishou.cli.incident_app import incident
from zhishou.cli.journal_app import journal
from zhishou.cli.paper_app import paper
from zhishou.cli.people_app import people
from zhishou.cli.serve_app import serve
from zhishou.cli.supply_app import supply

app = typer.Typer(
    help="值守：把应急预案变成可执行、可解释、可检查的数据。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
plan = typer.Typer(
    help="预案：列表、查看、检查、比较、条款台账、格式、定位。", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(plan, name="plan")
app.add_typer(supply, name="supply")
app.add_typer(people, name="people")
app.add_typer(journal, name="journal")
app.add_typer(drill, name="drill")
app.add_typer(incident, name="incident")
app.command()(serve)
app.add_typer(paper, name="paper")
app.add_typer(callout, name="callout")


class Format(StrEnum):
    """How an answer is printed."""

    TEXT = "text"
    JSON = "json"


FormatOption = Annotated[Format, typer.Option("--format", help="输出格式：text 供人看，json 供程序用。")]
PlansArgument = Annotated[list[str] | None, typer.Argument(help="预案编号，如 jincheng/gas-winter-2021；不写为全部。")]


@app.callback(invoke_without_command=True)
def version(show: Annotated[bool, typer.Option("--version", help="显示版本。")] = False) -> None:
    """值守。"""
    if show:
        from zhishou import __version__

        typer.echo(f"zhishou {__version__}")
        raise typer.Exit


@app.command()
def assess(
    plans: PlansArgument = None,
    facts: Annotated[str, typer.Option("--facts", help="要素文件（YAML 或 JSON），- 为标准输入。")] = "-",
    at: Annotated[str | None, typer.Option("--at", help="研判时间，如 2026-12-15T20:00；不写为此刻。")] = None,
    area: Annotated[str | None, typer.Option("--area", help="地区；不写预案时取该地区全部有效预案。")] = None,
    format_: FormatOption = Format.TEXT,
    measures: Annotated[bool, typer.Option("--measures", help="列出建议级别的处置措施。")] = False,
) -> None:
    """按今晚的要素研判：每个有效预案够哪一级、依据哪一条、谁建议谁决定、还缺什么、离上下级多远。"""
    from zhishou.cli import assessing

    assessing.run(plans or [], facts, at, area, as_json=format_ is Format.JSON, measures=measures)


@plan.command("list")
def list_plans(
    area: Annotated[str | None, typer.Option("--area", help="只列该地区及其上级的预案。")] = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """列出全部预案。"""
    from zhishou.cli import browsing

    browsing.list_plans(area, as_json=format_ is Format.JSON)


@plan.command()
def show(name: Annotated[str, typer.Argument(help="预案编号。")], format_: FormatOption = Format.TEXT) -> None:
    """查看一个预案：机构、职务、级别、条件、措施、时限、附件。"""
    from zhishou.cli import browsing

    browsing.show(name, as_json=format_ is Format.JSON)


@plan.command()
def facts(
    query: Annotated[str, typer.Argument(help="只列名称或编号含这几个字的要素。")] = "",
    format_: FormatOption = Format.TEXT,
) -> None:
    """列出词库里的要素：编号、名称、单位、取值、时效、由谁提供。"""
    from zhishou.cli import browsing

    browsing.facts(query, as_json=format_ is Format.JSON)


@plan.command()
def check(
    plans: PlansArgument = None,
    all_: Annotated[bool, typer.Option("--all", help="检查全部预案（不写预案时也是全部）。")] = False,
    on: Annotated[str | None, typer.Option("--on", help="以哪一天判断修订和演练是否逾期；不写为今天。")] = None,
    format_: FormatOption = Format.TEXT,
    severity: Annotated[str, typer.Option("--severity", help="只列 high（严重）、medium（一般）以上。")] = "low",
) -> None:
    """检查预案本身：空档、重叠、矛盾、缺项、逾期；每条有编号、条款和实例。"""
    from zhishou.cli import checking

    checking.run([] if all_ else plans or [], on, severity, as_json=format_ is Format.JSON)


@plan.command()
def compare(
    left: Annotated[str, typer.Argument(help="预案编号，或预案包文件夹。")],
    right: Annotated[str, typer.Argument(help="预案编号，或预案包文件夹（另一版本）。")],
    format_: FormatOption = Format.TEXT,
) -> None:
    """比较两个预案，或一个预案的两个版本。"""
    from zhishou.cli import browsing

    browsing.compare(left, right, as_json=format_ is Format.JSON)


@plan.command()
def ledger(plans: PlansArgument = None, format_: FormatOption = Format.TEXT) -> None:
    """条款台账：每一条在哪里落实；不写预案时给出各预案的覆盖情况。"""
    from zhishou.cli import browsing

    browsing.ledger(plans or [], as_json=format_ is Format.JSON)


@plan.command()
def schema(
    name: Annotated[str, typer.Argument(help="response、ledger、lexicon/facts、assessment 等；不写列出全部。")] = "",
    write: Annotated[Path | None, typer.Option("--write", help="把全部 JSON Schema 写进这个文件夹。")] = None,
) -> None:
    """预案包格式的 JSON Schema，供编辑器补全和检查。"""
    from zhishou.cli import browsing

    browsing.schema(name, write)


@plan.command()
def where(
    query: Annotated[str, typer.Argument(help="“response III”、条款号、要素或单位。")],
    plans: Annotated[list[str] | None, typer.Option("--plan", help="只在这些预案里找。")] = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """某条规则在哪个文件第几行，依据哪一条，由哪些用例验证。"""
    from zhishou.cli import browsing

    browsing.where(query, plans or [], as_json=format_ is Format.JSON)


@plan.command()
def lock() -> None:
    """更新内容锁 lock.yaml（规则改动须先提高版本）。"""
    from zhishou.cli import browsing

    sys.exit(browsing.lock())
