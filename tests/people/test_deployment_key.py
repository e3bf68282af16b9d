"""The deployment's key: made once, readable by its owner alone, the same for all who start together."""

from __future__ import annotations

import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from zhishou.errors import ZhishouError
from zhishou.people.key import Seal, deployment_key, key_in, new_key

KEY = new_key()
SEAL = Seal(KEY)


def test_it_is_made_at_the_first_start_for_its_owner_alone(tmp_path: Path):
    first = deployment_key({}, tmp_path)
    file = tmp_path / "zhishou.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(base64.b64decode(first.get_secret_value())) == 32
    assert deployment_key({}, tmp_path) == first
    assert [found.name for found in tmp_path.iterdir()] == ["zhishou.key"]


def test_all_who_start_together_get_the_same(tmp_path: Path):
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: deployment_key({}, tmp_path).get_secret_value(), range(64)))
    assert len(keys) == 1
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(("mode", "refused"), [(0o600, 0), (0o400, 0), (0o440, 0), (0o644, 1), (0o660, 1), (0o604, 1)])
def test_one_that_others_may_read_is_refused(tmp_path: Path, mode: int, refused: int):
    deployment_key({}, tmp_path)
    file = tmp_path / "zhishou.key"
    file.chmod(mode)
    if refused:
        with pytest.raises(ZhishouError, match="chmod 600"):
            key_in(file, make=True)
    else:
        assert key_in(file, make=False)


def test_several_servers_must_be_given_it(tmp_path: Path):
    with pytest.raises(ZhishouError, match="ZHISHOU_KEY"):
        deployment_key({}, None)
    with pytest.raises(ZhishouError, match="没有部署密钥"):
        deployment_key({"ZHISHOU_KEY_FILE": str(tmp_path / "missing")}, None)
    assert not list(tmp_path.iterdir())
    assert deployment_key({"ZHISHOU_KEY": KEY.get_secret_value()}, None) == KEY
    file = tmp_path / "key"
    file.write_text(KEY.get_secret_value() + "\n", "ascii")
    file.chmod(0o600)
    assert deployment_key({"ZHISHOU_KEY_FILE": str(file)}, None) == KEY


@pytest.mark.parametrize("text", ["", "password", "AAAA", "值守" * 20, base64.b64encode(bytes(31)).decode()])
def test_what_is_no_key_is_refused_without_repeating_it(text: str):
    with pytest.raises(ZhishouError, match="部署密钥不对") as raised:
        Seal(SecretStr(text))
    assert not text or text not in str(raised.value)


@given(st.text(min_size=1, max_size=80), st.text(max_size=20))
def test_what_is_sealed_opens_again_and_never_looks_alike(secret: str, account: str):
    try:
        one, two = (SEAL.close(SecretStr(secret), account) for _ in range(2))
    except UnicodeEncodeError:
        return  # a lone surrogate is no text
    assert one != two
    assert SEAL.open(one, account).get_secret_value() == secret


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_any_changed_byte_is_noticed(place: int, flip: int):
    raw = bytearray(base64.b64decode(SEAL.close(SecretStr("GEZDGNBVGY3TQOJQ"), "zhang.wei")))
    raw[place % len(raw)] ^= flip
    with pytest.raises(ZhishouError, match="打不开"):
        SEAL.open(base64.b64encode(bytes(raw)).decode(), "zhang.wei")


@pytest.mark.parametrize("damaged", ["", "AAAA", "not base64 at all", "值守"])
def test_a_damaged_seal_is_told(damaged: str):
    with pytest.raises(ZhishouError, match="打不开"):
        SEAL.open(damaged, "zhang.wei")


def test_a_mark_is_the_key_s_own_and_the_purpose_s():
    one, other = Seal(new_key()), Seal(new_key())
    assert one.mark("0356-2198989", "book") == one.mark("0356-2198989", "book")
    assert one.mark("0356-2198989", "book") != one.mark("0356-2198989", "code")
    assert one.mark("0356-2198989", "book") != other.mark("0356-2198989", "book")
    assert one.mark("kx", "boo") != one.mark("x", "book")
