"""The seal against its standard, and the record against a verifier that shares nothing with the software but the recipe."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hashes import SM3, Hash
from hypothesis import given
from hypothesis import strategies as st
from records import EVENING, act, drafts

from zhishou import database
from zhishou.errors import JournalError
from zhishou.journal import Draft, Write, found
from zhishou.journal.seals import Stored, canonical, seal, sm3

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=12,
)  # fmt: skip


def test_sm3_is_that_of_the_standard():
    """GB/T 32905-2016, appendix A: the two examples."""
    assert sm3("abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert sm3("abcd" * 16) == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"


@given(JSON)
def test_canonical_json_is_one_form_that_reads_back_the_same(value: object):
    text = canonical({"v": value})
    assert json.loads(text) == {"v": value}
    assert canonical(json.loads(text)) == text
    assert text == json.dumps({"v": value}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@given(JSON, st.text(st.characters(exclude_categories=["Cs"])))
def test_the_seal_is_that_of_the_recipe(payload: object, words: str):
    given_ = Stored(
        3, "s", 2, "told", 1, canonical({"p": payload}), "2026-12-15T20:00:00+08:00", "2026-12-15T20:00:01+08:00", words,
        words, words, words, "c", exercise=True, previous="0" * 64, seal="",
    )  # fmt: skip
    rest = given_._asdict()
    previous = rest.pop("previous")
    del rest["seal"]
    rest["payload"] = json.loads(rest["payload"])
    text = previous + json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert seal(given_) == sm3(text)


def test_dictionaries_in_any_order_have_one_text():
    assert canonical({"b": 1, "a": {"d": 1, "c": [2, 1]}}) == '{"a":{"c":[2,1],"d":1},"b":1}'


def test_what_nests_without_end_is_refused():
    endless: dict[str, object] = {}
    endless["a"] = endless
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    for value in (endless, deep):
        with pytest.raises(JournalError):
            canonical(value)


def verified_by_an_auditor(file: Path) -> int:
    """The recipe of docs/journal.md in ten lines: nothing of the software, only SQLite, JSON and SM3."""
    with sqlite3.connect(file) as connection:
        connection.row_factory = sqlite3.Row
        first = connection.execute("SELECT * FROM journal").fetchone()
        opening = {"created": first["created"], "exercise": bool(first["exercise"]), "journal": first["id"]}
        previous, count = _digest("", opening), 0
        for count, row in enumerate(connection.execute("SELECT * FROM entries ORDER BY position"), start=1):
            rest = {key: row[key] for key in row.keys() if key not in {"previous", "seal"}}  # noqa: SIM118 - a row's values are iterated otherwise
            rest |= {"payload": json.loads(rest["payload"]), "exercise": bool(rest["exercise"])}
            assert (row["position"], row["previous"], row["seal"]) == (count, previous, _digest(previous, rest))
            previous = row["seal"]
        assert (first["position"], first["seal"]) == (count, previous)
    connection.close()
    return count


def _digest(previous: str, rest: dict[str, object]) -> str:
    digest = Hash(SM3())
    digest.update((previous + json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)).encode())
    return digest.finalize().hex()


@pytest.mark.parametrize("exercise", [False, True])
def test_an_auditor_needs_nothing_of_ours(tmp_path: Path, *, exercise: bool):
    engine = database.engine(f"sqlite:///{tmp_path}/desk.db")
    database.upgrade(engine)
    journal = found(engine, "晋城市值守记录", EVENING, exercise=exercise)
    assert verified_by_an_auditor(tmp_path / "desk.db") == 0
    odd = {"文字": '\0\n"\\/\u2028中𠮷', "数": [0.1, -0.0, 1e300, 10**30, True, None]}
    journal.append(
        [Write("事件/1", 0, (Draft("t", 1, odd, EVENING), *drafts(1, 2))), Write("b", 0, drafts(3))], act(name="张\t某")
    )
    journal.append([Write("b", 1, drafts({}))], act())
    journal.close()
    assert verified_by_an_auditor(tmp_path / "desk.db") == 5


def test_a_record_says_for_ever_whether_it_is_an_exercise(tmp_path: Path):
    engine = database.engine(f"sqlite:///{tmp_path}/desk.db")
    database.upgrade(engine)
    journal = found(engine, "drill-1", EVENING, exercise=True)
    assert journal.append([Write("s", 0, drafts(1))], act()).entries[0].exercise
    again = found(engine, "other", EVENING, exercise=True)
    assert (again.id, again.genesis) == ("drill-1", journal.genesis)
    with pytest.raises(JournalError, match="这是演练记录，不能当正式记录用"):
        found(engine, "other", EVENING, exercise=False)
    engine.dispose()
