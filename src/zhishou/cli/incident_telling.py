"""What the terminal prints of incidents."""

from __future__ import annotations

import json
from typing import Any

import typer

from zhishou import clock
from zhishou.incident.deadlines import KINDS

_STATES = {"open": "处理中", "closed": "已归档", "merged": "已并案", "refuted": "不属实"}
_TASKS = {"issued": "已下达", "accepted": "已接受", "refused": "不能承担", "done": "已完成", "cancelled": "已撤销"}
_DUTIES = {"open": "未办", "missed": "逾期", "met": "已办", "void": "不再需要"}


def _json(answer: Any) -> None:
    typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))


def _at(text: str | None) -> str:
    return f"{clock.moment(text):%m-%d %H:%M}" if text else "—"


def lines(answer: dict[str, Any], *, as_json: bool) -> None:
    """The incident board."""
    if as_json:
        _json(answer)
        return
    for row in answer["rows"]:
        data = row["data"]
        levels = "、".join(one["label"] for one in data.get("active") or []) or "没有启动级别"
        late = f"，逾期 {data['late']} 项" if data.get("late") else ""
        typer.echo(
            f"{row['key']}　{data['title']}　{levels}　任务 {data['tasks']} 项{late}　下一时限 {_at(row['due'])}"
        )
    typer.echo(f"共 {len(answer['rows'])} 起")


def whole(answer: dict[str, Any], *, as_json: bool) -> None:
    """One incident."""
    if as_json:
        _json(answer)
        return
    one, names = answer["incident"], answer["names"]
    exercise = "【演练】" if one["exercise"] else ""
    typer.echo(
        f"{exercise}{one['id']}　{one['title']}　{_STATES.get(one['status'], one['status'])}（第 {answer['version']} 条）"
    )
    typer.echo(f"地点　{names.get(one['place'], one['place'])}　{one['where']}　发生于 {_at(one['occurred'])}")
    typer.echo(f"预案　{'、'.join(names.get(plan, plan) for plan in one['plans']) or '没有适用预案'}")
    for key, active in one["active"].items():
        typer.echo(f"级别　{names.get(key.partition('|')[0], '')} {active['label']}　自 {_at(active['since'])}")
    for id_, proposal in one["proposals"].items():
        if proposal["status"] == "open":
            typer.echo(
                f"待决　{id_} {proposal['label']}　{proposal['proposed']['name']} {_at(proposal['proposed']['at'])}"
            )
    for id_, task in one["tasks"].items():
        if task["status"] not in {"done", "cancelled"}:
            typer.echo(
                f"任务　{id_} {task['text']}　{'、'.join(task['by'])}　{_TASKS[task['status']]}　{_at(task['due'])}"
            )
    for duty in one["duties"].values():
        if duty["status"] in {"open", "missed"}:
            kind = KINDS.get(duty["kind"], duty["kind"])
            clause = f"〔{'、'.join(duty['clause'])}〕" if duty["clause"] else ""
            typer.echo(f"时限　{kind}：{duty['label']}{clause}　{_DUTIES[duty['status']]}　{_at(duty['due'])}")


def story(answer: dict[str, Any], *, as_json: bool) -> None:
    """What happened, in order."""
    if as_json:
        _json(answer)
        return
    for event in answer["events"]:
        _event(event)
    if answer.get("next"):
        typer.echo(f"还有，用 --after {answer['next']} 接着看")


def _event(event: dict[str, Any]) -> None:
    said = {name: value for name, value in event["payload"].items() if value not in ("", None, [], {}, False)}
    content = json.dumps(said, ensure_ascii=False)
    who = "　".join(part for part in (event["name"], event["post_label"]) if part)
    typer.echo(f"{event['version']}　{_at(event['at'])}　{event['label']}　{who}\n　　{content}")


def done(answer: dict[str, Any], *, as_json: bool) -> None:
    """What became of a command."""
    if as_json:
        _json(answer)
        return
    if answer["repeated"]:
        typer.echo("这个命令编号已办过，没有再办；当时的结果：")
    for event in answer["events"]:
        _event(event)
    typer.echo(f"{answer['incident']}　现在第 {answer['version']} 条")
