"""What the commands about accounts do and print."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import typer

from zhishou import clock, database
from zhishou.cli.record import database_url
from zhishou.errors import ZhishouError
from zhishou.people.accounts import Account, Kind
from zhishou.people.changes import CONSOLE, Issued
from zhishou.people.gate import Gate
from zhishou.people.key import Seal, new_key
from zhishou.people.tokens import Scope


@contextmanager
def _gate(url: str | None, *, new: bool = False) -> Iterator[tuple[Gate, datetime]]:
    engine = database.engine(database_url(url), create=new)
    try:
        if new:
            database.upgrade(engine)
        else:
            database.check(engine)
        # Nothing typed here seals or opens a seed, so the commands work where the deployment's key is out of reach.
        yield Gate(engine, Seal(new_key())), clock.moment(datetime.now(UTC))
    finally:
        engine.dispose()


def first(url: str | None, account: str, name: str, hours: int) -> None:
    """Create the first administrator."""
    with _gate(url, new=True) as (gate, at):
        issued = gate.accounts.first_administrator(account, name, at, good_for=timedelta(hours=hours))
        typer.echo(f"首个管理员 {issued.change.account}（{name}）已建立。")
        _once(issued, at, hours)


def add(url: str | None, account: str, name: str, *, login: str, machine: bool, hours: int) -> None:
    """Add an account."""
    with _gate(url) as (gate, at):
        if machine:
            gate.accounts.add_machine(account, name, at, CONSOLE)
            typer.echo(f"机器账户 {account}（{name}）已建立；用 zhishou people token {account} 签发令牌。")
            return
        issued = gate.accounts.add_person(account, name, at, CONSOLE, login=login, good_for=timedelta(hours=hours))
        typer.echo(f"账户 {issued.change.account}（{name}）已建立，登录名 {issued.change.data['login']}。")
        _once(issued, at, hours)


def list_(url: str | None, *, as_json: bool) -> None:
    """Print the accounts."""
    with _gate(url) as (gate, at):
        found = gate.accounts.all()
        if as_json:
            typer.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2, default=str))
            return
        for one in found:
            login = "" if one.login == one.id else f"　登录名 {one.login}"
            typer.echo(f"{one.id}　{one.name}{login}　{'，'.join(_state(one, at))}")
        typer.echo(f"共 {len(found)} 个")


def disable(url: str | None, account: str, *, undo: bool) -> None:
    """Disable an account, or enable it again."""
    with _gate(url) as (gate, at):
        change = (gate.accounts.enable if undo else gate.accounts.disable)(account, at, CONSOLE)
        typer.echo(f"{account}：{change.kind.label}")


def reset(url: str | None, account: str, *, second_factor: bool, hours: int) -> None:
    """Reset the password, or the second factor."""
    with _gate(url) as (gate, at):
        if second_factor:
            typer.echo(f"{account}：{gate.second_factor.reset(account, at, CONSOLE).kind.label}")
            return
        issued = gate.accounts.reset_password(account, at, CONSOLE, good_for=timedelta(hours=hours))
        typer.echo(f"{account}：{issued.change.kind.label}，所有登录已退出。")
        _once(issued, at, hours)


def token(url: str | None, account: str, name: str, scopes: Sequence[str], days: int) -> None:
    """Make a token."""
    unknown = [scope for scope in scopes if scope not in {known.value for known in Scope}]
    if unknown:
        raise ZhishouError(f"没有“{unknown[0]}”这种权限", where="--scope", mend="写 return、report 或 read")
    with _gate(url) as (gate, at):
        kept = [Scope(scope) for scope in scopes]
        issued = gate.tokens.make(account, name, kept, at + timedelta(days=days), at, CONSOLE)
        typer.echo(f"令牌（只显示这一次，{days} 天内有效）：{issued.secret.get_secret_value()}")


def tokens(url: str | None, account: str) -> None:
    """Print the tokens."""
    with _gate(url) as (gate, at):
        found = gate.tokens.of(account)
        for one in found:
            state = "已作废" if one.revoked else "已过期" if at >= one.expires else f"有效至 {one.expires:%Y-%m-%d}"
            scopes = "、".join(sorted(scope.label for scope in one.scopes))
            used = f"，上次使用 {one.used:%Y-%m-%d %H:%M}" if one.used else "，没有用过"
            typer.echo(f"{one.id}　{one.account}　{one.name}　{scopes}　{state}{used}")
        typer.echo(f"共 {len(found)} 个")


def revoke(url: str | None, token_id: str) -> None:
    """Revoke a token."""
    with _gate(url) as (gate, at):
        typer.echo(f"{token_id}：{gate.tokens.revoke(token_id, at, CONSOLE).kind.label}")


def _once(issued: Issued, at: datetime, hours: int) -> None:
    until = at + timedelta(hours=hours)
    typer.echo(f"一次性密码（只显示这一次，{until:%Y-%m-%d %H:%M} 前有效）：{issued.secret.get_secret_value()}")
    typer.echo("登录后须先换成自己的密码。")


def _state(account: Account, at: datetime) -> list[str]:
    states = ["机器账户"] if account.kind is Kind.MACHINE else []
    if account.disabled:
        states.append(f"{account.disabled:%Y-%m-%d %H:%M} 停用")
    if account.once_until is not None:
        states.append("一次性密码已过期" if at >= account.once_until else "一次性密码未用")
    states.extend(["已启用动态口令"] if account.second_factor else [])
    return states or ["在用"]
