"""Every command over HTTP: its example works, whoever has not logged in or has no post is refused, with the clause."""

from __future__ import annotations

from collections import Counter

from web.night import POSTS, Night, course

from zhishou.acts import Actor, Command
from zhishou.desk import BY_THE_DESK
from zhishou.errors import RefusedError
from zhishou.incident.authority import SYSTEM_ALONE, post_of
from zhishou.incident.context import Context
from zhishou.incident.index import COMMANDS, HANDLERS, permitted
from zhishou.incident.state import Incident
from zhishou.watch.authority import acting_post
from zhishou.watch.commands import COMMANDS as ROOM_COMMANDS
from zhishou.web.schema import words


def test_what_has_no_route_is_the_desk_s_alone():
    alone = {
        kind for kind, handler in HANDLERS.items()
        if handler.permitted.__code__.co_names == ("SYSTEM_ALONE",)
        and handler.permitted(*[None] * 3) == SYSTEM_ALONE  # type: ignore[list-item]
    }  # fmt: skip
    assert alone == {kind for kind in BY_THE_DESK if kind in HANDLERS}


def test_the_course_gives_every_command_that_has_a_route():
    given = Counter(step["give"] for step in course())
    kinds = {*COMMANDS.values(), *ROOM_COMMANDS} - {*BY_THE_DESK}
    assert {kind.name for kind in kinds} | {"state_standing"} == set(given)


def test_every_command_by_everybody(own: Night):
    """The table: at each step of a night, everybody tries the command; the desk's own rules are the oracle."""
    refused = with_clause = 0
    for number, step in enumerate(course()):
        own.later(0.5)
        path, body = own.step(step)
        anonymous = own.give("", path, body)
        assert (anonymous.status_code, anonymous.json()["error"]["code"]) == (401, "login"), step
        for person in (*POSTS, "shengren"):
            clause = _refused(own, person, step, body)
            if clause is None:
                continue
            answer = own.give(person, path, body)
            error = answer.json()["error"]
            assert (answer.status_code, error["code"]) == (403, "post"), (number, person, step, error)
            assert tuple(error["clause"]) == clause, (person, step, error)
            assert error["message"]
            assert error["mend"]
            refused += 1
            with_clause += bool(clause)
        answer = own.give(step["who"], path, body)
        assert answer.status_code == (201 if step["give"] == "open_incident" else 200), (number, step, answer.text)
        assert answer.headers["etag"] == f'"{answer.json()["version"]}"'
    assert refused > 600
    assert with_clause > 200


def _refused(night: Night, person: str, step: dict[str, str], body: dict[str, object]) -> tuple[str, ...] | None:
    """The clause with which the rules refuse a person; None where they let him."""
    desk, at = night.house.desk, night.at
    shelf = night.house.library
    actor = desk.actor(person, person)
    if step["give"] == "open_incident":
        context = Context(at, step.get("area", "jincheng"), shelf.packs, shelf.lexicon)
        return _by(actor, COMMANDS["open_incident"].model_validate(body), Incident(""), context)
    if step["at"] == "jincheng":
        if step["give"] == "state_standing":
            desk.reassess("jincheng", night.key())  # the standing file is opened, with the plans in force
            state = desk.standing("jincheng")
            context = Context(at, "jincheng", shelf.packs, shelf.lexicon)
            return _by(actor, COMMANDS["state_facts"].model_validate(body), state, context)
        command = next(kind for kind in ROOM_COMMANDS if kind.name == step["give"]).model_validate(body)
        try:
            acting_post(desk.room("jincheng"), command, actor, at, shelf.packs)
        except RefusedError as error:
            return error.clause if error.code == "post" else None
        return None
    state = desk.incident(step["at"])
    context = Context(at, state.area, shelf.packs, shelf.lexicon)
    command = COMMANDS[step["give"]].model_validate(body)
    found = _by(actor, command, state, context)
    if found is None and step["give"] in {"add_note", "propose_plan_change"} and person == "chengqu":
        return ()  # everybody may, who sees it; the duty officer of another area does not
    return found


def _by(actor: Actor, command: Command, state: Incident, context: Context) -> tuple[str, ...] | None:
    try:
        post_of(actor, permitted(command, state, context), command.label, context)
    except RefusedError as error:
        return error.clause if error.code == "post" else None
    return None


def test_every_example_is_of_a_route_s_own_shape():
    kinds = {kind.name: kind for kind in (*COMMANDS.values(), *ROOM_COMMANDS)}
    for name, said in words().items():
        assert said["says"], name
        if name in kinds:
            kinds[name].model_validate(said["example"])
