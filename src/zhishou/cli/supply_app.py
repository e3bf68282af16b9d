"""The supply commands, each a few lines that open the desk, call a room, and print or write."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

supply = typer.Typer(
    help="供需：报表、平衡、预测、储气责任、单一气源中断、压减清单、推演。气量均为万立方米（20 ℃、101.325 kPa）。",
    no_args_is_help=True,
    rich_markup_mode=None,
)


class Form(StrEnum):
    """How an answer is given."""

    TEXT = "text"
    JSON = "json"
    XLSX = "xlsx"


class Said(StrEnum):
    """How an answer without tables is given."""

    TEXT = "text"
    JSON = "json"


class Action(StrEnum):
    """What a person decides of something held."""

    RELEASE = "release"
    REPLACE = "replace"
    REJECT = "reject"


SystemOption = Annotated[
    str | None, typer.Option("--system", help="供气系统文件；不写取 $ZHISHOU_SYSTEM 或数据文件夹里的 system.yaml。")
]
DataOption = Annotated[str | None, typer.Option("--data", help="数据文件夹；不写取 $ZHISHOU_DATA 或 ./zhishou-data。")]
DayOption = Annotated[str | None, typer.Option("--day", help="气日，如 2026-12-15；不写为今晚报表所说的次日。")]
FormOption = Annotated[Form, typer.Option("--format", help="text 供人看，json 供程序用，xlsx 为工作簿。")]
SaidOption = Annotated[Said, typer.Option("--format", help="text 供人看，json 供程序用。")]
OutOption = Annotated[Path | None, typer.Option("--out", help="写到这个文件；xlsx 必须写明。")]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON。")]


def _given(content: str | bytes, out: Path | None) -> None:
    """Print text, or write to the file asked for."""
    if out is None and isinstance(content, str):
        typer.echo(content)
        return
    from zhishou.cli.supply_writing import write
    from zhishou.errors import ZhishouError

    if out is None:
        raise ZhishouError("工作簿不能显示在屏幕上", mend="加 --out 文件名.xlsx")
    write(content, out)
    typer.echo(f"已写入 {out}")


@supply.command()
def template(
    kind: Annotated[
        str, typer.Argument(help="报送单位的种类，如 city_gas 或 城市燃气企业；写了 --reporter 可不写。")
    ] = "",
    system: SystemOption = None,
    reporter: Annotated[str, typer.Option("--reporter", help="只为这一家做（编号或名称），行已填好。")] = "",
    day: DayOption = None,
    out: Annotated[Path | None, typer.Option("--out", help="文件或文件夹。")] = None,
    schema: Annotated[bool, typer.Option("--schema", help="输出 JSON 报表的格式。")] = False,
) -> None:
    """日报表模板（Excel、WPS 可填）。"""
    from zhishou.cli import supply_desk, supply_returns

    given = None
    if system or reporter:
        given, _ = supply_desk.named(system, None)
    supply_returns.template(kind, out, system=given, reporter=reporter, day=day, schema=schema)


@supply.command("import")
def import_(
    paths: Annotated[list[Path], typer.Argument(help="报表文件，或装报表的文件夹（.xlsx、.csv、.json）。")],
    system: SystemOption = None,
    data: DataOption = None,
    at: Annotated[str | None, typer.Option("--at", help="收到时间；不写为此刻。")] = None,
    day: Annotated[str | None, typer.Option("--day", help="由人指明的气日，对每个文件有效。")] = None,
    reporter: Annotated[str, typer.Option("--reporter", help="由人指明的报送单位。")] = "",
    history: Annotated[bool, typer.Option("--history", help="补录旧报表。")] = False,
    as_json: JsonOption = False,
) -> None:
    """导入报表：采用的登记为一版，可疑的留给人核定，一项也不丢。"""
    from zhishou.cli import supply_desk, supply_returns

    given, folder = supply_desk.named(system, data)
    code = supply_returns.import_(
        paths, folder, given, at=at, day=day, reporter=reporter, history=history, as_json=as_json
    )
    raise typer.Exit(code)


@supply.command()
def held(
    system: SystemOption = None,
    data: DataOption = None,
    day: Annotated[str | None, typer.Option("--day", help="报表的气日；不写为全部。")] = None,
    as_json: JsonOption = False,
) -> None:
    """待核定的事项。"""
    from zhishou.cli import supply_desk, supply_returns

    given, folder = supply_desk.named(system, data)
    supply_returns.held(folder, given, day=day, as_json=as_json)


@supply.command()
def decide(
    item: Annotated[str, typer.Argument(help="待核定事项的编号。")],
    action: Annotated[Action, typer.Argument(help="release 照用、replace 改用、reject 不用。")],
    post: Annotated[str, typer.Option("--post", help="核定人的职务。")],
    reason: Annotated[str, typer.Option("--reason", help="理由。")],
    amount: Annotated[list[str] | None, typer.Option("--amount", help="改用的数；几项时写 项=数。")] = None,
    system: SystemOption = None,
    data: DataOption = None,
    at: Annotated[str | None, typer.Option("--at", help="核定时间；不写为此刻。")] = None,
) -> None:
    """核定一项：照用、改用或不用，记为新的一版。"""
    from zhishou.cli import supply_desk, supply_returns

    given, folder = supply_desk.named(system, data)
    supply_returns.decide_(item, action.value, folder, given, post=post, reason=reason, amounts=amount, at=at)


@supply.command()
def brief(
    out: Annotated[Path | None, typer.Option("--out", help="文件或文件夹。")] = None,
    system: SystemOption = None,
    data: DataOption = None,
    day: Annotated[str | None, typer.Option("--day", help="报表的气日；不写为此刻所在的气日。")] = None,
    at: Annotated[str | None, typer.Option("--at", help="编制时间；不写为此刻。")] = None,
    hour: Annotated[str, typer.Option("--hour", help="本地规定的报送钟点（预案没有写）。")] = "20:00",
) -> None:
    """当日供需日报（xlsx）。"""
    from zhishou.cli import supply_desk, supply_returns

    given, folder = supply_desk.named(system, data)
    supply_returns.brief(folder, given, out, day=day, at=at, hour=hour)


@supply.command()
def balance(
    area: Annotated[str, typer.Option("--area", help="只看一个县或一片；不写为全市。")] = "",
    hours: Annotated[bool, typer.Option("--hours", help="列出24小时。")] = False,
    system: SystemOption = None,
    data: DataOption = None,
    day: DayOption = None,
    form: FormOption = Form.TEXT,
    out: OutOption = None,
) -> None:
    """供需平衡：需求、可供、储气、缺口，公式和条款，缺谁的报表。"""
    from zhishou.cli import supply_balance, supply_desk, supply_workbook

    desk = supply_desk.opened(system, data, day)
    found = desk.balances()
    if form is Form.XLSX:
        _given(supply_workbook.balance_workbook(found, desk.shelf), out)
    elif form is Form.JSON:
        _given(supply_balance.balance_json(found, desk.shelf), out)
    else:
        colour = supply_desk.coloured() and out is None
        _given(supply_balance.balance_text(found, desk.shelf, area=area, with_hours=hours, colour=colour), out)


@supply.command()
def duties(
    system: SystemOption = None,
    data: DataOption = None,
    day: DayOption = None,
    form: FormOption = Form.TEXT,
    out: OutOption = None,
) -> None:
    """储气责任台账：地方政府3天、城市燃气企业5%、储量80%，谁差多少、何时到期。"""
    from zhishou.cli import supply_desk, supply_duties, supply_workbook

    desk = supply_desk.opened(system, data, day)
    found = supply_duties.drawn_ledger(desk.system, desk.returns, desk.day, desk.shelf, desk.withheld)
    if form is Form.XLSX:
        _given(supply_workbook.duties_workbook(found, desk.system, desk.shelf), out)
    elif form is Form.JSON:
        _given(supply_duties.duties_json(found, desk.system), out)
    else:
        colour = supply_desk.coloured() and out is None
        _given(supply_duties.duties_text(found, desk.system, desk.shelf, colour=colour), out)


@supply.command()
def failure(
    system: SystemOption = None,
    data: DataOption = None,
    day: DayOption = None,
    form: FormOption = Form.TEXT,
    out: OutOption = None,
) -> None:
    """单一气源中断（N-1）：每个气源停供后的缺口、储气能顶多久、够哪一级。"""
    from zhishou.cli import supply_desk, supply_failure, supply_workbook

    desk = supply_desk.opened(system, data, day)
    found = supply_failure.drawn_failures(
        desk.system, desk.returns, desk.day, desk.shelf, withheld=desk.withheld, superior=desk.stated
    )
    if form is Form.XLSX:
        _given(supply_workbook.failure_workbook(found, desk.shelf), out)
    elif form is Form.JSON:
        _given(supply_failure.failure_json(found, desk.shelf), out)
    else:
        _given(supply_failure.failure_text(found, desk.shelf, colour=supply_desk.coloured() and out is None), out)


@supply.command()
def forecast(
    history: Annotated[
        Path | None, typer.Option("--history", help="历史 CSV：日期、用气量、气温；不写为数据文件夹里的 history.csv。")
    ] = None,
    weather: Annotated[
        Path | None, typer.Option("--weather", help="气温预报 CSV：日期、气温；不写为数据文件夹里的 weather.csv。")
    ] = None,
    available: Annotated[
        str, typer.Option("--supply", help="给定可供气量，万立方米/日：一个数，或七个用逗号隔开；不写按报表。")
    ] = "",
    outage: Annotated[
        list[str] | None, typer.Option("--outage", help="气源每日中断的概率[,平均天数]，如 import=0.02,2；可写几次。")
    ] = None,
    explain: Annotated[str, typer.Option("--explain", help="说明哪一天的由来：1 至 7，或日期。")] = "1",
    tested: Annotated[bool, typer.Option("--backtest", help="回测往年各晚：误差、区间、级别概率是否可信。")] = False,
    plot: Annotated[Path | None, typer.Option("--plot", help="画成图，.png 或 .svg（须装 zhishou[plots]）。")] = None,
    system: SystemOption = None,
    data: DataOption = None,
    day: Annotated[str | None, typer.Option("--day", help="预测的第一个气日；不写为次日。")] = None,
    form: FormOption = Form.TEXT,
    out: OutOption = None,
) -> None:
    """今后七日预测：需求区间、可供、缺口、各级别的概率；基准、由来、回测和图。"""
    from zhishou.cli import (
        supply_ahead,
        supply_backtest,
        supply_desk,
        supply_forecast,
        supply_forecast_book,
        supply_plots,
    )

    if plot is not None:
        supply_plots.able(plot)
    desk, folder = supply_ahead.opened(system, data, day)
    files = (history or folder / "history.csv", weather or folder / "weather.csv")
    number = supply_forecast.explained_day(explain, supply_ahead.days_of(desk))
    with supply_backtest.progress("预测"):
        job = supply_ahead.job(desk, *files, supply=available, typed=outage or [])
    scored = supply_backtest.of(job) if tested else None
    if plot is not None:
        supply_plots.written(job, plot)
        typer.echo(f"已画成 {plot}", err=True)
    if form is Form.XLSX:
        _given(supply_forecast_book.workbook(job, scored), out)
    elif form is Form.JSON:
        _given(supply_forecast.forecast_json(job, supply_backtest.as_json(scored) if scored else None), out)
    else:
        colour = supply_desk.coloured() and out is None
        told = supply_forecast.forecast_text(job, explain=number, colour=colour)
        _given("\n".join([told, *([supply_backtest.text(scored, colour=colour)] if scored else [])]), out)


@supply.command()
def assess(
    system: SystemOption = None,
    data: DataOption = None,
    day: DayOption = None,
    at: Annotated[str | None, typer.Option("--at", help="研判时间；不写为此刻。")] = None,
    form: SaidOption = Said.TEXT,
    out: OutOption = None,
) -> None:
    """由报表得出要素，研判每个有效预案够哪一级。"""
    from zhishou.cli import supply_desk, supply_level

    desk = supply_desk.opened(system, data, day)
    _given(supply_level.answer(desk, at, as_json=form is Said.JSON), out)


@supply.command()
def curtail(
    level: Annotated[str, typer.Option("--level", help="响应级别，如 II；不写按研判建议的级别；none 为未启动。")] = "",
    plan: Annotated[str, typer.Option("--plan", help="依据的预案；不写为本地区有限停气次序的预案。")] = "",
    also: Annotated[
        list[str] | None, typer.Option("--also", help="同时适用的其他预案（如省通知限制液化用气）。")
    ] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=7, help="算几个气日；没有报表的日子沿用前一日。")] = 1,
    whole: Annotated[bool, typer.Option("--whole-days", help="按日算，不分小时。")] = False,
    assume: Annotated[bool, typer.Option("--assume", help="缺报的按常年用量、无气、无库存暂计，并注明。")] = False,
    uneven: Annotated[bool, typer.Option("--uneven", help="同类用户不均摊（更快）。")] = False,
    pressures: Annotated[
        bool, typer.Option("--pressures", help="校核各节点压力（须装 zhishou[hydraulics]）。")
    ] = False,
    at: Annotated[str | None, typer.Option("--at", help="研判时间；不写为此刻。")] = None,
    system: SystemOption = None,
    data: DataOption = None,
    day: DayOption = None,
    form: FormOption = Form.TEXT,
    out: OutOption = None,
) -> None:
    """压减清单：按预案次序逐户压减多少、何时起止、何时通知、依据哪条；仍缺多少、为什么；恢复次序。"""
    from zhishou.cli import supply_curtail, supply_cutting, supply_desk

    desk = supply_desk.opened(system, data, day)
    with supply_desk.working("正在算压减清单"):
        job = supply_cutting.job(
            desk, level=level, plan=plan, also=also or [], days=days, hours=not whole, assume=assume, even=not uneven,
            at=at,
        )  # fmt: skip
    if form is Form.JSON:
        _given(supply_curtail.as_json(job.plan, job.severer, supply_cutting.remarks(job)), out)
    elif form is Form.XLSX:
        from zhishou.cli.supply_cutbook import as_workbook

        _given(as_workbook(job.plan, job.severer, desk.shelf.lexicon, supply_cutting.remarks(job)), out)
    else:
        colour = supply_desk.coloured() and out is None
        _given(supply_cutting.told(job, desk, colour=colour, pressures=pressures), out)


@supply.command()
def whatif(
    fails: Annotated[str, typer.Option("--fails", help="中断的气源，编号或名称。")] = "",
    breaks: Annotated[str, typer.Option("--breaks", help="断开的管道，编号或名称。")] = "",
    stops: Annotated[str, typer.Option("--stops", help="停产的用户，编号或名称。")] = "",
    colder: Annotated[float, typer.Option("--colder", help="再冷几度，℃，40 以内；负数为回暖。")] = 0.0,
    hour: Annotated[int, typer.Option("--from", min=0, help="从第几小时起。")] = 0,
    level: Annotated[str, typer.Option("--level", help="响应级别；不写按研判建议的级别。")] = "",
    plan: Annotated[str, typer.Option("--plan", help="依据的预案。")] = "",
    days: Annotated[int, typer.Option("--days", min=1, max=7, help="算几个气日。")] = 1,
    assume: Annotated[bool, typer.Option("--assume", help="缺报的暂计，并注明。")] = False,
    at: Annotated[str | None, typer.Option("--at", help="研判时间；不写为此刻。")] = None,
    system: SystemOption = None,
    data: DataOption = None,
    day: DayOption = None,
    form: FormOption = Form.TEXT,
    out: OutOption = None,
) -> None:
    """推演：气源中断、管道断开、再冷几度、工厂停产，压减和缺口怎么变。"""
    from zhishou.cli import supply_cutting, supply_desk, supply_whatif

    desk = supply_desk.opened(system, data, day)
    with supply_desk.working("正在算现状"):
        job = supply_cutting.job(desk, level=level, plan=plan, days=days, assume=assume, even=False, at=at)
    change = supply_whatif.change(job, fails=fails, breaks=breaks, stops=stops, colder=colder, hour=hour)
    _given(supply_whatif.compared(job, change, desk, form.value), out)


@supply.command()
def case(
    file: Annotated[Path, typer.Argument(help="案例文件，如 examples/cases/tengzhou-2017.yaml。")],
) -> None:
    """重演一个公开案例：当日的需求、可供和缺口。"""
    from zhishou.cli import supply_level

    typer.echo(supply_level.replayed(file))
