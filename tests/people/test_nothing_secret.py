"""Nothing secret shows: not in what is returned, logged, raised or stored, over everything this room does."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from arrivals import NOW, OFFICE, OTHER_PHRASE, PHRASE, STRANGER, WRONG, House, shown
from pydantic import SecretStr
from sqlalchemy import Engine, select, text

import zhishou
from zhishou import database
from zhishou.errors import DatabaseError, ZhishouError
from zhishou.people.passwords import new_code
from zhishou.people.sessions import csrf
from zhishou.people.tokens import Scope

HOUSE = Path(zhishou.__file__).parent


def _frames(error: BaseException | None) -> list[str]:
    """What the house's own frames held when an error, or what it came from, was raised.

    The tests' frames hold the secrets in the clear, and all that was said so far: they are not even read.
    """
    told: list[str] = []
    while error is not None:
        own = (
            one for one in traceback.walk_tb(error.__traceback__) if HOUSE in Path(one[0].f_code.co_filename).parents
        )
        told += traceback.StackSummary.extract(own, capture_locals=True).format()
        error = error.__cause__ or error.__context__
    return told


def _everything(house: House, secrets_: list[SecretStr], said: list[str]) -> None:
    """Do all that can be done, right and wrong; gather every secret and all that was said."""
    gate = house.gate

    def keep(value: Any, *found: SecretStr) -> Any:
        said.append(f"{value!r} {value}")
        secrets_.extend(found)
        return value

    def fail(deed: Callable[[], object]) -> None:
        with pytest.raises(ZhishouError) as raised:
            deed()
        said.extend([str(raised.value), repr(raised.value), *_frames(raised.value)])

    issued = gate.accounts.add_person("zhang.wei", "张伟", NOW, "boss")
    keep(issued, issued.secret)
    fail(lambda: gate.login.enter("zhang.wei", WRONG, STRANGER, NOW))
    started = keep(gate.login.enter("zhang.wei", issued.secret, OFFICE, NOW))
    fail(lambda: gate.login.change_password(started.token, None, SecretStr("zhang.wei-2026"), NOW))
    settled = keep(gate.login.change_password(started.token, None, PHRASE, NOW))
    fail(lambda: gate.login.change_password(settled.token, WRONG, OTHER_PHRASE, NOW))
    secrets_.extend([started.token, settled.token, csrf(settled.token), PHRASE, WRONG, OTHER_PHRASE])
    enrolment = keep(gate.second_factor.enrol(settled.token, NOW))
    secrets_.extend([enrolment.seed, enrolment.uri, enrolment.picture])
    wrong_code = shown(enrolment.seed, steps=50)
    fail(lambda: gate.second_factor.confirm(settled.token, wrong_code, NOW))
    confirmed = keep(gate.second_factor.confirm(settled.token, shown(enrolment.seed), NOW))
    secrets_.extend(confirmed.recovery)
    half = keep(gate.login.enter("zhang.wei", PHRASE, OFFICE, NOW))
    fail(lambda: gate.sessions.find(half.token, NOW))
    fail(lambda: gate.second_factor.prove(half.token, shown(enrolment.seed), NOW))
    fail(lambda: gate.second_factor.prove(half.token, SecretStr("abcd-efgh-jkmn-pqrs"), NOW))
    full = keep(gate.second_factor.prove(half.token, confirmed.recovery[0], NOW))
    secrets_.extend([half.token, full.token, wrong_code, shown(enrolment.seed), SecretStr("abcd-efgh-jkmn-pqrs")])
    token = gate.tokens.make("zhang.wei", "报送", {Scope.READ}, NOW.replace(year=2027), NOW, "boss")
    keep(token, token.secret)
    keep(gate.tokens.check(token.secret, NOW))
    forged = SecretStr(token.secret.get_secret_value()[:-4] + "beef")
    secrets_.append(forged)
    fail(lambda: gate.tokens.check(forged, NOW))
    for _ in range(12):
        fail(lambda: gate.login.enter("zhang.wei", WRONG, STRANGER, NOW))
    keep(gate.sessions.of("zhang.wei", NOW))
    keep(gate.tokens.of())
    keep(gate.accounts.all())
    keep(gate.accounts.reset_password("zhang.wei", NOW, "boss"))
    keep(gate.second_factor.reset("zhang.wei", NOW, "boss"))
    keep(gate.changes.unrecorded(1000))
    said.extend(repr(vars(part)) for part in (gate, *vars(gate).values()) if hasattr(part, "__dict__"))


def _found(secrets_: list[SecretStr], text: str) -> list[str]:
    shown_ = [secret.get_secret_value() for secret in secrets_]
    return [secret for secret in shown_ if secret in text]


def test_nothing_secret_is_returned_logged_raised_or_stored(
    house: House, engine: Engine, caplog: pytest.LogCaptureFixture
):
    secrets_: list[SecretStr] = []
    said: list[str] = []
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("sqlalchemy.engine").setLevel(logging.DEBUG)
        try:
            _everything(house, secrets_, said)
        finally:
            logging.getLogger("sqlalchemy.engine").setLevel(logging.NOTSET)
    assert len(secrets_) > 25
    assert min(len(secret.get_secret_value()) for secret in secrets_) >= 6
    assert any("  File " in one and "SecretStr('**********')" in one for one in said)  # the frames were looked into
    assert _found(secrets_, "\n".join(said)) == []
    long = [secret for secret in secrets_ if len(secret.get_secret_value()) > 6]  # six digits may come by chance
    assert _found(long, caplog.text) == []
    stored = []
    with database.reading(engine) as connection:
        for table in database.metadata.sorted_tables:
            stored.extend(repr(row) for row in connection.execute(select(table)))
    assert any("argon2id" in row or "zhang.wei" in row for row in stored)
    assert _found(long, "\n".join(stored)) == []


def test_an_error_of_the_database_does_not_carry_what_was_asked(engine: Engine):
    secret = new_code().get_secret_value()
    with pytest.raises(DatabaseError) as raised, database.reading(engine) as connection:
        connection.execute(text("SELECT * FROM nowhere WHERE secret = :secret"), {"secret": secret})
    assert secret not in "".join(traceback.format_exception(raised.value))
