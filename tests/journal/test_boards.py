"""The contract of boards and snapshots: what is kept beside the record and can be made anew from it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from records import EVENING, act, row, write
from sqlalchemy import Connection

from zhishou.errors import JournalError
from zhishou.journal import Entry, Journal, Row, Snapshot, SqlJournal, boards
from zhishou.journal.writing import Ready


def test_lines_are_put_changed_and_taken_off_with_the_append(journal: Journal):
    write(journal, "s", 1, rows=(row("a"), row("b", state="closed")))
    write(journal, "s", 2, rows=(row("a", area="gaoping", data={"n": 2}), row("b", data=None), row("none", data=None)))
    assert journal.rows("b") == (row("a", area="gaoping", data={"n": 2}),)
    assert journal.rows("other") == ()


def test_of_lines_with_one_place_the_last_counts(journal: Journal):
    write(journal, "s", 1, rows=(row("a"), row("a", data=None), row("a", state="last"), row("c"), row("c", data=None)))
    assert [(line.key, line.state) for line in journal.rows("b")] == [("a", "last")]


def test_lines_come_by_due_then_key_those_without_due_last(journal: Journal):
    dues = {"d": EVENING, "c": None, "b": EVENING + timedelta(microseconds=1), "a": None, "B": EVENING}
    write(journal, "s", 1, rows=tuple(row(key, due=due) for key, due in dues.items()))
    assert [line.key for line in journal.rows("b")] == ["B", "d", "b", "a", "c"]
    assert {line.key: line.due for line in journal.rows("b")} == dues


def test_pages_go_on_where_the_last_ended_though_its_line_is_gone(journal: Journal):
    keys = [f"k{number}" for number in range(5)]
    write(journal, "s", 1, rows=tuple(row(key, due=None if key > "k2" else EVENING) for key in keys))
    seen: list[str] = []
    after = ""
    while page := journal.rows("b", limit=2, after=after):
        seen += [line.key for line in page]
        after = page[-1].place
        write(journal, "s", 1, rows=(row(page[-1].key, data=None),))
    assert seen == keys


@pytest.mark.parametrize("after", ["k1", "x|k1", f"{10**30}|k"])
def test_a_mark_that_is_no_line_is_told(journal: Journal, after: str):
    with pytest.raises(JournalError, match="翻页标记"):
        journal.rows("b", after=after)


LINES = st.builds(
    row,
    st.sampled_from(["a", "b", "乙", "d|e"]),
    area=st.sampled_from(["x", "y", ""]),
    state=st.sampled_from(["open", "closed"]),
    due=st.sampled_from([None, *(EVENING + timedelta(minutes=m) for m in (-1, 0, 1))]),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(LINES, max_size=6),
    st.fixed_dictionaries(
        {},
        optional={
            "areas": st.sets(st.sampled_from(["x", "y", "z"])),
            "states": st.lists(st.sampled_from(["open", "closed"])),
            "due_before": st.sampled_from([EVENING, EVENING + timedelta(minutes=5)]),
            "key": st.sampled_from(["a", "d|e"]),
        },
    ),
    st.integers(1, 4),
)
def test_what_is_asked_of_a_board_is_what_a_plain_list_would_give(
    journal: Journal, lines: list[Row], only: dict, limit: int
):
    journal.clear()
    write(journal, "s", 1, rows=tuple(lines))
    board = {line.key: line for line in lines}.values()
    wanted = sorted(
        (
            line
            for line in board
            if line.area in only.get("areas", [line.area])
            and line.state in only.get("states", [line.state])
            and ("due_before" not in only or (line.due is not None and line.due < only["due_before"]))
            and only.get("key", line.key) == line.key
        ),
        key=lambda line: (line.due is None, line.due or EVENING, line.key),
    )
    assert journal.count("b", **only) == len(wanted)
    seen: list[Row] = []
    while page := journal.rows("b", limit=limit, after=seen[-1].place if seen else "", **only):
        assert len(page) <= limit
        seen += page
    assert seen == wanted


def _numbered(entries: Iterable[Entry]) -> Iterable[Row]:
    for entry in entries:
        number = entry.payload["n"]
        yield row(f"k{number % 3}", data={"last": number, "at": entry.position})
        yield row(f"c{number % 3}", board="c")
        if number % 5 == 0:
            yield row(f"k{number % 3}", data=None)


def test_boards_are_made_anew_from_the_first_entry(journal: Journal):
    for number in range(1, 12):
        write(journal, "s", number, rows=(row("stale"), row("kept", board="d")))
    told: list[tuple[int, int]] = []
    journal.rebuild(_numbered, lambda *done: told.append(done), {"b"})
    assert {line.key: line.data for line in journal.rows("b")} == {
        "k0": {"last": 9, "at": 9}, "k2": {"last": 11, "at": 11},
    }  # fmt: skip
    assert journal.rows("c") == ()
    assert [line.key for line in journal.rows("d")] == ["kept"]
    assert told[-1] == (11, 11)
    assert told == sorted(told)


def test_a_rebuild_holds_few_entries_and_lines_at_a_time(sql_journal: SqlJournal, monkeypatch: pytest.MonkeyPatch):
    """However long the record, no more than a page of lines waits to be written, and no more than a page is read ahead."""
    write(sql_journal, "s", *range(40))
    monkeypatch.setattr(boards, "PAGE", 4)
    given_, written = [0], [0]
    put = boards.put

    def counted(connection: Connection, rows: Collection[Ready]) -> None:
        written[0] += len(rows)
        put(connection, rows)

    def lines(entries: Iterable[Entry]) -> Iterable[Row]:
        for entry in entries:
            assert given_[0] - written[0] <= 4
            given_[0] += 1
            yield row(f"{entry.version}")

    monkeypatch.setattr(boards, "put", counted)
    told: list[tuple[int, int]] = []
    sql_journal.rebuild(lines, lambda *done: told.append(done), {"b"})
    assert sql_journal.count("b") == written[0] == 40
    assert told == [(done, 40) for done in range(0, 41, 4)]


def test_a_rebuild_that_fails_leaves_the_old_boards(journal: Journal):
    write(journal, "s", 1, 2, rows=(row("old"),))

    def fails(entries: Iterable[Entry]) -> Iterable[Row]:
        for entry in entries:
            yield row("new")
            if entry.payload["n"] == 2:
                raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        journal.rebuild(fails, lambda _, __: None, {"b"})
    assert [line.key for line in journal.rows("b")] == ["old"]
    assert not journal.append([], act(), [row("next")]).repeated


def test_a_snapshot_is_kept_and_used_only_by_the_code_that_made_it(journal: Journal):
    write(journal, "s", 1, 2)
    assert journal.snapshot("s") is None
    kept = Snapshot("s", 2, "fold-1", {"n": [1, 2]})
    journal.keep(kept)
    assert journal.snapshot("s") == journal.snapshot("s", "fold-1") == kept
    assert journal.snapshot("s", "fold-2") is None
    journal.keep(Snapshot("s", 1, "fold-2", {}))
    assert journal.snapshot("s", "fold-2") == Snapshot("s", 1, "fold-2", {})


def test_an_older_snapshot_and_one_ahead_of_its_stream_are_not_kept(journal: Journal):
    write(journal, "s", 1, 2)
    journal.keep(Snapshot("s", 2, "f", {"v": 2}))
    journal.keep(Snapshot("s", 1, "f", {"v": 1}))
    journal.keep(Snapshot("s", 3, "f", {"v": 3}))
    journal.keep(Snapshot("none", 1, "f", {}))
    assert journal.snapshot("s") == Snapshot("s", 2, "f", {"v": 2})
    assert journal.snapshot("none") is None


def test_snapshots_are_listed_and_go_when_boards_are_made_anew(journal: Journal):
    for stream in ("a", "b", "c"):
        write(journal, stream, 1)
        journal.keep(Snapshot(stream, 1, "f", {}))
    assert journal.snapshotted() == ("a", "b", "c")
    assert journal.snapshotted("a", 1) == ("b",)
    journal.rebuild(_numbered, lambda *_: None, {"b"})
    assert journal.snapshotted() == ()


def test_clear_drops_what_can_be_made_anew_and_nothing_else(journal: Journal):
    write(journal, "s", 1, rows=(row("a"),))
    journal.keep(Snapshot("s", 1, "f", {}))
    head = journal.head()
    journal.clear()
    assert (journal.rows("b"), journal.snapshot("s"), journal.head()) == ((), None, head)
    assert len(journal.read("s")) == 1


def test_boards_are_made_from_whole_streams_in_order(journal: Journal):
    """Whoever folds a stream needs its entries together, however they came in between."""
    for number in range(1, 7):
        write(journal, f"s{number % 2}", number)
    seen: list[tuple[str, int]] = []

    def lines(entries: Iterable[Entry]) -> Iterable[Row]:
        for entry in entries:
            seen.append((entry.stream, entry.version))
            yield row(entry.stream)

    journal.rebuild(lines, lambda _, __: None, {"b"})
    assert seen == [(stream, version) for stream in ("s0", "s1") for version in (1, 2, 3)]
