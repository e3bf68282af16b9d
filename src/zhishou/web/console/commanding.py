"""The one handler through which every form gives its command: same models, keys, versions, posts and words as the API.

Refused: the form comes back with the clause and the mend, nothing typed is lost. Overtaken by somebody else: what has
changed meanwhile is shown, and it is asked again. Weighty: what will follow is shown first, and a code is asked for where one is due.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from fastapi import Request, Response
from pydantic import SecretStr
from starlette.datastructures import FormData

from zhishou import clock
from zhishou.acts import EARLIEST, LATEST, Command
from zhishou.desk import Given, Kept
from zhishou.errors import DeniedError, StaleError, ZhishouError
from zhishou.web.auth import DELEGATING, WEIGHTY, Caller
from zhishou.web.commands import told, version
from zhishou.web.errors import ErrorDetail, of_error
from zhishou.web.login import entered
from zhishou.web.telling import CommandDone

CONFIRMED = (WEIGHTY - DELEGATING) | {
    "send_cut_list",
    "refuse_proposal",
    "publish_notice",
    "release_information",
    "merge_incident",
    "unmerge_incident",
    "close_incident",
}
"""Commands that are asked for twice: first filled in, then looked at with what will follow."""
ADDING = frozenset({
    "add_note", "receive_report", "receive_query", "state_facts", "update_casualties", "write_log", "record_drill",
    "record_upkeep",
})  # fmt: skip
"""Commands that only add to the record: whatever others did meanwhile, they overwrite nothing."""


@dataclass
class Sheet:
    """A form on its way: what was sent, and what is to be said about it."""

    kind: type[Command]
    typed: FormData | None
    key: str
    seen: int
    """The version that the person saw when the form was opened."""
    step: str = "fill"
    """fill 填写 · check 核对."""
    wrong: ErrorDetail | None = None
    changed: list[str] = field(default_factory=list)
    """What others did since."""
    follows: list[str] = field(default_factory=list)
    """What will follow, where it is to be looked at."""
    wants_code: bool = False
    status: int = 200


def opened(kind: type[Command], seen: int) -> Sheet:
    """A form that is opened."""
    return Sheet(kind, None, secrets.token_urlsafe(12), seen)


def sent(kind: type[Command], form: FormData, seen: int) -> Sheet:
    """A form that was sent; the version is the one that it was opened with."""
    key = str(form.get("_key", ""))
    sound = 8 <= len(key) <= 60 and key.isascii() and key.isprintable() and " " not in key
    return Sheet(kind, form, key if sound else secrets.token_urlsafe(12), version(str(form.get("_seen", ""))) or seen)


def give(
    request: Request, response: Response, caller: Caller, sheet: Sheet, made: Callable[[], Command],
    giving: Callable[[Command, Mapping[str, Any]], Given | Kept], would: Callable[[Command], list[str]],
    since: Callable[[int], list[str]],
) -> CommandDone | None:  # fmt: skip
    """Give the command of a form, or say in the sheet why not yet.

    Args:
        request: of the form.
        response: gets the cookie where a code was given.
        caller: who gives it.
        sheet: is told what is wrong, what has changed, what follows.
        made: the command of what was typed.
        giving: gives it to the desk, with key, version and time.
        would: what would follow.
        since: what has happened since a version, in words.

    Returns:
        what became of it; None where the form is to be shown again.
    """
    assert sheet.typed is not None  # noqa: S101 - only a form that was sent comes here
    name = sheet.kind.name
    try:
        command = made()
        if name in CONFIRMED and sheet.typed.get("_step") not in {"do", "again"}:
            sheet.follows, sheet.step = would(command), "check"
            sheet.wants_code = _wants_code(caller, name)
            return None
        caller = _proved(request, response, caller, sheet)
        how = _how(caller, sheet, name)
        return told(request, response, caller, name, lambda: giving(command, how))
    except StaleError as error:
        sheet.changed, sheet.seen, sheet.status = since(sheet.seen), error.actual, 409
        sheet.step = "check" if name in CONFIRMED else "fill"
    except DeniedError as error:
        if error.wants not in {"second_factor", "enrolment"} and not sheet.typed.get("_code"):
            raise
        sheet.wants_code = error.wants != "enrolment"
        sheet.step = "check" if name in CONFIRMED else "fill"
        _say(caller, sheet, error)
        sheet.status = 403
    except ZhishouError as error:
        _say(caller, sheet, error)
    return None


def _how(caller: Caller, sheet: Sheet, name: str) -> dict[str, Any]:
    assert sheet.typed is not None  # noqa: S101 - the same
    text = str(sheet.typed.get("_at", "")).strip()
    at = clock.moment(text) if text else None
    if at is not None and not EARLIEST <= at.year <= LATEST:
        raise ZhishouError(f"{at.year} 年不在 {EARLIEST} 至 {LATEST} 年之间", where="什么时候发生的", mend="核对年份")
    return {
        "key": caller.key(sheet.key), "machine": caller.address, "at": at,
        "expected": None if name in ADDING else sheet.seen,
    }  # fmt: skip


def _say(caller: Caller, sheet: Sheet, error: ZhishouError) -> None:
    """What is wrong, with facts called as the form calls them and no numbers of the interface."""
    sheet.status, wrong = of_error(error, caller.house.library)
    facts = caller.house.library.lexicon.facts

    def called(where: str) -> str:
        if _NUMBERED.fullmatch(where):
            return ""  # the form says in words what it is about
        named = _FACT.fullmatch(where)
        return facts[named[1]].label if named and named[1] in facts else where

    problems = [one.model_copy(update={"where": called(one.where)}) for one in wrong.problems]
    sheet.wrong = wrong.model_copy(update={"where": called(wrong.where), "problems": problems})


_FACT = re.compile("要素“(.+)”")
_NUMBERED = re.compile(r"[a-z]+\d+")
"""Something of an incident by its number, as the interface names it: p2, t3."""


def _wants_code(caller: Caller, name: str) -> bool:
    """Whether a code must be given with it."""
    try:
        caller.may_give(name)
    except DeniedError as error:
        return error.wants == "second_factor"
    return False


def _proved(request: Request, response: Response, caller: Caller, sheet: Sheet) -> Caller:
    """Take the code that came with the form; the caller as he is then."""
    code = str(sheet.typed.get("_code", "")).strip()[:64] if sheet.typed is not None else ""
    if not code:
        return caller
    house = caller.house
    started = house.gate.second_factor.prove(caller.secret, SecretStr(code), house.now())
    entered(request, response, started)
    return replace(caller, session=started.session, secret=started.token)
