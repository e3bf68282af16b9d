"""The second factor: RFC 6238's codes, each taken once, and what happens when the telephone is lost."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree as ET

import pyotp
import pytest
import segno
from arrivals import CHEAP, MINUTE, NOW, OFFICE, PHRASE, STRANGER, House, shown
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import Engine, select

from zhishou import database
from zhishou.errors import DeniedError, TooManyError, ZhishouError
from zhishou.people.changes import ChangeKind
from zhishou.people.gate import Gate
from zhishou.people.key import Seal, new_key
from zhishou.people.second_factor import RECOVERY, STEP, code_of, matching_step
from zhishou.people.tables import second_factors

RFC_SEED = SecretStr("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
"""The seed of RFC 4226 appendix D and RFC 6238 appendix B, "12345678901234567890" in base32."""


@pytest.mark.parametrize(
    ("seconds", "eight_digits"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_codes_of_rfc_6238(seconds: int, eight_digits: str):
    """Appendix B prints eight digits; six digits are the last six of them (RFC 4226 section 5.3)."""
    assert code_of(RFC_SEED, seconds // STEP) == eight_digits[-6:]
    at = datetime.fromtimestamp(seconds, UTC)
    assert matching_step(RFC_SEED, SecretStr(eight_digits[-6:]), at) == seconds // STEP


@pytest.mark.parametrize(
    ("count", "code"),
    list(
        enumerate(["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"])
    ),
)
def test_the_codes_of_rfc_4226(count: int, code: str):
    assert code_of(RFC_SEED, count) == code


@given(st.integers(0, 2**32), st.integers(-5, 5))
def test_a_code_one_step_early_or_late_passes_and_no_other(step: int, off: int):
    at = datetime.fromtimestamp((step + 5) * STEP, UTC)
    code = code_of(RFC_SEED, step + 5 + off)
    near = [code_of(RFC_SEED, step + 5 + by) for by in (-1, 0, 1)]
    found = matching_step(RFC_SEED, SecretStr(code), at)
    assert (found is not None) == (code in near)
    if found is not None:
        assert code_of(RFC_SEED, found) == code


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(-2, 2)), max_size=60))
def test_no_step_is_taken_twice_whatever_is_sent_when(sent: list[tuple[int, int]]):
    """Any order of seconds, also backward: the steps taken only grow."""
    last, taken = -1, []
    for seconds, off in sent:
        at = NOW + timedelta(seconds=seconds)
        step = matching_step(RFC_SEED, shown(RFC_SEED, at, steps=off), at, after=last)
        if step is not None:
            taken.append(step)
            last = step
    assert taken == sorted(set(taken))


@given(st.text(max_size=12))
def test_what_is_no_number_of_six_digits_is_no_code(text: str):
    assert matching_step(RFC_SEED, SecretStr(text), NOW) is None


def test_a_code_may_be_typed_in_two_groups_and_in_full_width():
    code = shown(RFC_SEED).get_secret_value()
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    for typed in (f"{code[:3]} {code[3:]}", f" {code}", wide):
        assert matching_step(RFC_SEED, SecretStr(typed), NOW) == int(NOW.timestamp()) // STEP


def test_what_is_shown_at_enrolment_is_what_a_telephone_reads(house: House):
    started = house.person("zhang.wei")
    enrolment = house.gate.second_factor.enrol(started.token, NOW)
    uri = urlsplit(enrolment.uri.get_secret_value())
    asked = parse_qs(uri.query)
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert unquote(uri.path) == "/值守:zhang.wei"
    assert asked == {"secret": [enrolment.seed.get_secret_value()], "issuer": ["值守"]}
    assert len(pyotp.TOTP(enrolment.seed.get_secret_value()).byte_secret()) >= 20  # RFC 4226 section 4, R6
    drawn = ET.fromstring(enrolment.picture.get_secret_value())  # noqa: S314 - made here
    assert drawn.tag.endswith("svg")
    again = io.BytesIO()
    segno.make(enrolment.uri.get_secret_value(), error="m").save(again, kind="svg", scale=4, xmldecl=False)
    assert enrolment.picture.get_secret_value() == again.getvalue().decode()


def test_once_confirmed_a_login_owes_a_code(house: House):
    house.enrolled("zhang.wei")
    assert house.gate.accounts.get("zhang.wei").second_factor
    started = house.gate.login.enter("zhang.wei", PHRASE, OFFICE, NOW)
    assert started.session.wants == "second_factor"
    with pytest.raises(DeniedError, match="动态口令") as raised:
        house.gate.sessions.find(started.token, NOW)
    assert raised.value.wants == "second_factor"


def test_a_code_completes_the_login_under_a_new_token(house: House):
    _, seed, _ = house.enrolled("zhang.wei")
    started = house.gate.login.enter("zhang.wei", PHRASE, OFFICE, NOW)
    full = house.gate.second_factor.prove(started.token, shown(seed), NOW)
    assert full.token != started.token
    with pytest.raises(DeniedError):
        house.gate.sessions.find(started.token, NOW, halfway=True)
    session = house.gate.sessions.find(full.token, NOW)
    assert (session.wants, session.second_factor_at, session.address) == ("", NOW, OFFICE)


def test_a_code_is_taken_once_also_across_sessions(house: House):
    _, seed, _ = house.enrolled("zhang.wei")
    first, second = (house.gate.login.enter("zhang.wei", PHRASE, OFFICE, NOW) for _ in range(2))
    house.gate.second_factor.prove(first.token, shown(seed), NOW)
    for at in (NOW, NOW + timedelta(seconds=STEP)):  # still within the window
        with pytest.raises(DeniedError):
            house.gate.second_factor.prove(second.token, shown(seed), at)
    with pytest.raises(DeniedError):  # nor one that is older than the last taken
        house.gate.second_factor.prove(second.token, shown(seed, steps=-1), NOW)
    assert house.gate.second_factor.prove(second.token, shown(seed, steps=1), NOW)


def test_of_two_who_send_one_code_at_once_one_gets_in(house: House):
    _, seed, recovery = house.enrolled("zhang.wei")
    for code in (shown(seed), recovery[0]):
        sessions = [house.gate.login.enter("zhang.wei", PHRASE, OFFICE, NOW) for _ in range(3)]
        barrier = Barrier(3)

        def prove(number: int, code: SecretStr = code, sessions: list = sessions, barrier: Barrier = barrier) -> bool:  # type: ignore[type-arg]
            barrier.wait()
            try:
                house.gate.second_factor.prove(sessions[number].token, code, NOW)
            except DeniedError:
                return False
            return True

        with ThreadPoolExecutor(3) as pool:
            assert sum(pool.map(prove, range(3))) == 1


def test_the_code_that_confirmed_is_used_up(house: House):
    _, seed, _ = house.enrolled("zhang.wei")
    started = house.gate.login.enter("zhang.wei", PHRASE, OFFICE, NOW)
    with pytest.raises(DeniedError):
        house.gate.second_factor.prove(started.token, shown(seed, steps=-1), NOW)


def test_confirming_ends_other_sessions_and_makes_ten_codes(house: House):
    started = house.person("zhang.wei")
    other = house.gate.login.enter("zhang.wei", PHRASE, OFFICE, NOW)
    with pytest.raises(ZhishouError, match="还没有开始"):
        house.gate.second_factor.confirm(started.token, SecretStr("000000"), NOW)
    seed = house.gate.second_factor.enrol(started.token, NOW).seed
    assert not house.gate.accounts.get("zhang.wei").second_factor  # not before it is confirmed
    with pytest.raises(DeniedError):
        house.gate.second_factor.confirm(started.token, shown(seed, steps=7), NOW)
    confirmed = house.gate.second_factor.confirm(started.token, shown(seed), NOW)
    assert len({code.get_secret_value() for code in confirmed.recovery}) == RECOVERY
    with pytest.raises(DeniedError):
        house.gate.sessions.find(other.token, NOW)
    assert house.gate.sessions.find(started.token, NOW).fresh(NOW)


def test_a_recovery_code_serves_once_however_typed_and_is_told(house: House):
    _, _, recovery = house.enrolled("zhang.wei")
    started = house.gate.login.enter("zhang.wei", PHRASE, OFFICE, NOW)
    typed = SecretStr(recovery[3].get_secret_value().upper().replace("-", ""))
    full = house.gate.second_factor.prove(started.token, typed, NOW)
    assert full.session.wants == ""
    assert house.gate.second_factor.left("zhang.wei") == RECOVERY - 1
    last = house.gate.changes.unrecorded()[-1]
    assert (last.kind, last.data) == (ChangeKind.RECOVERY_CODE_USED, {"left": RECOVERY - 1})
    again = house.gate.login.enter("zhang.wei", PHRASE, OFFICE, NOW)
    with pytest.raises(DeniedError):
        house.gate.second_factor.prove(again.token, recovery[3], NOW)


def test_recovery_codes_are_one_persons_and_void_when_renewed(house: House):
    started, _, recovery = house.enrolled("zhang.wei")
    _, _, others = house.enrolled("li.na")
    fresh = house.gate.second_factor.renew_recovery(started.token, NOW).recovery
    login = house.gate.login.enter("zhang.wei", PHRASE, OFFICE, NOW)
    for code in (others[0], recovery[0]):
        with pytest.raises(DeniedError):
            house.gate.second_factor.prove(login.token, code, NOW)
    assert house.gate.second_factor.prove(login.token, fresh[0], NOW)


def test_wrong_codes_are_slowed_and_a_recovery_code_still_passes(house: House):
    _, seed, recovery = house.enrolled("zhang.wei")
    started = house.gate.login.enter("zhang.wei", PHRASE, OFFICE, NOW)
    for _ in range(5):
        with pytest.raises(DeniedError):
            house.gate.second_factor.prove(started.token, shown(seed, steps=40), NOW)
    with pytest.raises(TooManyError):
        house.gate.second_factor.prove(started.token, shown(seed), NOW)
    assert house.gate.second_factor.prove(started.token, recovery[0], NOW)


def test_a_weighty_command_needs_a_fresh_code(house: House):
    _, seed, _ = house.enrolled("zhang.wei")
    full = house.gate.second_factor.prove(
        house.gate.login.enter("zhang.wei", PHRASE, OFFICE, NOW).token, shown(seed), NOW
    )
    later = NOW + 11 * MINUTE
    session = house.gate.sessions.find(full.token, later)
    assert session.fresh(NOW + 10 * MINUTE)
    assert not session.fresh(later)
    proved = house.gate.second_factor.prove(full.token, shown(seed, later), later)
    assert proved.token == full.token
    assert house.gate.sessions.find(full.token, later).fresh(later)
    assert not house.person("li.na").session.fresh(NOW)  # without a second factor nothing is fresh


def test_a_second_factor_in_use_is_replaced_only_after_a_fresh_code(house: House):
    started, seed, _ = house.enrolled("zhang.wei")
    later = NOW + 11 * MINUTE
    for ask in (house.gate.second_factor.enrol, house.gate.second_factor.renew_recovery):
        with pytest.raises(DeniedError, match="再输一次"):
            ask(started.token, later)
    house.gate.second_factor.prove(started.token, shown(seed, later), later)
    new_seed = house.gate.second_factor.enrol(started.token, later).seed
    half = house.gate.login.enter("zhang.wei", PHRASE, OFFICE, later)
    with pytest.raises(DeniedError):  # not confirmed, so the old one is still in use
        house.gate.second_factor.prove(half.token, shown(new_seed, later, steps=1), later)
    assert house.gate.second_factor.prove(half.token, shown(seed, later, steps=1), later)
    house.gate.second_factor.confirm(started.token, shown(new_seed, later), later)
    half = house.gate.login.enter("zhang.wei", PHRASE, OFFICE, later)
    assert house.gate.second_factor.prove(half.token, shown(new_seed, later, steps=1), later)


def test_an_administrator_takes_a_lost_one_away(house: House):
    started, _, recovery = house.enrolled("zhang.wei")
    assert house.gate.second_factor.reset("zhang.wei", NOW, "boss").kind is ChangeKind.SECOND_FACTOR_RESET
    with pytest.raises(DeniedError):
        house.gate.sessions.find(started.token, NOW)
    again = house.gate.login.enter("zhang.wei", PHRASE, OFFICE, NOW)
    assert again.session.wants == ""
    with pytest.raises(DeniedError, match="没有启用"):
        house.gate.second_factor.prove(again.token, recovery[0], NOW)


def test_a_reset_password_does_not_get_round_the_second_factor(house: House):
    _, seed, _ = house.enrolled("zhang.wei")
    once = house.gate.accounts.reset_password("zhang.wei", NOW, "boss").secret
    started = house.gate.login.enter("zhang.wei", once, STRANGER, NOW)
    assert started.session.wants == "second_factor"
    with pytest.raises(DeniedError, match="动态口令"):
        house.gate.login.change_password(started.token, None, PHRASE, NOW)
    full = house.gate.second_factor.prove(started.token, shown(seed), NOW)
    assert full.session.wants == "new_password"
    settled = house.gate.login.change_password(full.token, None, PHRASE, NOW)
    assert (settled.session.wants, settled.session.second_factor_at) == ("", NOW)


def test_the_seed_lies_sealed_and_only_for_its_account(house: House, engine: Engine):
    _, seed, _ = house.enrolled("zhang.wei")
    house.enrolled("li.na")
    with database.writing(engine) as connection:
        rows = {row.account: row.sealed for row in connection.execute(select(second_factors))}
        assert seed.get_secret_value() not in "".join(rows.values())
        moved = second_factors.update().where(second_factors.c.account == "li.na")
        connection.execute(moved.values(sealed=rows["zhang.wei"]))
    login = house.gate.login.enter("li.na", PHRASE, OFFICE, NOW)
    with pytest.raises(ZhishouError, match="打不开"):
        house.gate.second_factor.prove(login.token, shown(seed), NOW)
    other = Gate(engine, Seal(new_key()), cost=CHEAP)
    login = other.login.enter("zhang.wei", PHRASE, OFFICE, NOW)
    with pytest.raises(ZhishouError, match="部署密钥与当初的不同"):
        other.second_factor.prove(login.token, shown(seed), NOW)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 150), st.integers(-2, 2)), min_size=1, max_size=12))
def test_in_the_database_no_step_is_taken_twice(house: House, sent: list[tuple[int, int]]):
    started, seed, _ = house.enrolled()
    taken = []
    for seconds, off in sent:
        at = NOW + timedelta(seconds=seconds)
        step = int(at.timestamp()) // STEP + off
        try:
            house.gate.second_factor.prove(started.token, shown(seed, at, steps=off), at)
        except (DeniedError, TooManyError):
            continue
        taken.append(step)
    assert taken == sorted(set(taken))
