"""The contract of appending and reading, line by line, on every store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from records import EVENING, act, drafts, row, write

from zhishou.clock import SHANGHAI
from zhishou.errors import JournalError, RepeatedKeyError, StaleError
from zhishou.journal import Draft, Entry, Head, Journal, Write


def test_an_empty_record_stands_at_its_first_line(journal: Journal):
    assert journal.head() == Head(0, journal.genesis, None)
    assert journal.read("none") == journal.since(0) == journal.streams() == journal.of_command("none") == ()
    assert journal.version("none") == 0
    assert journal.damage() == ""
    assert not journal.exercise
    assert journal.id == "record-1"


def test_what_is_written_is_read_back_with_who_when_and_where(journal: Journal):
    payload = {"what": "管线破裂", "lost": 7.25, "dead": 0, "known": None, "urgent": True, "units": ["a", {"b": []}]}
    draft = Draft("report_received", 3, payload, EVENING - timedelta(minutes=5))
    made = journal.append([Write("incident/1", 0, (draft,))], act("c1", post="jincheng:duty_officer")).entries
    (entry,) = made
    assert entry == Entry(
        1, "incident/1", 1, "report_received", 3, payload, EVENING - timedelta(minutes=5), EVENING, "p7", "张某",
        "jincheng:duty_officer", "10.0.0.7", "c1", exercise=False, previous=journal.genesis, seal=entry.seal,
    )  # fmt: skip
    assert journal.read("incident/1") == journal.since(0) == journal.of_command("c1") == made
    assert entry.at.tzinfo is SHANGHAI
    assert journal.head() == Head(1, entry.seal, EVENING)


def test_what_the_caller_does_to_his_payload_afterwards_changes_nothing(journal: Journal):
    payload: dict[str, list[int]] = {"list": [1]}
    entry = journal.append([Write("s", 0, (Draft("t", 1, payload, EVENING),))], act()).entries[0]
    payload["list"].append(2)
    entry.payload["list"].append(3)
    assert journal.read("s")[0].payload == {"list": [1]}


def test_moments_of_any_zone_come_back_in_shanghai_to_the_microsecond(journal: Journal):
    at = datetime(2026, 12, 31, 16, 0, 0, 1, tzinfo=UTC)
    entry = journal.append([Write("s", 0, (Draft("t", 1, {}, at),))], act(recorded=at)).entries[0]
    assert entry.at == entry.recorded == at
    assert (entry.at.year, entry.at.tzinfo) == (2027, SHANGHAI)
    assert journal.read("s")[0] == entry


def test_positions_and_versions_have_no_holes_and_each_seal_holds_the_one_before(journal: Journal):
    for number in range(7):
        write(journal, f"s{number % 3}", *range(number))
    entries = journal.since(0)
    assert [entry.position for entry in entries] == list(range(1, 22))
    assert [entry.previous for entry in entries] == [journal.genesis, *(entry.seal for entry in entries[:-1])]
    for stream, version in journal.streams():
        assert [entry.version for entry in journal.read(stream)] == list(range(1, version + 1))
    assert sum(version for _, version in journal.streams()) == 21
    assert sorted(journal.places()) == list(journal.places())
    assert {(entry.stream, entry.version, entry.position) for entry in entries} == set(journal.places())


def test_several_streams_are_written_in_the_order_given(journal: Journal):
    made = journal.append([Write("b", 0, drafts(1, 2)), Write("a", 0, drafts(3))], act()).entries
    assert [(entry.stream, entry.version, entry.payload["n"]) for entry in made] == [
        ("b", 1, 1),
        ("b", 2, 2),
        ("a", 1, 3),
    ]


@pytest.mark.parametrize("expected", [0, 1, 3])
def test_a_stream_that_moved_on_refuses(journal: Journal, expected: int):
    write(journal, "s", 1, 2)
    with pytest.raises(StaleError) as raised:
        journal.append([Write("s", expected, drafts(3))], act("late"))
    assert (raised.value.stream, raised.value.expected, raised.value.actual) == ("s", expected, 2)
    assert raised.value.mend
    assert journal.head().position == 2
    # Refused is not carried out: the same key may come again, decided anew.
    assert not journal.append([Write("s", 2, drafts(3))], act("late")).repeated


def test_one_stale_stream_of_several_writes_nothing_at_all(journal: Journal):
    write(journal, "second", 1)
    before = journal.head()
    with pytest.raises(StaleError):
        journal.append([Write("first", 0, drafts(1)), Write("second", 0, drafts(2))], act("c"), [row("k")])
    assert journal.head() == before
    assert (journal.version("first"), journal.rows("b"), journal.of_command("c")) == (0, (), ())
    assert write(journal, "first", 9).entries[0].previous == before.seal


def test_a_command_may_rest_on_a_stream_that_it_does_not_write(journal: Journal):
    write(journal, "roster", 1)
    journal.append([Write("roster", 1), Write("s", 0, drafts(1))], act())
    with pytest.raises(StaleError):
        journal.append([Write("roster", 0), Write("s", 1, drafts(2))], act())
    assert (journal.version("roster"), journal.version("s")) == (1, 1)


def test_a_command_sent_again_gives_the_entries_it_made_and_writes_nothing(journal: Journal):
    first = journal.append([Write("s", 0, drafts(1, 2))], act("c"), [row("k")])
    write(journal, "s", 3, rows=(row("k", state="closed"),))
    head = journal.head()
    again = journal.append([Write("s", 0, drafts(1, 2))], act("c", machine="elsewhere"), [row("k")])
    assert again.repeated
    assert not first.repeated
    assert again.entries == first.entries == journal.of_command("c")
    assert journal.head() == head
    assert journal.rows("b")[0].state == "closed"


def test_a_command_that_made_nothing_is_known_all_the_same(journal: Journal):
    assert journal.append([], act("c"), [row("k")]) == journal.append([Write("s", 0)], act("c2"))
    assert journal.append([Write("s", 5, drafts(1))], act("c")).repeated
    assert journal.head().position == 0


def test_a_key_used_for_another_content_is_refused(journal: Journal):
    journal.append([Write("s", 0, drafts(1))], act("c"))
    with pytest.raises(RepeatedKeyError, match="内容不同") as raised:
        journal.append([Write("s", 1, drafts(2))], act("c", digest="d2"))
    assert raised.value.where == "c"
    assert journal.version("s") == 1


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ({"a": float("nan")}, "JSON"), ({"a": float("inf")}, "JSON"), ({"a": (1, 2)}, "元组"), ({1: "a"}, "键只用文字"),
        ({"a": EVENING}, "JSON"), ({"a": "\ud800"}, "JSON"), ({"a": {1, 2}}, "JSON"), ({"a": 10**5000}, "JSON"),
    ],
)  # fmt: skip
def test_what_json_cannot_hold_is_refused_before_anything_is_written(journal: Journal, payload: dict, words: str):
    with pytest.raises(JournalError, match=words) as raised:
        journal.append([Write("s", 0, (Draft("t", 1, payload, EVENING),))], act())
    assert raised.value.mend
    with pytest.raises(JournalError, match=words):
        journal.append([], act(), [row("k", data=payload)])
    assert journal.head().position == 0


@pytest.mark.parametrize(
    "payload", [{"a": '\0\n"\\\u2028中𠮷'}, {"": {}}, {"a": -0.0, "b": 1e300, "c": 10**30, "d": 0.1}]
)
def test_odd_but_lawful_payloads_come_back_as_they_were(journal: Journal, payload: dict):
    journal.append([Write("s", 0, (Draft("t", 1, payload, EVENING),))], act(), [row("k", data=payload)])
    assert repr(journal.read("s")[0].payload) == repr(payload)
    assert repr(journal.rows("b")[0].data) == repr(payload)


def test_names_that_cannot_be_kept_are_refused(journal: Journal):
    naive = datetime(2026, 12, 15)  # noqa: DTZ001 - that is the point
    for writes, given in [
        ([Write("", 0, drafts(1))], act()), ([Write("a\nb", 0, drafts(1))], act()), ([Write("s", -1, drafts(1))], act()),
        ([Write("s", 0, drafts(1)), Write("s", 1, drafts(2))], act()), ([], act(name="a\0b")), ([], act("\x01")),
        ([Write("s", 0, (Draft("", 1, {}, EVENING),))], act()), ([Write("s", 0, (Draft("t", 0, {}, EVENING),))], act()),
        ([Write("s", 0, (Draft("t", 2**31, {}, EVENING),))], act()), ([Write("s", 0, (Draft("t", 1, {}, naive),))], act()),
        ([], act(recorded=naive)),
    ]:  # fmt: skip
        with pytest.raises(JournalError):
            journal.append(writes, given)
    for bad in (row("\0"), row("k", board=""), row("k", due=naive), row("k", area="\ud800")):
        with pytest.raises(JournalError):
            journal.append([], act(), [bad])
    assert journal.head().position == 0


def test_reading_on_from_a_place(journal: Journal):
    for number in range(10):
        write(journal, "even" if number % 2 == 0 else "odd", number)
    assert [entry.position for entry in journal.since(4, limit=3)] == [5, 6, 7]
    assert [entry.position for entry in journal.since(4, limit=2, stream="odd")] == [6, 8]
    assert [entry.payload["n"] for entry in journal.read("even", after=3)] == [6, 8]
    assert journal.since(10) == journal.read("odd", after=5) == ()


def test_streams_by_name(journal: Journal):
    names = [
        "incident/2",
        "incident/10",
        "incident",
        "incident/",
        "Incident/1",
        "incidenu",
        "事件/1",
        "事件/2",
        "incident%",
    ]
    for name in names:
        write(journal, name, 1)
    assert [stream for stream, _ in journal.streams()] == sorted(names)
    assert [stream for stream, _ in journal.streams("incident/")] == ["incident/", "incident/10", "incident/2"]
    assert [stream for stream, _ in journal.streams("incident/", after="incident/10")] == ["incident/2"]
    assert [stream for stream, _ in journal.streams("事件", limit=1)] == ["事件/1"]
    write(journal, "事件/2", 2)
    assert journal.under(["incident/1", "事件/", "none"]) == {"incident/10": 1, "事件/1": 1, "事件/2": 2}
    assert journal.under([]) == {}
    assert journal.under([f"{number}/" for number in range(600)] + ["Incident"]) == {"Incident/1": 1}
