"""Appends that rest on each other: what rests on one that did not come on record does not come on record either."""

from __future__ import annotations

import threading

import pytest
from records import act, drafts, raises_nothing, row, write
from sqlalchemy import event

from zhishou.errors import JournalError, RepeatedKeyError, StaleError
from zhishou.journal import Draft, Journal, Link, SqlJournal, Write, verify


def linked(journal: Journal, version: int, link: Link, key: str = "", n: int = 0) -> None:
    """Append to the stream `s`, decided on a version of it."""
    journal.append([Write("s", version, drafts(n))], act(key), [row("s")], link)


def test_what_rests_on_an_append_that_came_on_record_comes_on_record(journal: Journal):
    first = Link()
    linked(journal, 0, first)
    second = Link(first)
    linked(journal, 1, second)
    assert (first.made, second.made) == (True, True)
    assert journal.version("s") == 2


def test_a_version_that_fits_by_chance_does_not_help(journal: Journal):
    """The append before was too late, and another server wrote as many entries as it would have."""
    write(journal, "s", 7)
    first = Link()
    with pytest.raises(StaleError):
        linked(journal, 0, first, n=1)
    assert first.settled
    assert not first.made
    second = Link(first)
    with pytest.raises(StaleError):
        linked(journal, 1, second, n=2)
    assert not second.made
    third = Link(second)
    with pytest.raises(StaleError):
        linked(journal, 1, third, n=3)
    assert [entry.payload["n"] for entry in journal.read("s")] == [7]
    linked(journal, 1, Link(), n=4)
    assert verify(journal).good


def test_a_command_that_was_carried_out_before_carries_nothing(journal: Journal):
    linked(journal, 0, Link(), "once")
    again = Link()
    linked(journal, 0, again, "once")
    assert again.settled
    assert not again.made
    with pytest.raises(StaleError):
        linked(journal, 1, Link(again))
    # the retry of what rested on it gets its answer all the same
    linked(journal, 1, Link(), "twice")
    linked(journal, 1, Link(again), "twice")
    assert journal.version("s") == 2


def test_a_link_is_settled_whatever_happens(journal: Journal):
    write(journal, "s", 0)
    journal.append([Write("x", 0, drafts(0))], act("used"))
    links = [Link() for _ in range(3)]
    with pytest.raises(JournalError):
        journal.append([Write("s", 1, (Draft("told", 0, {}, drafts(0)[0].at),))], act(), (), links[0])
    with pytest.raises(StaleError):
        linked(journal, 0, links[1])
    with pytest.raises(RepeatedKeyError):
        journal.append([Write("s", 1, drafts(0))], act("used", digest="other"), (), links[2])
    assert all(link.settled and not link.made for link in links)


def test_what_waits_behind_each_other_is_committed_together(sql_journal: SqlJournal):
    """A chain that gathers while the disk is waited for costs one commit, and one broken link of it breaks what follows."""
    commits: list[int] = []
    held, go = threading.Event(), threading.Event()

    @event.listens_for(sql_journal.engine, "before_cursor_execute")
    def said(_: object, __: object, statement: str, *___: object) -> None:
        if statement.startswith("INSERT INTO entries"):
            commits.append(1)
            if not held.is_set():
                held.set()
                go.wait(20)

    errors: list[BaseException] = []
    entered = threading.Semaphore(0)
    links: list[Link] = []
    threads: list[threading.Thread] = []

    def begin(version: int) -> None:
        link = Link(links[-1] if links else None, entered.release)
        links.append(link)
        work = raises_nothing(lambda: linked(sql_journal, version, link, n=version), errors)
        threads.append(threading.Thread(target=work))
        threads[-1].start()
        assert entered.acquire(timeout=20)

    begin(0)
    assert held.wait(20)
    for version in (1, 2, 3, 9, 10, 4):  # the fifth is stale, and whatever rests on it
        begin(version)
    go.set()
    for thread in threads:
        thread.join(20)
    assert len(commits) == 2
    assert [link.made for link in links] == [True] * 4 + [False] * 3
    assert [type(error) for error in errors] == [StaleError] * 3
    assert [entry.payload["n"] for entry in sql_journal.read("s")] == [0, 1, 2, 3]
    assert verify(sql_journal).good
