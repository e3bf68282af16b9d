"""Hashing: argon2id at the documented cost, rehashed when costs rise; which passwords are refused as too easy."""

from __future__ import annotations

import contextlib
import secrets
import threading
import time
import unicodedata

import argon2
import pytest
from arrivals import CHEAP, NOW, OFFICE, OTHER_PHRASE, PHRASE, STRANGER, WRONG, House
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import Engine, select

from zhishou import database
from zhishou.errors import DeniedError, TooManyError, ZhishouError
from zhishou.people.gate import Gate
from zhishou.people.key import Seal, new_key
from zhishou.people.passwords import LONGEST, Cost, Passwords, new_code, typed_code
from zhishou.people.strength import SHORTEST, refuse_weak
from zhishou.people.tables import accounts

CHEAPLY = Passwords(CHEAP)


def test_the_shipped_cost_is_the_second_recommended_option_of_rfc_9106():
    """Section 4: argon2id, 3 passes, 4 lanes, 64 MiB, salt of 128 bits, tag of 256 bits."""
    hashed = Passwords().hashed(PHRASE)
    kept = argon2.extract_parameters(hashed)
    assert (kept.type, kept.time_cost, kept.parallelism) == (argon2.Type.ID, 3, 4)
    assert (kept.memory_cost, kept.salt_len, kept.hash_len) == (65536, 16, 32)
    assert Passwords().matches(hashed, PHRASE)
    assert not Passwords().matches(hashed, WRONG)


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_password_matches_itself_and_no_other(one: str, other: str):
    try:
        hashed = CHEAPLY.hashed(SecretStr(one))
    except UnicodeEncodeError:
        return  # a lone surrogate is no text
    assert CHEAPLY.matches(hashed, SecretStr(one))
    same = unicodedata.normalize("NFKC", one) == unicodedata.normalize("NFKC", other)
    assert CHEAPLY.matches(hashed, SecretStr(other)) is same


def test_full_width_letters_of_an_input_method_are_the_same_password():
    hashed = CHEAPLY.hashed(SecretStr("Tianqi 2 lengle!"))
    assert CHEAPLY.matches(hashed, SecretStr("Ｔｉａｎｑｉ　２　ｌｅｎｇｌｅ！"))


def test_two_hashes_of_one_password_differ():
    assert CHEAPLY.hashed(PHRASE) != CHEAPLY.hashed(PHRASE)


@pytest.mark.parametrize(
    ("today", "outdated"),
    [
        (Cost(16, 1, 1), True), (Cost(8, 2, 1), True), (Cost(16, 1, 2), True), (Cost(8, 1, 1), False),
    ],
)  # fmt: skip
def test_a_hash_is_outdated_when_a_parameter_has_risen(today: Cost, outdated: bool):  # noqa: FBT001 - a column of the table
    assert Passwords(today).outdated(CHEAPLY.hashed(PHRASE)) is outdated
    assert not CHEAPLY.outdated(Passwords(today).hashed(PHRASE))


def test_a_login_renews_the_hash_when_costs_have_risen(house: House, engine: Engine):
    house.person("zhang.wei")
    dearer = Gate(engine, Seal(new_key()), cost=Cost(16, 2, 1))

    def kept() -> str:
        with database.reading(engine) as connection:
            found = select(accounts.c.password_hash).where(accounts.c.id == "zhang.wei")
            return str(connection.execute(found).scalar_one())

    before = kept()
    house.gate.login.enter("zhang.wei", PHRASE, OFFICE, NOW)
    assert kept() == before
    with pytest.raises(DeniedError):
        dearer.login.enter("zhang.wei", WRONG, OFFICE, NOW)
    assert kept() == before
    dearer.login.enter("zhang.wei", PHRASE, OFFICE, NOW)
    assert argon2.extract_parameters(kept()).time_cost == 2
    house.gate.login.enter("zhang.wei", PHRASE, OFFICE, NOW)  # a server with the old cost still lets in, and keeps it
    assert argon2.extract_parameters(kept()).time_cost == 2


def test_whether_a_login_exists_shows_neither_in_words_nor_in_work(house: House, monkeypatch: pytest.MonkeyPatch):
    house.person("zhang.wei")
    house.person("li.na")
    house.gate.accounts.disable("li.na", NOW, "boss")
    house.gate.accounts.add_machine("gas-co", "某燃气公司", NOW, "boss")
    house.gate.accounts.add_person("late", "某", NOW, "boss", good_for=-NOW.utcoffset())  # type: ignore[operator]
    hashes = []
    verify = argon2.PasswordHasher.verify

    def counted(self: argon2.PasswordHasher, hash_: str, password: str) -> bool:
        hashes.append(str(argon2.extract_parameters(hash_)))
        return verify(self, hash_, password)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", counted)
    answers = set()
    for login, password in (
        ("zhang.wei", WRONG), ("nobody", WRONG), ("li.na", PHRASE), ("gas-co", WRONG), ("late", WRONG), ("", WRONG),
    ):  # fmt: skip
        hashes.clear()
        with pytest.raises(DeniedError) as raised:
            house.gate.login.enter(login, password, STRANGER, NOW)
        answers.add((str(raised.value), raised.value.wants, tuple(hashes)))
    assert len(answers) == 1
    assert len(next(iter(answers))[2]) == 1


def test_no_more_than_so_many_are_hashed_at_once_and_the_rest_is_sent_away():
    passwords = Passwords(CHEAP, at_once=2, waiting=3)
    inside, most, lock, go = 0, 0, threading.Lock(), threading.Event()
    sent_away = []

    def login() -> None:
        nonlocal inside, most
        try:
            with passwords.turn():
                with lock:
                    inside += 1
                    most = max(most, inside)
                go.wait(10)
                with lock:
                    inside -= 1
        except TooManyError as error:
            sent_away.append(error.retry_after)

    threads = [threading.Thread(target=login) for _ in range(12)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 10
    while len(sent_away) < 7 and time.monotonic() < deadline:
        time.sleep(0.01)
    go.set()
    for thread in threads:
        thread.join()
    assert (most, len(sent_away)) == (2, 7)
    with passwords.turn():
        pass


@given(st.integers(0, 2**32))
def test_a_code_is_read_back_however_it_was_typed(seed: int):
    code = new_code().get_secret_value()
    assert len(code) == 19
    spoilt = "".join(
        (sign.upper() if (seed >> place_) & 1 else sign) + (" " if (seed >> (place_ + 7)) & 1 else "")
        for place_, sign in enumerate(code)
    )
    assert typed_code(SecretStr(spoilt)).get_secret_value() == code
    assert typed_code(SecretStr(code.replace("-", ""))).get_secret_value() == code


def test_codes_use_every_sign_alike():
    """A code of sixteen signs out of 31 holds 16 · log2 31 = 79 bits, if all are as likely."""
    signs = "".join(new_code().get_secret_value().replace("-", "") for _ in range(2000))
    counts = {sign: signs.count(sign) for sign in set(signs)}
    expected = len(signs) / 31
    assert len(counts) == 31
    chi_square = sum((count - expected) ** 2 / expected for count in counts.values())
    assert chi_square < 90  # 30 degrees of freedom: exceeded by chance less than once in ten million


@given(st.integers(0, 2**96))
def test_random_passwords_are_never_called_weak(number: int):
    del number  # each example asks for a new one
    refuse_weak(SecretStr(secrets.token_urlsafe(15)), ("zhang.wei", "张伟"))
    refuse_weak(new_code(), ("zhang.wei", "张伟"))


@pytest.mark.parametrize(
    "password",
    [PHRASE, OTHER_PHRASE, SecretStr("煤气站的老王养了三只鸭子呢"), SecretStr("correct horse battery staple")],
)
def test_phrases_pass(password: SecretStr):
    refuse_weak(password, ("zhang.wei", "张伟"))


@pytest.mark.parametrize(
    "password",
    [
        "", "x" * (SHORTEST - 1), "aaaaaaaaaaaaaaaa", "123456789012", "12345678901234567890", "abcdefghijkl",
        "qwertyuiop123", "1qaz2wsx3edc", "password1234", "P@ssw0rd2026", "zhishou2026!", "admin123admin123",
        "abababababababab", "20261215202612", "zhang.wei.2026", "ZhangWei123456", "weizhang1234567", "jincheng2026!!",
        "woaini5201314", "张伟张伟张伟张伟张伟张伟", "值守值守值守2026", "！！！！！！！！！！！！", "            ",
        "ｐａｓｓｗｏｒｄ１２３４", "iloveyou1314520", "zxcvbnmasdfghjkl", "gnahz.iew.123456",
    ],
)  # fmt: skip
def test_what_guessers_try_first_is_refused_without_repeating_it(password: str):
    with pytest.raises(ZhishouError) as raised:
        refuse_weak(SecretStr(password), ("zhang.wei", "张伟"))
    assert raised.value.mend
    assert not password.strip() or password not in str(raised.value)


def test_length_counts_after_width_is_folded():
    with pytest.raises(ZhishouError, match="至少要 12 个"):
        refuse_weak(SecretStr("e\u0301" * 6 + "a" * 5), ())  # eleven letters, six of them written as two signs
    with pytest.raises(ZhishouError, match="超过"):
        refuse_weak(SecretStr(secrets.token_urlsafe(LONGEST)), ())


@given(st.text(max_size=80))
def test_any_text_is_judged(text: str):
    with contextlib.suppress(ZhishouError):
        refuse_weak(SecretStr(text), ("zhang.wei", "张伟"))
