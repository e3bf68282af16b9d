"""What is written is read back as the same, and has the shape of the schema, whatever the words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from cap_messages import AT, decided, on_record
from hypothesis import given, settings
from hypothesis import strategies as st

from zhishou import clock
from zhishou.errors import ProblemsError
from zhishou.paper.cap import schema
from zhishou.paper.cap.door import parsed
from zhishou.paper.cap.notices import Notice, Published
from zhishou.paper.cap.reading import read
from zhishou.paper.cap.values import Area, Circle, Info, Named, Resource
from zhishou.paper.cap.writing import moment, written
from zhishou.plan.load import library

HAPPENED = on_record([decided(library().packs["jincheng/gas-winter-2021"], "II")])[0]
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=30).map(
    str.strip
)
WORD = TEXT.filter(bool)
NAME = st.text(st.sampled_from("abcXYZ019-_.:@"), min_size=1, max_size=20)
NAMED = st.lists(st.builds(Named, WORD, TEXT), max_size=2).map(tuple)
TIME = st.integers(-631_000_000, 7_258_000_000).map(lambda at: clock.moment(datetime.fromtimestamp(at, UTC)))
DEGREES = st.integers(-89_999_999, 89_999_999).map(lambda value: value / 1e6)
POINT = st.tuples(DEGREES, DEGREES)
RING = st.lists(POINT, min_size=3, max_size=5).map(lambda points: (*points, points[0]))
AREAS = st.builds(
    Area, WORD, st.lists(RING, max_size=2).map(tuple),
    st.lists(st.builds(Circle, POINT, st.integers(0, 10**6).map(lambda value: value / 1e3)), max_size=2).map(tuple),
    NAMED, st.none() | st.integers(0, 30_000).map(float), st.none() | st.integers(0, 30_000).map(float),
)  # fmt: skip
RESOURCES = st.builds(Resource, WORD, st.just("image/png"), st.none() | st.integers(0, 10**9), st.just(""), TEXT, TEXT)
INFOS = st.builds(
    Info,
    st.lists(st.sampled_from(["Met", "Infra", "CBRNE"]), min_size=1, max_size=2).map(tuple),
    WORD,
    st.sampled_from(["Immediate", "Expected", "Future", "Past", "Unknown"]),
    st.sampled_from(["Extreme", "Severe", "Moderate", "Minor", "Unknown"]),
    st.sampled_from(["Observed", "Likely", "Possible", "Unlikely", "Unknown"]),
    language=st.sampled_from(["zh-CN", "en", "en-US"]),
    response_types=st.lists(st.sampled_from(["Shelter", "AllClear", "None"]), max_size=2).map(tuple),
    audience=TEXT, event_codes=NAMED, effective=st.none() | TIME, onset=st.none() | TIME, expires=st.none() | TIME,
    sender_name=TEXT, headline=TEXT, description=TEXT, instruction=TEXT, contact=TEXT, parameters=NAMED,
    resources=st.lists(RESOURCES, max_size=2).map(tuple), areas=st.lists(AREAS, max_size=2).map(tuple),
)  # fmt: skip
PUBLISHED = st.builds(Published, NAME, NAME, TIME, exercise=st.just(value=False))


@settings(deadline=None)
@given(NAME, NAME, st.lists(INFOS, min_size=1, max_size=2), st.lists(PUBLISHED, max_size=3), TEXT)
def test_round_trip(identifier: str, sender: str, infos: list[Info], follows: list[Published], note: str):
    kind = "Update" if follows else "Alert"
    notice = Notice(HAPPENED, identifier, sender, kind, tuple(infos), tuple(follows), note)
    root = parsed(written(notice))
    assert schema.problems(root) == []
    alert = read(root)
    assert alert.infos == notice.infos
    assert (alert.identifier, alert.sender, alert.sent, alert.note) == (identifier, sender, notice.sent, note)
    assert [(one.identifier, one.sender, one.sent) for one in alert.references] == [
        (one.identifier, one.sender, one.sent) for one in follows
    ]
    assert alert.remarks == ()


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (AT, "2026-12-15T20:30:00+08:00"),
        (datetime(2026, 12, 15, 12, 30, 0, 999, tzinfo=UTC), "2026-12-15T20:30:00+08:00"),
        (datetime(2026, 12, 15, 7, 30, tzinfo=timezone(timedelta(hours=-5))), "2026-12-15T20:30:00+08:00"),
        (datetime(1988, 7, 1, 12, 0, tzinfo=clock.SHANGHAI), "1988-07-01T12:00:00+09:00"),
        (datetime(1890, 1, 1, 8, 5, 43, tzinfo=clock.SHANGHAI), "1890-01-01T00:00:00+00:00"),
    ],
)
def test_times_are_written_as_the_standard_demands(at: datetime, text: str):
    assert moment(at) == text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<scope>Public</scope>", ""),
        ("<status>Actual</status>", "<status>Real</status>"),
        ("<scope>Public</scope>", "<scope>Public</scope><scope>Public</scope>"),
        ("+08:00</sent>", "Z</sent>"),
        ("urn:oasis:names:tc:emergency:cap:1.2", "urn:other"),
    ],
)
def test_the_schema_finds_what_is_amiss(old: str, new: str):
    info = Info(("Met",), "x", "Unknown", "Unknown", "Unknown")
    text = written(Notice(HAPPENED, "a", "b", "Alert", (info,))).decode()
    assert old in text
    schema.check(parsed(text.encode()))
    with pytest.raises(ProblemsError, match="结构") as caught:
        schema.check(parsed(text.replace(old, new).encode()))
    assert caught.value.problems[0].mend
