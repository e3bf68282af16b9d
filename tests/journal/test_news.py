"""What is new of several streams at once is what reading each of them after its version gives."""

from __future__ import annotations

from records import act, drafts

from zhishou.journal import Journal, Write


def test_news_is_what_reading_each_stream_gives(journal: Journal):
    for number, stream in enumerate(("a", "b", "a", "c", "a", "b")):
        write = Write(stream, journal.version(stream), drafts(1, 2))
        journal.append((write,), act(f"c{number}"))
    known = {"a": 3, "b": 0, "c": 2, "d": 0}
    news = journal.news(known)
    assert news == {stream: journal.read(stream, after) for stream, after in known.items() if stream in {"a", "b"}}
    assert [entry.version for entry in news["a"]] == [4, 5, 6]
    assert journal.news({}) == {}
