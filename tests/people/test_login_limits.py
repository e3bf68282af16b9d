"""Limits: guessing is slow, nothing is locked for ever, and strangers cannot shut the duty room out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import accumulate

import pytest
from arrivals import CHEAP, HOUR, MINUTE, NOW, OFFICE, PHRASE, SECOND, STRANGER, WRONG, House
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import Engine, func, select

from zhishou import database
from zhishou.errors import DeniedError, TooManyError, ZhishouError
from zhishou.people import limits
from zhishou.people.changes import ChangeKind
from zhishou.people.gate import Gate
from zhishou.people.key import Seal, new_key
from zhishou.people.limits import ACCOUNT, ADDRESS, CODE, KNOWN, Limit, Tally, counted, place, wait
from zhishou.people.tables import tallies

LIMITS = st.sampled_from([ACCOUNT, KNOWN, ADDRESS, CODE])
GAPS = st.lists(st.integers(0, 40_000), max_size=80)
"""Seconds between attempts."""


def _heard(limit: Limit, moments: list[datetime]) -> tuple[list[datetime], Tally | None]:
    """The attempts that are heard, all of them wrong, and the tally after them."""
    tally, heard = None, []
    for at in moments:
        if not wait(tally, limit, at):
            tally = counted(tally, limit, at)
            heard.append(at)
    return heard, tally


def _most(limit: Limit, span: timedelta) -> int:
    """How many guesses fit into a span by the rule's own words: so many at once, then after 1, 2, 4 … delays."""
    delays = (min(limit.first * 2 ** min(step, 20), limit.longest) for step in range(500))
    return limit.free + sum(1 for spent in accumulate(delays) if spent <= span)


@given(LIMITS, GAPS)
def test_no_pattern_of_guessing_is_heard_more_often_than_the_rule_says(limit: Limit, gaps: list[int]):
    moments = [NOW + timedelta(seconds=seconds) for seconds in accumulate(gaps)]
    heard, _ = _heard(limit, moments)
    most = _most(limit, limit.forgotten)
    for first in heard:
        assert sum(first <= at < first + limit.forgotten for at in heard) <= most


def test_a_day_of_guessing_at_one_account_is_about_a_hundred_guesses():
    assert _most(ACCOUNT, timedelta(days=1)) <= 110
    assert 3 * _most(CODE, timedelta(days=1)) / 1_000_000 < 0.0004


@given(LIMITS, GAPS)
def test_every_limit_ends_by_itself(limit: Limit, gaps: list[int]):
    moments = [NOW + timedelta(seconds=seconds) for seconds in accumulate(gaps)]
    heard, tally = _heard(limit, moments)
    if tally is not None:
        assert wait(tally, limit, heard[-1] + limit.longest) == timedelta()
        assert counted(tally, limit, heard[-1] + limit.forgotten + SECOND).failures == 1


@given(LIMITS, GAPS, st.integers(-10_000_000, 10_000_000))
def test_a_clock_that_jumps_locks_nobody_out(limit: Limit, gaps: list[int], jump: int):
    _, tally = _heard(limit, [NOW + timedelta(seconds=seconds) for seconds in accumulate(gaps)])
    assert timedelta() <= wait(tally, limit, NOW + timedelta(seconds=jump)) <= limit.longest


@given(LIMITS, st.integers(1, 200))
def test_the_delay_never_shrinks_while_failures_go_on(limit: Limit, failures: int):
    tally, delays = None, []
    at = NOW
    for _ in range(failures):
        tally = counted(tally, limit, at)
        delays.append((tally.until or at) - at)
        at = tally.until or at
    assert delays == sorted(delays)
    assert delays[-1] <= limit.longest < limit.forgotten


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:10.0.0.7", "10.0.0.7", True),
        (" 10.0.0.7 ", "10.0.0.7", True),
        ("10.0.0.7", "10.0.0.8", False),
    ],
)
def test_what_counts_as_one_address(one: str, other: str, same: bool):  # noqa: FBT001 - a column of the table
    assert (place(one) == place(other)) is same
    assert len(place(one * 50)) <= 64


def _guess(house: House, times: int, login: str, address: str, at: datetime = NOW) -> list[type[ZhishouError]]:
    answers = []
    for _ in range(times):
        with pytest.raises((DeniedError, TooManyError)) as raised:
            house.gate.login.enter(login, WRONG, address, at)
        answers.append(raised.type)
    return answers


def test_after_five_failures_a_right_password_from_elsewhere_waits_too(house: House):
    house.person("zhang.wei")
    assert _guess(house, 7, "zhang.wei", STRANGER) == [DeniedError] * 5 + [TooManyError] * 2
    with pytest.raises(TooManyError) as raised:
        house.gate.login.enter("zhang.wei", PHRASE, STRANGER, NOW)
    assert raised.value.retry_after == 30
    assert "请过30 秒再试" in str(raised.value)
    assert house.gate.login.enter("zhang.wei", PHRASE, STRANGER, NOW + 30 * SECOND)


def test_whoever_logged_in_lately_from_an_address_gets_in_while_strangers_guess(house: House):
    house.person("zhang.wei")
    at = NOW
    for number in range(200):
        at += MINUTE
        with pytest.raises((DeniedError, TooManyError)):
            house.gate.login.enter("zhang.wei", WRONG, f"203.0.113.{number}", at)
    with pytest.raises(TooManyError):
        house.gate.login.enter("zhang.wei", PHRASE, "10.9.9.9", at)
    assert house.gate.login.enter("zhang.wei", PHRASE, OFFICE, at)


def test_an_address_is_known_for_thirty_days(house: House):
    house.person("zhang.wei")
    for days, known in ((29, True), (60, False)):
        at = NOW + timedelta(days=days)
        _guess(house, 5, "zhang.wei", STRANGER, at)
        if known:
            assert house.gate.login.enter("zhang.wei", PHRASE, OFFICE, at)
        else:
            with pytest.raises(TooManyError):
                house.gate.login.enter("zhang.wei", PHRASE, OFFICE, at)


def test_guessing_from_a_known_address_is_slowed_too(house: House):
    house.person("zhang.wei")
    answers = _guess(house, KNOWN.free + 3, "zhang.wei", OFFICE)
    assert answers == [DeniedError] * KNOWN.free + [TooManyError] * 3


def test_one_address_that_tries_many_logins_is_slowed_and_the_room_behind_it_still_gets_in(house: House):
    house.person("zhang.wei")
    answers = [_guess(house, 1, f"nobody{number}", OFFICE)[0] for number in range(ADDRESS.free + 5)]
    assert answers == [DeniedError] * ADDRESS.free + [TooManyError] * 5
    house.gate.login.enter("zhang.wei", PHRASE, OFFICE, NOW)
    assert _guess(house, 1, "nobody", OFFICE) == [TooManyError]


def test_a_right_login_does_not_wipe_out_guesses_at_others(house: House):
    """Somebody with an account of his own must not be able to guess at others for ever by logging in between."""
    house.person("zhang.wei")
    heard = 0
    for number in range(100):
        try:
            house.gate.login.enter(f"nobody{number}", WRONG, STRANGER, NOW)
        except DeniedError:
            heard += 1
        except TooManyError:
            pass
        if number in {0, 40, 80}:
            house.gate.login.enter("zhang.wei", PHRASE, STRANGER, NOW)
    assert heard <= ADDRESS.free


def test_guesses_sent_all_at_once_are_all_counted(house: House):
    house.person("zhang.wei")

    def guess(_: int) -> bool:
        try:
            house.gate.login.enter("zhang.wei", WRONG, STRANGER, NOW)
        except TooManyError:
            return False
        except DeniedError:
            return True
        raise AssertionError

    with ThreadPoolExecutor(24) as pool:
        assert sum(pool.map(guess, range(48))) <= ACCOUNT.free


def test_all_servers_count_together(empty_url: str):
    engines = [database.engine(empty_url) for _ in range(2)]
    database.upgrade(engines[0])
    seal = Seal(new_key())
    houses = [House(Gate(engine, seal, cost=CHEAP)) for engine in engines]
    houses[0].settled("boss", houses[0].gate.accounts.first_administrator("boss", "管理员", NOW).secret)
    answers = [_guess(houses[number % 2], 1, "boss", STRANGER)[0] for number in range(8)]
    assert answers == [DeniedError] * 5 + [TooManyError] * 3
    for engine in engines:
        engine.dispose()


def test_an_unknown_login_is_limited_and_answered_as_a_known_one(house: House):
    house.person("zhang.wei")
    told = []
    for login in ("zhang.wei", "nobody"):
        texts = []
        for _ in range(8):
            with pytest.raises(ZhishouError) as raised:
                house.gate.login.enter(login, WRONG, "198.51.100.1" if login == "nobody" else "198.51.100.2", NOW)
            texts.append((raised.type, str(raised.value)))
        told.append(texts)
    assert told[0] == told[1]


def test_that_a_login_was_slowed_is_told_once_each_time(house: House):
    house.person("zhang.wei")
    _guess(house, 9, "zhang.wei", STRANGER)
    slowed = [change for change in house.gate.changes.unrecorded() if change.kind is ChangeKind.SLOWED]
    assert [(change.account, change.data["address"]) for change in slowed] == [("zhang.wei", STRANGER)]


def test_what_no_longer_counts_is_removed(house: House, engine: Engine):
    started = house.person("zhang.wei")
    for number in range(20):
        _guess(house, 1, f"nobody{number}", STRANGER)
    house.gate.tidy(NOW + HOUR / 2)
    assert house.gate.sessions.find(started.token, NOW + HOUR / 2)
    house.gate.tidy(NOW + timedelta(days=2))
    with database.reading(engine) as connection:
        assert connection.execute(select(func.count()).select_from(tallies)).scalar_one() == 0
        known = connection.execute(select(func.count()).select_from(limits.known_addresses)).scalar_one()
    assert known == 2  # of boss and Zhang Wei: the address stays known
    assert house.gate.sessions.of("zhang.wei", NOW) == ()


def test_a_password_typed_as_a_login_is_not_kept(house: House, engine: Engine):
    with pytest.raises(DeniedError):
        house.gate.login.enter(PHRASE.get_secret_value(), SecretStr("x"), STRANGER, NOW)
    with database.reading(engine) as connection:
        keys = connection.execute(select(tallies.c.key)).scalars().all()
    assert any(key.startswith("account:") for key in keys)
    assert not any("tianqi" in key for key in keys)
