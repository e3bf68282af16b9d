"""Who calls: by the session of a browser or by a token, with the posts he holds; and what his kind of login may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from pydantic import SecretStr
from starlette.datastructures import Address

from zhishou.acts import Actor
from zhishou.bootstrap import House
from zhishou.database import asking
from zhishou.errors import DeniedError, RefusedError
from zhishou.people.sessions import Session, csrf, right_csrf
from zhishou.people.tokens import Scope, Token
from zhishou.web.errors import Unacceptable
from zhishou.web.sight import Sight, sight

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

BY_ITSELF = "X-Zhishou-Renewed"
"""Header with which a page renews itself."""

DELEGATING = frozenset({"delegate_posts", "confirm_delegation"})
"""Commands by which somebody lets another decide in his stead: as weighty as deciding himself."""
WEIGHTY = DELEGATING | {
    "approve_proposal", "decide_proposal", "decide_level", "record_approval", "record_decision", "end_level",
    "hand_over_command", "take_back_command", "appoint_unit", "appoint_to_post", "relieve_from_post", "sign_cut_list",
}  # fmt: skip
"""Commands that want a code given lately, where the account has a second factor."""

BY_TOKEN = {
    "receive_report": Scope.REPORT, "update_casualties": Scope.REPORT, "accept_task": Scope.REPORT,
    "finish_task": Scope.REPORT, "refuse_task": Scope.REPORT, "acknowledge_directive": Scope.REPORT,
    "lend_resource": Scope.REPORT, "refuse_resource": Scope.REPORT, "state_facts": Scope.RETURN,
    "state_standing": Scope.RETURN, "file_return": Scope.RETURN, "take_warning": Scope.REPORT,
}  # fmt: skip
"""Commands that a token may give, and the scope it needs. Everything else is given by a person who has logged in."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls."""

    house: House
    actor: Actor
    session: Session | None
    token: Token | None
    secret: SecretStr
    """The session's token, empty where he came by an API token."""
    address: str
    sight: Sight

    @property
    def account(self) -> str:
        """His account's id."""
        return self.actor.person

    def key(self, given: str) -> str:
        """A command's key as the record has it: a caller's own, so that nobody can use up another's, or the desk's."""
        return f"http/{self.account}/{given}"

    def may_give(self, command: str) -> None:
        """Refuse a command that this kind of login may not give, whatever the posts.

        Raises:
            RefusedError: the token is for something else.
            DeniedError: a weighty command, and no code was given lately.
        """
        if self.token is not None:
            wanted = BY_TOKEN.get(command)
            if wanted is None or wanted not in self.token.scopes:
                raise _out_of_scope(self.token)
        elif command in WEIGHTY:
            self.weighty()

    def weighty(self) -> None:
        """Refuse a weighty command where no code was given lately.

        Raises:
            DeniedError: a code is wanted, or a second factor must be set up first.
        """
        if self.token is not None:
            raise _out_of_scope(self.token)
        session = self.session
        if session is None or not session.has_second_factor:
            if self.house.settings.demand_second_factor:
                mend = "请先在“我的账户”里启用动态口令"
                raise DeniedError("本值班室规定此事须用动态口令", wants="enrolment", mend=mend)
        elif not session.fresh(self.house.now()):
            mend = "请先输入手机上的动态口令，再办理"
            raise DeniedError("此事重大，需要再输一次动态口令", wants="second_factor", mend=mend)


def _out_of_scope(token: Token) -> RefusedError:
    scopes = "、".join(sorted(scope.label for scope in token.scopes))
    return RefusedError("这个接口令牌不能办理此事", mend=f"它只能：{scopes}；其余请本人登录办理", code="post")


def house_of(request: Request) -> House:
    """The house that the app serves."""
    house: House = request.app.state.house
    return house


def local(request: Request) -> bool:
    """Whether the caller is on this machine."""
    return address_of(request) in LOOPBACK


def address_of(request: Request) -> str:
    """Where the request comes from, as far as trusted proxies tell."""
    client: Address | None = request.client
    return client.host if client else ""


def secure(request: Request) -> bool:
    """Whether cookies can be bound to an encrypted connection."""
    return request.url.scheme == "https"


def cookie_name(request: Request) -> str:
    """The name binds the cookie to the host where the connection is encrypted (RFC 6265bis)."""
    return "__Host-zhishou" if secure(request) else "zhishou"


def session_secret(request: Request) -> SecretStr:
    """The session's token as the browser sent it; empty where it sent none."""
    return SecretStr(request.cookies.get(cookie_name(request), "")[:200])


def protected(request: Request, secret: SecretStr) -> None:
    """Refuse a change that comes by a cookie without the word that only our own pages know.

    Raises:
        Unacceptable: it lacks it.
    """
    in_form: str = getattr(request.state, "csrf_sent", "")  # a page of the console sends it in its form
    sent = SecretStr((request.headers.get("x-csrf-token") or in_form)[:200])
    if request.method not in SAFE and not right_csrf(secret, sent):
        raise Unacceptable(
            403, "csrf", "请求缺少防伪标记", "页面可能过期，请刷新；程序请带上登录时得到的 csrf", "X-CSRF-Token"
        )


def known(request: Request) -> Caller:
    """Who calls, fully logged in.

    Raises:
        DeniedError: nobody whom the house knows, or somebody who still owes a code or a new password.
        Unacceptable: a change by cookie without the word that protects it.
    """
    house = house_of(request)
    at = house.now()
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    session, token, secret = None, None, SecretStr("")
    if scheme.lower() == "bearer":
        token = house.gate.tokens.check(SecretStr(bearer.strip()[:200]), at)
        who, name = token.account, token.account_name
        if request.method in SAFE and Scope.READ not in token.scopes:
            raise _out_of_scope(token)
    else:
        secret = session_secret(request)
        session = house.gate.sessions.find(secret, at, using=not by_itself(request))
        who, name = session.account, session.name
        protected(request, secret)
    request.state.account = who
    actor = house.desk.actor(who, name, at)
    return Caller(house, actor, session, token, secret, address_of(request), seen_by(house, actor))


def seen_by(house: House, actor: Actor) -> Sight:
    """What somebody sees in a house."""
    return sight(actor, house.library, house.desk.role_areas(actor))


def by_itself(request: Request) -> bool:
    """Whether a page asks by itself, because there was news, and nobody has done anything (`static/console.js`)."""
    return request.method in SAFE and request.headers.get(BY_ITSELF) == "1"


def marks_of(request: Request) -> frozenset[str]:
    """What the caller sees now, without counting as use: a screen that is only looked at does not keep a login alive.

    Raises:
        DeniedError: he is let in no more.
    """
    house, at = house_of(request), house_of(request).now()
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        token = house.gate.tokens.check(SecretStr(bearer.strip()[:200]), at)
        who, name = token.account, token.account_name
    else:
        with asking(house.engine) as connection:
            session = house.gate.sessions.read(connection, session_secret(request), at)
        who, name = session.account, session.name
    return seen_by(house, house.desk.actor(who, name, at)).marks


def halfway(request: Request) -> tuple[House, SecretStr]:
    """Who calls, who may still owe a code or a new password."""
    house, secret = house_of(request), session_secret(request)
    session = house.gate.sessions.find(secret, house.now(), halfway=True)
    protected(request, secret)
    request.state.account = session.account
    return house, secret


Known = Annotated[Caller, Depends(known)]
Halfway = Annotated[tuple[House, SecretStr], Depends(halfway)]


def person(caller: Known) -> Caller:
    """Who calls in person, by a session.

    Raises:
        RefusedError: it is a token.
    """
    if caller.token is not None:
        raise _out_of_scope(caller.token)
    return caller


Person = Annotated[Caller, Depends(person)]


def csrf_of(secret: SecretStr) -> str:
    """What a page must send along with every change."""
    return csrf(secret).get_secret_value()
