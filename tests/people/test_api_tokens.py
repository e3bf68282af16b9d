"""Tokens of reporters and machines: shown once, narrow, ending by themselves, void at once when revoked."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from arrivals import MINUTE, NOW, SECOND, House
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import Engine, select

from zhishou import database
from zhishou.errors import DeniedError, NotFoundError, ZhishouError
from zhishou.people.changes import ChangeKind, Issued
from zhishou.people.tables import tokens
from zhishou.people.tokens import LONGEST, Scope, Tokens

YEAR = timedelta(days=365)


@pytest.fixture
def issued(house: House) -> Issued:
    house.gate.accounts.add_machine("gas-co", "某燃气公司", NOW, "boss")
    return house.gate.tokens.make("gas-co", "夜间报送", {Scope.RETURN, Scope.READ}, NOW + YEAR, NOW, "boss")


def test_a_token_tells_whose_it_is_and_what_it_may(house: House, issued: Issued):
    assert re.fullmatch(r"zs_[0-9a-f]{12}_[0-9a-f]{64}", issued.secret.get_secret_value())
    token = house.gate.tokens.check(issued.secret, NOW)
    assert (token.account, token.account_name, token.name) == ("gas-co", "某燃气公司", "夜间报送")
    assert token.scopes == {Scope.RETURN, Scope.READ}
    assert Scope.REPORT not in token.scopes
    assert issued.change.kind is ChangeKind.TOKEN_MADE
    assert issued.change.data["token"] == token.id


def test_only_its_hash_is_kept(house: House, issued: Issued, engine: Engine):
    assert house.gate.tokens.of("gas-co")[0].id in issued.secret.get_secret_value()
    with database.reading(engine) as connection:
        row = connection.execute(select(tokens)).one()
    assert issued.secret.get_secret_value().rsplit("_", 1)[1] not in repr(row)


def test_it_ends_by_itself(house: House, issued: Issued):
    assert house.gate.tokens.check(issued.secret, NOW + YEAR - SECOND)
    with pytest.raises(DeniedError):
        house.gate.tokens.check(issued.secret, NOW + YEAR)


def test_revoked_or_with_its_account_disabled_it_is_void_at_once(house: House, issued: Issued):
    house.gate.accounts.disable("gas-co", NOW, "boss")
    with pytest.raises(DeniedError):
        house.gate.tokens.check(issued.secret, NOW)
    house.gate.accounts.enable("gas-co", NOW, "boss")
    token = house.gate.tokens.check(issued.secret, NOW)
    change = house.gate.tokens.revoke(token.id, NOW, "boss")
    assert (change.kind, change.account) == (ChangeKind.TOKEN_REVOKED, "gas-co")
    with pytest.raises(DeniedError):
        house.gate.tokens.check(issued.secret, NOW)
    with pytest.raises(NotFoundError):
        house.gate.tokens.revoke(token.id, NOW, "boss")


def test_when_it_was_last_used_is_kept_to_the_minute(house: House, issued: Issued):
    used = []
    for second in (0, 10, 59, 60, 100, 120):
        house.gate.tokens.check(issued.secret, NOW + second * SECOND)
        used.append(house.gate.tokens.of("gas-co")[0].used)
    assert used == [NOW, NOW, NOW, NOW + MINUTE, NOW + MINUTE, NOW + 2 * MINUTE]


def test_that_it_was_used_is_written_down_later_and_for_all_at_once(house: House, issued: Issued, engine: Engine):
    def kept() -> list[object]:
        with database.reading(engine) as connection:
            return list(connection.execute(select(tokens.c.used).order_by(tokens.c.created)).scalars())

    other = house.gate.tokens.make("boss", "另一", {Scope.READ}, NOW + YEAR, NOW + SECOND, "boss")
    house.gate.tokens.check(issued.secret, NOW + 2 * SECOND)
    house.gate.tokens.check(other.secret, NOW + 3 * SECOND)
    house.gate.tokens.check(other.secret, NOW + 4 * SECOND)
    assert kept() == [None, None]
    house.gate.tokens.note_used()
    assert kept() == [NOW + 2 * SECOND, NOW + 3 * SECOND]


def test_whatever_is_wrong_is_answered_alike(house: House, issued: Issued):
    right = issued.secret.get_secret_value()
    other = house.gate.tokens.make("gas-co", "另一", {Scope.READ}, NOW + YEAR, NOW, "boss").secret.get_secret_value()
    head, secret = right.rsplit("_", 1)
    crossed = f"{head}_{other.rsplit('_', 1)[1]}"
    unknown = f"zs_{'0' * 12}_{secret}"
    flipped = right[:-1] + ("0" if right[-1] != "0" else "1")
    answers = set()
    for wrong in ("", "zs_", head, crossed, unknown, flipped, right.upper(), f" {right}", right + "0", "zs_é_" * 9):
        with pytest.raises(DeniedError) as raised:
            house.gate.tokens.check(SecretStr(wrong), NOW)
        answers.add(str(raised.value))
    assert len(answers) == 1


@pytest.mark.parametrize(
    ("name", "scopes", "expires"),
    [
        ("", {Scope.READ}, NOW + YEAR), ("  ", {Scope.READ}, NOW + YEAR), ("报送", set(), NOW + YEAR),
        ("报送", {Scope.READ}, NOW), ("报送", {Scope.READ}, NOW + LONGEST + SECOND),
    ],
)  # fmt: skip
def test_a_token_without_purpose_scope_or_end_is_not_made(house: House, name: str, scopes: set[Scope], expires: object):
    with pytest.raises(ZhishouError):
        house.gate.tokens.make("boss", name, scopes, expires, NOW, "boss")  # type: ignore[arg-type]
    assert house.gate.tokens.of() == ()


def test_none_is_made_for_nobody(house: House):
    with pytest.raises(NotFoundError, match="nobody"):
        house.gate.tokens.make("nobody", "报送", {Scope.READ}, NOW + YEAR, NOW, "boss")


class _Untouched:
    """An engine that must not be asked."""


@given(st.text(max_size=120))
def test_what_has_not_the_form_of_a_token_never_reaches_the_database(text: str):
    with pytest.raises(DeniedError):
        Tokens(_Untouched()).check(SecretStr(text), NOW)  # type: ignore[arg-type]
