"""Dates of quiet times that have passed stand on the board of what is late, without anybody asking, until they are seen to."""

from __future__ import annotations

import pytest
from desk.duty_rooms import CBM, Rooms, in_memory
from desk.test_asking_below import passed_up

from zhishou.watch.commands import RecordUpkeep


@pytest.fixture
def rooms() -> Rooms:
    return in_memory()


def items(rooms: Rooms) -> list[tuple[str, str, str]]:
    found = [row for row in rooms.desk.duties(["jincheng", "qinshui"]) if row.key.startswith("upkeep/")]
    return sorted((one["plan"], one["label"], one["due"]) for row in found for one in (row.data or {})["items"])


def test_what_is_overdue_is_on_the_board_in_one_line_until_it_is_done(rooms: Rooms) -> None:
    overdue = [one for one in rooms.desk.upkeep("jincheng") if one.status == "overdue"]
    assert sorted((one.plan, one.label, str(one.due)) for one in overdue) == items(rooms) != []
    revision = next(one for one in overdue if (one.plan, one.kind) == (CBM, "revision"))
    done = RecordUpkeep(
        plan=CBM, obligations=(revision.id,), done=rooms.at.date(), by="市应急管理局", note="已修订并印发"
    )  # fmt: skip
    rooms.desk.keep("jincheng", done, rooms.actor("city"), key="done")
    assert (CBM, revision.label) not in {one[:2] for one in items(rooms)}
    assert len(items(rooms)) == len(overdue) - 1


def test_the_line_has_its_place_among_the_others_page_by_page(rooms: Rooms) -> None:
    passed_up(rooms)
    rooms.later(120)
    rooms.desk.tick()
    areas = ["jincheng", "qinshui"]
    whole = rooms.desk.duties(areas)
    assert whole[0].key == "upkeep/jincheng", "a duty room whose plans owe nothing has no line"
    found: list[str] = []
    after = ""
    while page := rooms.desk.duties(areas, limit=1, after=after):
        found += [row.key for row in page]
        after = page[-1].place
    assert found == [row.key for row in whole]
    assert not [row for row in rooms.desk.duties(areas, ("running",)) if row.key.startswith("upkeep/")]
    assert rooms.desk.duties(areas, before=whole[0].due) == ()
