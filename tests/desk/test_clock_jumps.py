"""Deadlines under a clock that jumps, goes back, is restarted or shows another zone: the same ones fire, each once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st
from nights import LANES, MACHINE, RULES, night
from soundness import fired, unsound

from zhishou.clock import SHANGHAI, moment
from zhishou.desk import Desk
from zhishou.journal import Journal
from zhishou.plan.load import Library, library

QUIET = 30 * 60
"""Minutes in which nobody gives a command: enough for reports every one, two or three hours to be owed many times."""
ZONES: tuple[tzinfo, ...] = (SHANGHAI, UTC, ZoneInfo("America/New_York"), timezone(timedelta(hours=-12)))
SEEDS = (17, 26)


def after_an_evening(packs: Library, seed: int, readings: Iterable[tuple[float, tzinfo, bool]]) -> tuple[Journal, Desk]:
    """The record of an evening, then of a clock that shows these readings: minutes after it, zone, restart before it."""
    told = night(packs, seed, LANES[:2], 25)
    since = told.phases[-1].at
    now = since

    def opened() -> Desk:
        return Desk(told.journal, packs, machine=MACHINE, now=lambda: now, rules=RULES)

    desk = opened()
    for minutes, zone, restart in readings:
        now = (since + timedelta(minutes=minutes)).astimezone(zone)
        if restart:
            desk = opened()
        desk.tick()
    return told.journal, desk


STEADY = [(float(minutes), SHANGHAI, False) for minutes in range(0, QUIET + 1, 10)]
READINGS = st.lists(
    st.tuples(st.floats(-12 * 60, QUIET, allow_nan=False).map(lambda one: round(one, 3)), st.sampled_from(ZONES), st.booleans()),
    max_size=12,
)  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(seed=st.sampled_from(SEEDS), readings=READINGS)
@example(
    seed=17, readings=[(QUIET, SHANGHAI, False), (-600, SHANGHAI, True), (0, SHANGHAI, True)]
)  # far ahead, and back
@example(seed=17, readings=[])  # no power for a day and more
def test_a_jumping_clock_fires_what_a_steady_one_fires(
    packs: Library, seed: int, readings: list[tuple[float, tzinfo, bool]]
):
    jumping, desk = after_an_evening(packs, seed, [*readings, (QUIET, SHANGHAI, True)])
    assert fired(jumping) == _steady(seed)
    assert set(fired(jumping).values()) == {1}
    assert unsound(desk) == []


@cache
def _steady(seed: int) -> Counter[tuple[str, str, int, str]]:
    return fired(after_an_evening(library(), seed, STEADY)[0])


def test_the_evening_holds_reports_that_recur_across_the_years_end():
    """What the test above rests on."""
    steady = _steady(SEEDS[0])
    rounds = [number for _, _, number, _ in steady]
    years = {due[:4] for _, _, _, due in steady}
    assert max(rounds) >= 5
    assert years == {"2026", "2027"}


def test_nothing_fires_before_its_time(packs: Library):
    journal, _ = after_an_evening(packs, SEEDS[0], STEADY)
    for one in journal.since(0, 100_000):
        if one.type == "duty_missed":
            assert moment(one.payload["due"]) <= one.at


def test_an_hour_that_clocks_elsewhere_skip_is_an_hour_here(packs: Library):
    """America springs forward on 14 March 2027 at 07:00 UTC; a report owed every hour stays one owed every hour."""
    told = night(packs, SEEDS[0], LANES[:2], 25)
    days = [datetime(2027, 3, day, tzinfo=ZoneInfo("America/New_York")) for day in (12, 13, 14, 15)]
    for at in days:  # the first look tells months at once, as a number
        desk = Desk(told.journal, packs, machine=MACHINE, now=lambda at=at: at, rules=RULES)
        desk.tick()
    spans: set[timedelta] = set()
    rounds: dict[tuple[str, str], list[datetime]] = {}
    for stream, duty, _, due in fired(told.journal):
        if moment(due) > days[0]:
            rounds.setdefault((stream, duty), []).append(moment(due))
    for (stream, duty), dues in rounds.items():
        if every := desk.incident(stream.removeprefix("incident/")).duties[duty].every:
            assert {later - earlier for earlier, later in pairwise(sorted(dues))} <= {timedelta(minutes=every)}
            assert max(dues) <= at < max(dues) + timedelta(minutes=every)
            spans.add(timedelta(minutes=every))
    assert spans
