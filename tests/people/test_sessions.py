"""Sessions: idle and absolute end, half-way ones refused unless asked for, listing and ending, what a form must send."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from arrivals import CHEAP, HOUR, MINUTE, NOW, OFFICE, OTHER_PHRASE, PHRASE, SECOND, House
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import Engine, event, select

from zhishou import database
from zhishou.errors import DeniedError, NotFoundError, ZhishouError
from zhishou.people.changes import ChangeKind
from zhishou.people.gate import Gate
from zhishou.people.key import Seal, new_key
from zhishou.people.sessions import Rules, csrf, right_csrf
from zhishou.people.tables import sessions


def _lasts(house: House, token: SecretStr, at: datetime) -> bool:
    try:
        house.gate.sessions.find(token, at)
    except DeniedError:
        return False
    return True


def test_a_token_has_256_random_bits_and_only_its_hash_is_kept(house: House, engine: Engine):
    tokens = [house.gate.login.enter("boss", PHRASE, OFFICE, NOW).token.get_secret_value() for _ in range(20)]
    assert len(set(tokens)) == 20
    assert all(len(token) == 43 for token in tokens)  # base64 of 32 bytes
    with database.reading(engine) as connection:
        kept = "".join(connection.execute(select(sessions.c.token_hash)).scalars())
    assert not any(token in kept for token in tokens)


def test_an_idle_session_ends_and_one_in_use_goes_on(house: House):
    used, idle = house.person("zhang.wei"), house.person("li.na")
    at = NOW
    for _ in range(8):
        at += 50 * MINUTE
        assert house.gate.sessions.find(used.token, at).seen <= at
    assert not _lasts(house, idle.token, NOW + HOUR)
    assert _lasts(house, used.token, at + HOUR - 2 * MINUTE)
    assert not _lasts(house, used.token, at + 2 * HOUR)


def test_no_session_outlasts_a_day_however_busy(house: House):
    started = house.person("zhang.wei")
    at = NOW
    while at < NOW + 24 * HOUR - 10 * MINUTE:
        at += 10 * MINUTE
        assert _lasts(house, started.token, at) is (at < NOW + 24 * HOUR)
    assert _lasts(house, started.token, NOW + 24 * HOUR - SECOND)
    assert not _lasts(house, started.token, NOW + 24 * HOUR)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 90), min_size=1, max_size=30))
def test_a_session_lasts_as_the_rule_says(house: House, gaps: list[int]):
    """An oracle of two sentences: an hour after it was last used, and a day after it began, at the latest."""
    started = house.person()
    at, used = NOW, NOW
    for gap in gaps:
        at += gap * MINUTE
        expected = at - used < HOUR and at - NOW < 24 * HOUR
        assert _lasts(house, started.token, at) is expected
        if not expected:
            break
        used = at


def test_that_it_is_in_use_is_written_at_most_once_a_minute(house: House, engine: Engine):
    started = house.person("zhang.wei")
    written = []

    @event.listens_for(engine, "before_cursor_execute")
    def _watch(_c: object, _k: object, statement: str, *_: object) -> None:
        if statement.lstrip().upper().startswith(("UPDATE", "INSERT", "DELETE")):
            written.append(statement)

    for second in range(180):
        house.gate.sessions.find(started.token, NOW + second * SECOND)
    assert len(written) == 2


def test_a_clock_set_back_moves_nothing_back(house: House):
    started = house.person("zhang.wei")
    house.gate.sessions.find(started.token, NOW + 50 * MINUTE)
    assert house.gate.sessions.find(started.token, NOW - HOUR).seen == NOW + 50 * MINUTE
    assert _lasts(house, started.token, NOW + 100 * MINUTE)


def test_a_session_that_owes_a_new_password_is_refused_unless_asked_for_and_soon_ends(house: House):
    once = house.gate.accounts.add_person("zhang.wei", "张伟", NOW, "boss").secret
    started = house.gate.login.enter("zhang.wei", once, OFFICE, NOW)
    with pytest.raises(DeniedError, match="新密码") as raised:
        house.gate.sessions.find(started.token, NOW)
    assert raised.value.wants == "new_password"
    assert house.gate.sessions.find(started.token, NOW + 14 * MINUTE, halfway=True).wants == "new_password"
    with pytest.raises(DeniedError):
        house.gate.login.change_password(started.token, None, PHRASE, NOW + 15 * MINUTE)


def test_logging_out_ends_one_and_logging_out_everywhere_all(house: House):
    mine = [house.person("zhang.wei")] + [house.gate.login.enter("zhang.wei", PHRASE, OFFICE, NOW) for _ in range(3)]
    other = house.person("li.na")
    house.gate.sessions.end(mine[0].token)
    assert [_lasts(house, one.token, NOW) for one in mine] == [False, True, True, True]
    change = house.gate.sessions.end_all("zhang.wei", NOW, "zhang.wei", but=mine[3].session.id)
    assert (change.kind, change.data) == (ChangeKind.SESSIONS_ENDED, {"count": 2})
    assert [_lasts(house, one.token, NOW) for one in mine] == [False, False, False, True]
    house.gate.sessions.end_all("zhang.wei", NOW, "zhang.wei")
    assert not _lasts(house, mine[3].token, NOW)
    assert _lasts(house, other.token, NOW)


def test_the_owner_sees_where_he_is_logged_in_and_ends_one_of_his_own_only(house: House):
    first = house.person("zhang.wei")
    house.gate.login.enter("zhang.wei", PHRASE, "10.0.0.9", NOW + MINUTE, "手机" * 200)
    other = house.person("li.na")
    seen = house.gate.sessions.of("zhang.wei", NOW + MINUTE)
    assert [session.address for session in seen] == ["10.0.0.9", OFFICE]
    assert len(seen[0].device) == 200
    with pytest.raises(NotFoundError):
        house.gate.sessions.end_one("zhang.wei", other.session.id, NOW, "zhang.wei")
    house.gate.sessions.end_one("zhang.wei", seen[0].id, NOW, "zhang.wei")
    assert [session.id for session in house.gate.sessions.of("zhang.wei", NOW)] == [first.session.id]
    assert house.gate.sessions.of("zhang.wei", NOW + 2 * HOUR) == ()


@pytest.mark.parametrize("token", ["", "x", "a" * 43, "é" * 43, "a" * 100_000, "' OR 1=1 --"])
def test_what_is_no_token_is_not_logged_in(house: House, token: str):
    assert not _lasts(house, SecretStr(token), NOW)
    house.gate.sessions.end(SecretStr(token))


def test_a_form_sends_what_its_session_derives(house: House):
    one, other = house.person("zhang.wei").token, house.person("li.na").token
    assert right_csrf(one, csrf(one))
    assert not right_csrf(one, csrf(other))
    assert not right_csrf(one, SecretStr(""))
    assert not right_csrf(one, SecretStr("值守"))
    assert csrf(one).get_secret_value() != one.get_secret_value()


def test_a_deployment_may_set_other_spans(engine: Engine):
    gate = Gate(
        engine, Seal(new_key()), cost=CHEAP, rules=Rules(idle=timedelta(hours=12), absolute=timedelta(hours=13))
    )
    house = House(gate)
    started = house.settled("boss", gate.accounts.first_administrator("boss", "管理员", NOW).secret)
    assert _lasts(house, started.token, NOW + 11 * HOUR)
    assert not _lasts(house, started.token, NOW + 13 * HOUR)


def test_where_a_deployment_wants_it_an_old_password_is_changed_at_the_next_login(engine: Engine):
    rules = Rules(password=timedelta(days=90))
    house = House(Gate(engine, Seal(new_key()), cost=CHEAP, rules=rules))
    gate = house.gate
    house.settled("boss", gate.accounts.first_administrator("boss", "管理员", NOW).secret)
    before = NOW + timedelta(days=90) - HOUR
    on = gate.login.enter("boss", PHRASE, OFFICE, before)
    assert on.session.wants == ""
    assert _lasts(house, gate.login.enter("boss", PHRASE, OFFICE, before).token, before + HOUR - MINUTE)
    after = NOW + timedelta(days=90)
    assert _lasts(house, on.token, after - MINUTE)  # nobody on watch is thrown out because midnight has come
    owed = gate.login.enter("boss", PHRASE, OFFICE, after)
    assert owed.session.wants == "new_password"
    with pytest.raises(DeniedError, match="原密码不对"):
        gate.login.change_password(owed.token, None, OTHER_PHRASE, after)
    with pytest.raises(ZhishouError, match="相同"):
        gate.login.change_password(owed.token, PHRASE, PHRASE, after)
    assert gate.login.change_password(owed.token, PHRASE, OTHER_PHRASE, after).session.wants == ""
    assert gate.login.enter("boss", OTHER_PHRASE, OFFICE, after).session.wants == ""


def test_changing_the_password_ends_every_session_and_goes_on_in_a_new_one(house: House):
    started = house.person("zhang.wei")
    other = house.gate.login.enter("zhang.wei", PHRASE, "10.0.0.8", NOW)
    fresh = house.gate.login.change_password(started.token, PHRASE, OTHER_PHRASE, NOW + MINUTE)
    for old in (started, other):
        assert not _lasts(house, old.token, NOW + MINUTE)
    assert _lasts(house, fresh.token, NOW + MINUTE)
    assert fresh.session.ends == started.session.ends  # a change of password is no new login
    with pytest.raises(DeniedError):
        house.gate.login.enter("zhang.wei", PHRASE, OFFICE, NOW)
    assert house.gate.login.enter("zhang.wei", OTHER_PHRASE, OFFICE, NOW)


def test_the_present_password_is_asked_for_and_the_new_one_must_differ(house: House):
    started = house.person("zhang.wei")
    for old in (None, OTHER_PHRASE, SecretStr("")):
        with pytest.raises(DeniedError, match="原密码不对"):
            house.gate.login.change_password(started.token, old, OTHER_PHRASE, NOW)
    with pytest.raises(ZhishouError, match="相同"):
        house.gate.login.change_password(started.token, PHRASE, PHRASE, NOW)
    with pytest.raises(ZhishouError, match="至少要 12 个"):
        house.gate.login.change_password(started.token, PHRASE, SecretStr("short"), NOW)
    assert _lasts(house, started.token, NOW)
