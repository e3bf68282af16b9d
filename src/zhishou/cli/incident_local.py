"""The desk on the database itself, as a named person: for whoever stands at the server."""

from __future__ import annotations

import difflib
import secrets

from pydantic import ValidationError

from zhishou.acts import Actor, Command
from zhishou.bootstrap import House
from zhishou.cli.incident_http import Answer
from zhishou.desk import BY_THE_DESK, Given
from zhishou.errors import NotFoundError, ProblemsError, ZhishouError
from zhishou.incident.index import COMMANDS
from zhishou.incident.opening import OpenIncident
from zhishou.incident.state import dumped
from zhishou.web.telling import event_told, names_in, row_told
from zhishou.web.wrong import told


class OnDatabase:
    """The desk on the database itself. Whoever stands at the server reads everything; what he may do his posts say."""

    def __init__(self, house: House) -> None:
        self.house = house

    def list(self, area: str, state: str) -> Answer:
        """The incident board."""
        areas = (self.house.library.lexicon.area(area),) if area else self.house.desk.areas()
        rows = [row_told(row).model_dump(mode="json") for row in self.house.desk.incidents(areas, (state,), limit=1000)]
        return {"rows": rows, "names": names_in(rows, self.house.library)}

    def show(self, id_: str) -> Answer:
        """One incident."""
        state = self.house.desk.incident(id_)
        data = dumped(state)
        return {"version": state.version, "incident": data, "names": names_in(data, self.house.library)}

    def story(self, id_: str, after: int) -> Answer:
        """What happened to it."""
        happened = self.house.desk.story(id_, after)
        return {"events": [event_told(one, self.house.library).model_dump(mode="json") for one in happened]}

    def open(self, body: Answer, who: str, area: str, key: str) -> Answer:
        """Open an incident."""
        command, actor = command_of(OpenIncident.name, body), self._actor(who)
        given = self.house.desk.open(
            command, actor, area=area or self.house.settings.areas[0], key=_key(actor, key), machine="terminal"
        )
        return self._done(given)

    def give(self, id_: str, command: str, body: Answer, who: str, key: str, expected: int | None) -> Answer:
        """Give a command."""
        actor = self._actor(who)
        given = self.house.desk.give(
            id_, command_of(command, body), actor, key=_key(actor, key), expected=expected, machine="terminal"
        )
        return self._done(given)

    def _actor(self, who: str) -> Actor:
        if not who:
            raise ZhishouError("没有写以哪个账户办理", where="--as", mend="写账户编号，用 zhishou people list 看有哪些")
        account = self.house.gate.accounts.get(who)
        if account.disabled is not None:
            raise ZhishouError(f"账户“{who}”已停用", where="--as", mend="换一个账户")
        return self.house.desk.actor(account.id, account.name)

    def _done(self, given: Given) -> Answer:
        events = [event_told(one, self.house.library).model_dump(mode="json") for one in given.happened]
        return {
            "incident": given.incident, "version": given.version, "repeated": given.repeated, "events": events,
        }  # fmt: skip


def _key(actor: Actor, key: str) -> str:
    return f"terminal/{actor.person}/{key or secrets.token_hex(8)}"


def command_of(name: str, fields: Answer) -> Command:
    """A command by name.

    Raises:
        NotFoundError: there is none; the nearest is named.
        ProblemsError: with everything that is wrong with its fields.
    """
    known = {kind.name: kind for kind in COMMANDS.values() if kind not in BY_THE_DESK}
    kind = known.get(name)
    if kind is None:
        near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
        raise NotFoundError(f"没有“{name}”这个命令", mend=f"是不是：{'、'.join(near or known)}")
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        raise ProblemsError([told({**one, "loc": ("body", *one["loc"])}) for one in error.errors()]) from None
