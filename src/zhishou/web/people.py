"""Accounts, as administrators keep them: made, disabled, reset; tokens issued. Every change is in the record, no secret is.

An administrator keeps the accounts of his area and of those within it: an account that holds a post in a duty room above
is not his to reset, or a county could make itself the city's commander.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, Field

from zhishou.errors import RefusedError
from zhishou.people.accounts import Account
from zhishou.people.tokens import Scope, Token
from zhishou.watch.state import State
from zhishou.web.auth import Caller, Known
from zhishou.web.login import Form
from zhishou.web.strict import StrictRoute
from zhishou.web.telling import Ok

people = APIRouter(prefix="/api/people", route_class=StrictRoute, tags=["people"])

AccountId = Annotated[str, Path(max_length=40, pattern=r"^[a-z0-9][a-z0-9._-]*$", examples=["zhang.wei"])]


class AccountTold(BaseModel):
    """An account."""

    id: str
    login: str
    name: str
    kind: str
    """person 人员 · machine 机器."""
    created: datetime
    disabled: datetime | None
    must_change: bool
    once_until: datetime | None
    second_factor: bool


class AccountList(BaseModel):
    """The accounts."""

    accounts: list[AccountTold]


class Once(BaseModel):
    """An account with a one-time password, which is shown now and never again."""

    account: str
    one_time_password: str = ""
    """Empty for a machine, which has tokens alone."""
    good_until: datetime | None = None


class NewAccount(Form):
    """An account to be made."""

    id: str = Field("", max_length=40, examples=["zhang.wei"])
    """Small letters, digits, `.`, `_`, `-`; made where empty. It stays for ever and stands in the record."""
    name: str = Field(min_length=1, max_length=40, examples=["张某"])
    login: str = Field("", max_length=40, examples=[""])
    """What the person types; the id where empty."""
    machine: bool = False
    """True for a reporter's or another machine's account."""


class NewName(Form):
    """Another name."""

    name: str = Field(min_length=1, max_length=40, examples=["张某某"])


class NewToken(Form):
    """A token to be made."""

    name: str = Field(min_length=1, max_length=60, examples=["生产系统夜间报送"])
    """What it is for."""
    scopes: list[Scope] = Field(min_length=1, max_length=3, examples=[["report", "read"]])
    days: int = Field(365, ge=1, le=731)
    """For how long."""


class TokenTold(BaseModel):
    """A token, without its secret."""

    id: str
    account: str
    name: str
    scopes: list[str]
    created: datetime
    expires: datetime
    used: datetime | None
    revoked: datetime | None


class TokenList(BaseModel):
    """Tokens."""

    tokens: list[TokenTold]


class TokenMade(BaseModel):
    """A token's secret, which is shown now and never again."""

    secret: str


def administrator(caller: Known) -> Caller:
    """Who keeps the accounts.

    Raises:
        RefusedError: he does not.
        DeniedError: no code was given lately.
    """
    if not caller.sight.administers:
        raise RefusedError("账户由系统管理员管理", mend="请找本值班室的系统管理员", code="post")
    caller.weighty()
    return caller


def reading_administrator(caller: Known) -> Caller:
    """Who may see the accounts; a code is not wanted for looking."""
    if not caller.sight.administers:
        raise RefusedError("账户由系统管理员管理", mend="请找本值班室的系统管理员", code="post")
    return caller


def in_charge(caller: Annotated[Caller, Depends(administrator)], account: AccountId) -> Caller:
    """Who keeps this account: none of its posts is in a duty room beyond his areas, and it is not his own.

    Raises:
        RefusedError: it is not his to keep.
        NotFoundError: there is no such account.
    """
    house = caller.house
    house.gate.accounts.get(account)
    if account == caller.account:
        raise RefusedError(
            "自己的账户不能自己管理",
            where=account,
            mend="改密码、动态口令请到“我的账户”；其余请另一位管理员",
            code="own_proposal",
        )
    _within_his_areas(caller, account)
    return caller


def _within_his_areas(caller: Caller, account: str) -> None:
    """Refuse an account with a post in a duty room beyond the caller's areas, whether there is such an account or not yet.

    Raises:
        RefusedError: it has one.
    """
    house = caller.house
    upward = house.library.lexicon.upward
    for area in house.desk.areas():
        if _acts_in(house.desk.room(area), account, house.now()) and not set(upward(area)) & set(
            caller.sight.administers
        ):
            raise RefusedError(
                "这个账户在别的值班室有职务", where=account, mend="请该值班室的系统管理员办理", code="post"
            )


def _acts_in(room: State, account: str, at: datetime) -> bool:
    """Whether somebody has a post in a duty room, his own or one that was or may yet be delegated to him."""
    appointed = any(one.person == account for one in room.appointments.values())
    lent = (one for one in room.delegations.values() if one.person == account and at < one.until)
    return appointed or any(one.revoked is None or at < one.revoked for one in lent)


Administrator = Annotated[Caller, Depends(administrator)]
Reading = Annotated[Caller, Depends(reading_administrator)]
InCharge = Annotated[Caller, Depends(in_charge)]


def _recorded(caller: Caller) -> Ok:
    """Have the change in the record at once; the ticker would bring it there a second later."""
    caller.house.desk.record_people(caller.house.gate.changes)
    return Ok()


@people.get("")
def list_accounts(caller: Reading) -> AccountList:
    """Every account, without its secrets."""
    return AccountList(accounts=[_account(one) for one in caller.house.gate.accounts.all()])


def _account(one: Account) -> AccountTold:
    return AccountTold(
        id=one.id, login=one.login, name=one.name, kind=one.kind.value, created=one.created, disabled=one.disabled,
        must_change=one.must_change, once_until=one.once_until, second_factor=one.second_factor,
    )  # fmt: skip


@people.post("", status_code=201)
def add_account(caller: Administrator, body: NewAccount) -> Once:
    """Make an account; it has no post until it is appointed to one."""
    accounts, at = caller.house.gate.accounts, caller.house.now()
    _within_his_areas(caller, body.id)  # somebody may be appointed before his account is made
    if body.machine:
        change = accounts.add_machine(body.id, body.name, at, caller.account)
        _recorded(caller)
        return Once(account=change.account)
    issued = accounts.add_person(body.id, body.name, at, caller.account, login=body.login)
    _recorded(caller)
    return _once(caller, issued.change.account, issued.secret.get_secret_value())


def _once(caller: Caller, account: str, secret: str) -> Once:
    until = caller.house.gate.accounts.get(account).once_until
    return Once(account=account, one_time_password=secret, good_until=until)


@people.post("/{account}/rename")
def rename_account(caller: InCharge, account: AccountId, body: NewName) -> Ok:
    """Change the name shown."""
    caller.house.gate.accounts.rename(account, body.name, caller.house.now(), caller.account)
    return _recorded(caller)


@people.post("/{account}/disable")
def disable_account(caller: InCharge, account: AccountId) -> Ok:
    """Let an account in no more: its logins end at once, its tokens rest."""
    caller.house.gate.accounts.disable(account, caller.house.now(), caller.account)
    return _recorded(caller)


@people.post("/{account}/enable")
def enable_account(caller: InCharge, account: AccountId) -> Ok:
    """Let a disabled account in again."""
    caller.house.gate.accounts.enable(account, caller.house.now(), caller.account)
    return _recorded(caller)


@people.post("/{account}/reset_password")
def reset_password(caller: InCharge, account: AccountId) -> Once:
    """Replace the password by a one-time password, which is shown now and never again."""
    issued = caller.house.gate.accounts.reset_password(account, caller.house.now(), caller.account)
    _recorded(caller)
    return _once(caller, account, issued.secret.get_secret_value())


@people.post("/{account}/reset_second_factor")
def reset_second_factor(caller: InCharge, account: AccountId) -> Ok:
    """Take the second factor away, where telephone and recovery codes are lost."""
    caller.house.gate.second_factor.reset(account, caller.house.now(), caller.account)
    return _recorded(caller)


@people.post("/{account}/end_sessions")
def end_sessions(caller: InCharge, account: AccountId) -> Ok:
    """End every login of an account."""
    caller.house.gate.sessions.end_all(account, caller.house.now(), caller.account)
    return _recorded(caller)


@people.get("/{account}/tokens")
def list_tokens(caller: Reading, account: AccountId) -> TokenList:
    """The tokens of an account, without their secrets."""
    caller.house.gate.accounts.get(account)
    return TokenList(tokens=[_token(one) for one in caller.house.gate.tokens.of(account)])


def _token(one: Token) -> TokenTold:
    return TokenTold(
        id=one.id, account=one.account, name=one.name, scopes=sorted(scope.value for scope in one.scopes),
        created=one.created, expires=one.expires, used=one.used, revoked=one.revoked,
    )  # fmt: skip


@people.post("/{account}/tokens", status_code=201)
def make_token(caller: InCharge, account: AccountId, body: NewToken) -> TokenMade:
    """Issue a token; its secret is shown now and never again."""
    at = caller.house.now()
    expires = at + timedelta(days=body.days)
    issued = caller.house.gate.tokens.make(account, body.name, set(body.scopes), expires, at, caller.account)
    _recorded(caller)
    return TokenMade(secret=issued.secret.get_secret_value())


@people.post("/{account}/tokens/{token}/revoke")
def revoke_token(
    caller: InCharge, account: AccountId, token: Annotated[str, Path(max_length=40, examples=["0a1b2c3d4e5f"])]
) -> Ok:
    """Make a token void."""
    if all(one.id != token for one in caller.house.gate.tokens.of(account)):
        raise RefusedError("这个账户没有这个令牌", where=token, mend="核对令牌编号", code="missing")
    caller.house.gate.tokens.revoke(token, caller.house.now(), caller.account)
    return _recorded(caller)
