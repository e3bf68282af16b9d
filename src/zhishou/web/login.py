"""Coming in and going out: password, second factor, new password; and what a page must know of who is there."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated, Any

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from zhishou.people.sessions import Session, Started
from zhishou.plan.posts import post_label
from zhishou.web.auth import (
    Halfway,
    Known,
    Person,
    address_of,
    cookie_name,
    csrf_of,
    house_of,
    local,
    secure,
    session_secret,
)
from zhishou.web.errors import Unacceptable
from zhishou.web.strict import StrictRoute
from zhishou.web.telling import Ok

login = APIRouter(prefix="/api", route_class=StrictRoute, tags=["login"])

DOORS = 8
"""Requests that may work on passwords at a time; however many knock, the other threads stay free for the desk."""


class Form(BaseModel):
    """A form without room for anything else."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class LoginForm(Form):
    """What somebody types to come in."""

    login: str = Field(min_length=1, max_length=80, examples=["admin"])
    password: SecretStr = Field(min_length=1, max_length=400, examples=["abcd-efgh-jkmn-pqrs"])


class CodeForm(Form):
    """A code of the telephone, or a recovery code."""

    code: SecretStr = Field(min_length=1, max_length=64, examples=["492039"])


class PasswordForm(Form):
    """A new password."""

    old: SecretStr | None = Field(None, max_length=400, examples=[None])
    """The present one; not needed where a one-time password has just been used."""
    new: SecretStr = Field(min_length=1, max_length=400, examples=["桥头 三只灰鹅 往北飞去"])


class Entered(BaseModel):
    """A login, as far as it has come."""

    account: str
    name: str
    wants: str
    """What is still owed: `second_factor`, `new_password`, or nothing."""
    csrf: str
    """To be sent as `X-CSRF-Token` with every change."""


class PostHeld(BaseModel):
    """A post that one may act in."""

    post: str
    label: str
    delegation: str = ""
    """Number of the delegation, where one acts by it alone."""


class Me(BaseModel):
    """Who is there, and what he sees."""

    account: str
    name: str
    posts: list[PostHeld]
    areas: list[str]
    """Areas whose duty rooms he sees."""
    administers: list[str]
    exercise: bool
    has_second_factor: bool
    fresh: bool
    """Whether a code was given so lately that weighty commands are taken."""
    ends: datetime | None
    """When the login ends at the latest."""
    csrf: str
    scopes: list[str]
    """Of a token; empty for a login."""


class _Doors:
    """One at a time through each of a few doors."""

    def __init__(self) -> None:
        self.limiter = CapacityLimiter(DOORS)

    async def through(self, work: Any, *args: Any) -> Any:
        return await to_thread.run_sync(partial(work, *args), limiter=self.limiter)


def doors(request: Request) -> _Doors:
    """The doors of this process."""
    found: _Doors | None = getattr(request.app.state, "doors", None)
    if found is None:
        found = request.app.state.doors = _Doors()
    return found


Doors = Annotated[_Doors, Depends(doors)]


@login.post("/login")
async def enter(request: Request, response: Response, body: LoginForm, through: Doors) -> Entered:
    """Come in with login and password; `wants` says what is still owed."""
    house = house_of(request)
    if not secure(request) and not local(request) and not house.settings.plain_http:
        raise Unacceptable(
            403,
            "plain_http",
            "没有加密的连接不能登录",
            "请用 https 地址；确需明文的，由管理员在 house.yaml 写 plain_http: true",
        )
    device = request.headers.get("user-agent", "")[:200]
    address = address_of(request)
    started = await through.through(house.gate.login.enter, body.login, body.password, address, house.now(), device)
    return entered(request, response, started)


def entered(request: Request, response: Response, started: Started) -> Entered:
    """Give the browser its cookie, and the page what it must know."""
    response.set_cookie(
        cookie_name(request), started.token.get_secret_value(), path="/", httponly=True, samesite="strict",
        secure=secure(request),
    )  # fmt: skip
    session: Session = started.session
    request.state.account = session.account
    return Entered(account=session.account, name=session.name, wants=session.wants, csrf=csrf_of(started.token))


@login.post("/login/second_factor")
async def prove(request: Request, response: Response, caller: Halfway, body: CodeForm, through: Doors) -> Entered:
    """Give a code: the step after the password, or anew before a weighty command."""
    house, secret = caller
    started = await through.through(house.gate.second_factor.prove, secret, body.code, house.now())
    return entered(request, response, started)


@login.post("/login/password")
async def change_password(
    request: Request, response: Response, caller: Halfway, body: PasswordForm, through: Doors
) -> Entered:
    """Set a new password; every other login of the account ends."""
    house, secret = caller
    started = await through.through(house.gate.login.change_password, secret, body.old, body.new, house.now())
    return entered(request, response, started)


@login.post("/logout")
def leave(request: Request, response: Response, caller: Halfway) -> Ok:
    """Go out."""
    house, secret = caller
    house.gate.sessions.end(secret)
    response.delete_cookie(cookie_name(request), path="/", httponly=True, samesite="strict", secure=secure(request))
    return Ok()


@login.get("/login")
def how_far(caller: Halfway) -> Entered:
    """How far the login has come; for a page that was loaded anew half-way."""
    house, secret = caller
    session = house.gate.sessions.find(secret, house.now(), halfway=True)
    return Entered(account=session.account, name=session.name, wants=session.wants, csrf=csrf_of(secret))


@login.get("/me")
def me(request: Request, caller: Known) -> Me:
    """Who is there, with the posts he holds now."""
    house, session, token = caller.house, caller.session, caller.token
    library = house.library
    held = [(post, "") for post in sorted(caller.actor.posts)] + sorted(caller.actor.delegated.items())
    posts = [
        PostHeld(post=post, label=post_label(post, library.packs, library.lexicon), delegation=number)
        for post, number in held
    ]
    return Me(
        account=caller.account, name=caller.actor.name, posts=posts, areas=list(caller.sight.areas),
        administers=list(caller.sight.administers), exercise=house.exercise,
        has_second_factor=session is not None and session.has_second_factor,
        fresh=session is not None and session.fresh(house.now()), ends=session.ends if session else None,
        csrf=csrf_of(session_secret(request)) if session else "",
        scopes=sorted(scope.value for scope in token.scopes) if token else [],
    )  # fmt: skip


class SessionTold(BaseModel):
    """A login of one's own."""

    id: str
    started: datetime
    seen: datetime
    ends: datetime
    address: str
    device: str
    this: bool
    """Whether it is the one that asks."""


class SessionList(BaseModel):
    """One's own logins."""

    sessions: list[SessionTold]


class Enrolment(BaseModel):
    """What is shown once to be taken into the telephone."""

    seed: str
    uri: str
    picture: str
    """The same as a QR code, SVG."""


class Recovery(BaseModel):
    """Recovery codes, shown once."""

    codes: list[str]


@login.get("/me/sessions")
def my_sessions(caller: Person) -> SessionList:
    """One's own logins, to end those one does not know."""
    own = caller.session.id if caller.session else ""
    return SessionList(
        sessions=[
            SessionTold(
                id=one.id, started=one.started, seen=one.seen, ends=one.ends, address=one.address, device=one.device,
                this=one.id == own,
            )
            for one in caller.house.gate.sessions.of(caller.account, caller.house.now())
        ]
    )  # fmt: skip


@login.delete("/me/sessions/{id}")
def end_session(caller: Person, id: str) -> Ok:
    """End one of one's own logins."""
    caller.house.gate.sessions.end_one(caller.account, id, caller.house.now(), caller.account)
    return Ok()


@login.post("/me/second_factor")
def enrol(caller: Person) -> Enrolment:
    """Begin to use a second factor: a new seed, which counts once a code of it has been seen."""
    made = caller.house.gate.second_factor.enrol(caller.secret, caller.house.now())
    return Enrolment(
        seed=made.seed.get_secret_value(), uri=made.uri.get_secret_value(), picture=made.picture.get_secret_value()
    )


@login.post("/me/second_factor/confirm")
def confirm(caller: Person, body: CodeForm) -> Recovery:
    """Take the new seed into use, given a code of it; recovery codes are shown once."""
    made = caller.house.gate.second_factor.confirm(caller.secret, body.code, caller.house.now())
    return Recovery(codes=[code.get_secret_value() for code in made.recovery])


@login.post("/me/recovery_codes")
def renew_recovery(caller: Person) -> Recovery:
    """New recovery codes; the old ones are void."""
    made = caller.house.gate.second_factor.renew_recovery(caller.secret, caller.house.now())
    return Recovery(codes=[code.get_secret_value() for code in made.recovery])
