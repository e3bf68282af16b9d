"""Accounts: exactly one first administrator, one-time passwords that work once and expire, disabling that takes at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from arrivals import CHEAP, HOUR, NOW, OFFICE, PHRASE, SECOND, House
from pydantic import SecretStr

from zhishou import database
from zhishou.errors import DeniedError, NotFoundError, ZhishouError
from zhishou.people.accounts import Kind
from zhishou.people.changes import ChangeKind
from zhishou.people.gate import Gate
from zhishou.people.key import Seal, new_key
from zhishou.people.sessions import Started


def test_the_first_start_makes_one_administrator_with_a_one_time_password(gate: Gate):
    assert gate.accounts.founder() is None
    issued = gate.accounts.first_administrator("boss", "管理员", NOW)
    assert gate.accounts.founder() == "boss"
    assert gate.login.enter("boss", issued.secret, OFFICE, NOW).session.wants == "new_password"
    with pytest.raises(ZhishouError, match="已经有账户"):
        gate.accounts.first_administrator("other", "他人", NOW)
    assert [account.id for account in gate.accounts.all()] == ["boss"]


def test_no_one_time_password_comes_twice(gate: Gate):
    found = {gate.accounts.first_administrator("boss", "管理员", NOW).secret.get_secret_value()}
    found |= {gate.accounts.reset_password("boss", NOW, "console").secret.get_secret_value() for _ in range(20)}
    assert len(found) == 21


def test_of_servers_that_start_at_once_one_makes_the_administrator(empty_url: str):
    engines = [database.engine(empty_url) for _ in range(4)]
    database.upgrade(engines[0])
    gates = [Gate(engine, Seal(new_key()), cost=CHEAP) for engine in engines]
    barrier = Barrier(len(gates))

    def start(number: int) -> bool:
        barrier.wait()
        try:
            gates[number].accounts.first_administrator(f"boss{number % 3}", "管理员", NOW)
        except ZhishouError:
            return False
        return True

    with ThreadPoolExecutor(len(gates)) as pool:
        assert sum(pool.map(start, range(len(gates)))) == 1
    assert len(gates[0].accounts.all()) == 1
    assert [change.kind for change in gates[0].changes.unrecorded()] == [ChangeKind.FOUNDED]
    for engine in engines:
        engine.dispose()


def test_nobody_is_added_before_the_first_administrator(gate: Gate):
    with pytest.raises(ZhishouError, match="首个管理员"):
        gate.accounts.add_person("zhang.wei", "张伟", NOW, "console")
    assert gate.accounts.all() == ()


@pytest.mark.parametrize(
    ("id_", "login"),
    [("zhang.wei", "another"), ("another", "zhang.wei"), ("another", "ZHANG.WEI"), ("another", "ｚｈａｎｇ．ｗｅｉ")],
)
def test_an_id_or_login_is_given_once_whatever_its_case_and_width(house: House, id_: str, login: str):
    house.gate.accounts.add_person("zhang.wei", "张伟", NOW, "boss")
    with pytest.raises(ZhishouError, match="已有人用"):
        house.gate.accounts.add_person(id_, "张伟", NOW, "boss", login=login)


@pytest.mark.parametrize("id_", ["a", "system", "console", "Zhang", "张伟", "a b", "-a", "a" * 41, "../x", "ab\n"])
def test_ids_that_cannot_stand_in_a_record_are_refused(house: House, id_: str):
    with pytest.raises(ZhishouError, match="不能用"):
        house.gate.accounts.add_person(id_, "张伟", NOW, "boss")


def test_an_id_is_made_where_none_is_given_and_a_chinese_login_serves(house: House):
    issued = house.gate.accounts.add_person("", "张伟", NOW, "boss", login="张伟")
    started = house.gate.login.enter(" 张伟 ", issued.secret, OFFICE, NOW)
    assert started.session.account == issued.change.account
    assert started.session.name == "张伟"


def test_a_one_time_password_works_once_however_it_is_typed(house: House):
    once = house.gate.accounts.add_person("zhang.wei", "张伟", NOW, "boss").secret
    typed = SecretStr(once.get_secret_value().replace("-", " ").upper())
    assert house.gate.login.enter("zhang.wei", typed, OFFICE, NOW).session.account == "zhang.wei"
    with pytest.raises(DeniedError):
        house.gate.login.enter("zhang.wei", once, OFFICE, NOW)


def test_of_several_who_use_a_one_time_password_at_once_one_gets_in(house: House):
    once = house.gate.accounts.add_person("zhang.wei", "张伟", NOW, "boss").secret
    barrier = Barrier(4)

    def enter(_: int) -> Started | None:
        barrier.wait()
        try:
            return house.gate.login.enter("zhang.wei", once, OFFICE, NOW)
        except DeniedError:
            return None

    with ThreadPoolExecutor(4) as pool:
        assert sum(started is not None for started in pool.map(enter, range(4))) == 1
    assert len(house.gate.sessions.of("zhang.wei", NOW)) == 1


@pytest.mark.parametrize("good_for", [HOUR, timedelta(hours=24)])
def test_a_one_time_password_expires(house: House, good_for: timedelta):
    once = house.gate.accounts.add_person("zhang.wei", "张伟", NOW, "boss", good_for=good_for).secret
    with pytest.raises(DeniedError):
        house.gate.login.enter("zhang.wei", once, OFFICE, NOW + good_for)
    assert house.gate.login.enter("zhang.wei", once, OFFICE, NOW + good_for - SECOND)


def test_a_reset_ends_sessions_and_the_old_password(house: House):
    started = house.person("zhang.wei")
    once = house.gate.accounts.reset_password("zhang.wei", NOW, "boss").secret
    with pytest.raises(DeniedError):
        house.gate.sessions.find(started.token, NOW)
    with pytest.raises(DeniedError):
        house.gate.login.enter("zhang.wei", PHRASE, OFFICE, NOW)
    assert house.settled("zhang.wei", once).session.wants == ""


def test_a_disabled_account_is_out_at_once_and_in_again_when_enabled(house: House):
    started = house.person("zhang.wei")
    assert house.gate.accounts.disable("zhang.wei", NOW, "boss").kind is ChangeKind.DISABLED
    with pytest.raises(DeniedError):
        house.gate.sessions.find(started.token, NOW)
    with pytest.raises(DeniedError):
        house.gate.login.enter("zhang.wei", PHRASE, OFFICE, NOW)
    assert house.gate.accounts.get("zhang.wei").disabled == NOW
    house.gate.accounts.enable("zhang.wei", NOW + HOUR, "boss")
    with pytest.raises(DeniedError):  # the old session stays ended
        house.gate.sessions.find(started.token, NOW)
    assert house.gate.login.enter("zhang.wei", PHRASE, OFFICE, NOW)


def test_a_machine_has_no_password(house: House):
    house.gate.accounts.add_machine("gas-co", "某燃气公司", NOW, "boss")
    assert house.gate.accounts.get("gas-co").kind is Kind.MACHINE
    with pytest.raises(ZhishouError, match="没有密码"):
        house.gate.accounts.reset_password("gas-co", NOW, "boss")
    for guess in ("", "gas-co", "None"):
        with pytest.raises(DeniedError):
            house.gate.login.enter("gas-co", SecretStr(guess), OFFICE, NOW)


def test_what_is_not_there_is_named(house: House):
    accounts = house.gate.accounts
    for ask in (
        lambda: accounts.get("nobody"),
        lambda: accounts.disable("nobody", NOW, "boss"),
        lambda: accounts.enable("nobody", NOW, "boss"),
        lambda: accounts.rename("nobody", "某", NOW, "boss"),
        lambda: accounts.reset_password("nobody", NOW, "boss"),
        lambda: house.gate.second_factor.reset("nobody", NOW, "boss"),
        lambda: house.gate.sessions.end_all("nobody", NOW, "boss"),
    ):
        with pytest.raises(NotFoundError, match="nobody"):
            ask()


def test_every_change_waits_until_the_desk_has_recorded_it(house: House):
    house.person("zhang.wei")
    house.gate.accounts.rename("zhang.wei", "张卫", NOW, "boss")
    house.gate.accounts.disable("zhang.wei", NOW, "boss")
    waiting = house.gate.changes.unrecorded()
    kinds = [change.kind for change in waiting if change.account == "zhang.wei"]
    assert kinds == [
        ChangeKind.ADDED, ChangeKind.LOGGED_IN, ChangeKind.PASSWORD_CHANGED, ChangeKind.RENAMED, ChangeKind.DISABLED
    ]  # fmt: skip
    assert [change.id for change in house.gate.changes.unrecorded(limit=2)] == [change.id for change in waiting[:2]]
    house.gate.changes.recorded([change.id for change in waiting[:-1]], NOW)
    assert house.gate.changes.unrecorded() == waiting[-1:]


def test_a_change_that_fails_leaves_no_trace(house: House):
    before = house.gate.changes.unrecorded()
    with pytest.raises(NotFoundError):
        house.gate.accounts.disable("nobody", NOW, "boss")
    with pytest.raises(ZhishouError):
        house.gate.accounts.add_person("boss", "又一个", NOW, "boss")
    assert house.gate.changes.unrecorded() == before
