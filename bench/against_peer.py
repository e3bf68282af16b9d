"""The same four-row table in zen-engine and here: what a decision with reasons costs, and what each answers."""

from __future__ import annotations

from typing import Any

from peer import Peer
from plans import FOUR_ROWS, four_row_plan, four_row_table
from plans import decision as table_of
from reading import decision, everything
from timing import Row, Subject, beside, duration

from zhishou import clock
from zhishou.assess import assess, situation
from zhishou.assess.result import LadderAssessment

AT = clock.moment("2026-01-15T20:00")
ASKED = {
    "overlap: 20 %, in rows I and II": 20.0,
    "hole: 9 %, between rows III and II": 9.0,
    "below every row: 1 %": 1.0,
    "missing": None,
}


def measure() -> Subject:
    """Times for one decision, and the answers side by side."""
    plan, peer = four_row_plan(), Peer(four_row_table())
    given = {"gap_0": 12.5}
    found = situation({"facts": given}, plan.lexicon)
    traced, plain, ours, whole, read = beside(
        lambda: peer.traced(given),
        lambda: peer.one(given),
        lambda: decision(assess(plan, found, AT)),
        lambda: everything(assess(plan, found, AT)),
        lambda: decision(assess(plan, situation({"facts": given}, plan.lexicon), AT)),
        runs=15,
        times=100,
    )
    return Subject(
        "Four rows on one number, one decision",
        [
            Row("zen-engine, with trace", duration(traced)),
            Row("zen-engine, without", duration(plain)),
            Row("assess, level and reasons", duration(ours), "≤ zen", f"{ours / traced:.2g} × zen with trace"),
            Row(
                "the same, reading and checking the facts too",
                duration(read),
                note=f"{read / traced:.2g} × zen with trace",
            ),
            Row(
                "assess, everything read: every condition, openings, margins, holes",
                duration(whole),
                note=f"{whole / traced:.2g} × zen with trace, which tells none of these",
            ),
        ],
        _answers(plan, peer),
    )


def _answers(plan: Any, peer: Peer) -> str:
    collecting = Peer(table_of(["gap_0"], [([cell], level) for level, _, cell in FOUR_ROWS], hit="collect"))
    lines = [
        "What each answers:",
        "",
        "| asked | zen-engine, `first` | zen-engine, `collect` | here |",
        "|---|---|---|---|",
    ]
    for words, value in ASKED.items():
        given = {} if value is None else {"gap_0": value}
        ladder = assess(plan, situation({"facts": given}, plan.lexicon), AT).ladder("response")
        assert ladder is not None
        lines.append(f"| {words} | `{peer.one(given)}` | `{collecting.one(given)}` | {_said(ladder)} |")
    return "\n".join(lines)


def _said(ladder: LadderAssessment) -> str:
    said = [f"{ladder.level or 'no level'}, `{ladder.verdict}`"]
    said += [one.text for one in ladder.ambiguities]
    said += [one.text for one in ladder.gaps]
    if ladder.raises:
        said.append("could be raised by: " + "; ".join(need.text for one in ladder.raises for need in one.needs))
    return "; ".join(said)
