"""Whatever text comes in at any door is answered, in words: never a failure of the database or of an encoding."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from arrivals import NOW, OFFICE, House
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from zhishou.errors import DatabaseError, ZhishouError
from zhishou.people.sessions import right_csrf
from zhishou.people.tokens import Scope

ANY = st.text(st.characters(), max_size=30) | st.text(st.characters(categories=["Cs", "Cc"]), min_size=1, max_size=5)
"""Also NUL and halves of surrogate pairs, which JSON can carry and no database keeps."""


def _answer(ask: Callable[[], object]) -> type[ZhishouError] | None:
    try:
        ask()
    except ZhishouError as error:
        return type(error)
    return None


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ANY)
@example("\0")
@example("\ud800")
@example("boss\0")
@example("x" * 100_000)
def test_any_text_at_any_door_is_answered(house: House, text: str):
    gate, secret = house.gate, SecretStr(text)
    for ask in (
        lambda: gate.login.enter(text, secret, OFFICE, NOW),
        lambda: gate.login.enter("boss", secret, text, NOW, text),
        lambda: gate.sessions.find(secret, NOW),
        lambda: gate.sessions.end_one(text, text, NOW, text),
        lambda: gate.second_factor.prove(secret, secret, NOW),
        lambda: gate.login.change_password(secret, secret, secret, NOW),
        lambda: gate.tokens.check(secret, NOW),
        lambda: gate.tokens.revoke(text, NOW, text),
        lambda: gate.accounts.get(text),
        lambda: gate.accounts.disable(text, NOW, text),
        lambda: gate.tokens.make("boss", text, {Scope.READ}, NOW + timedelta(days=1), NOW, text),
        lambda: gate.accounts.rename("boss", text, NOW, text),
        lambda: gate.accounts.add_person("", "某", NOW, text, login=text),
    ):
        assert _answer(ask) is not DatabaseError
    gate.sessions.end(secret)
    assert gate.sessions.of(text, NOW) == gate.tokens.of(text or "nobody") == ()
    assert not right_csrf(secret, secret)
    assert house.gate.changes.unrecorded()
