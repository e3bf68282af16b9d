"""Random nights with the call-out at work: no command goes otherwise than without it, and every board can be made anew."""

from __future__ import annotations

import pytest
from calling_rooms import CODES, KINDS, Book
from nights import EVENING, LANES, MACHINE, RULES, carry, night, open_files
from soundness import streams, unsound

from zhishou.callout.calls import STREAMS
from zhishou.callout.channels.contract import Outcome
from zhishou.callout.sending.contract import Handed
from zhishou.desk import Desk
from zhishou.journal import MemoryJournal
from zhishou.plan.load import Library


@pytest.mark.parametrize("seed", range(3))
def test_commands_go_as_they_go_without_it(packs: Library, seed: int):
    told = night(packs, seed, LANES, 40)
    journal = MemoryJournal("night", EVENING, exercise=False)
    now = EVENING
    desk = Desk(journal, packs, machine=MACHINE, now=lambda: now, rules=RULES)
    out = desk.connect(Book(), CODES, lambda _matter, _at: KINDS)
    open_files(desk, LANES)
    for phase in told.phases:
        now = phase.at
        for step in (step for lane in phase.lanes for step in lane):
            assert carry(desk, step) == told.outcomes[step.key]
        desk.tick()
        out.round(now)
        lines = out.outbox.waiting(None, 500)
        ready = out.outbox.ready(lines, now)
        out.outbox.handed([Handed(one.line, Outcome("accepted"), now) for one in ready if one.outgoing is not None])
    is_, was = streams(journal), streams(told.journal)
    assert {name: is_[name] for name in was} == was
    assert sum(name.startswith(STREAMS) for name in is_) > 50
    assert unsound(desk) == []
