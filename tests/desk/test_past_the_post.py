"""Ways past a post, a plan or a duty room between: each is refused, or comes out as it should have."""

from __future__ import annotations

import pytest
from desk.duty_rooms import Rooms, in_memory
from desk.test_desk import WELL

from zhishou.errors import RefusedError
from zhishou.incident.aftermath import CloseIncident
from zhishou.incident.opening import ReopenIncident
from zhishou.incident.reports import ReceiveReport, RefuteReport
from zhishou.watch.commands import AppointToPost


@pytest.fixture
def rooms() -> Rooms:
    return in_memory()


def appoint(rooms: Rooms, person: str, post: str) -> None:
    wish = AppointToPost(post=post, person=person, person_name=person, basis="任职文件")
    rooms.desk.keep("jincheng", wish, rooms.desk.actor("admin-jincheng", "管理员"), key=rooms.key())


@pytest.mark.parametrize("closed_first", [True, False])
def test_an_incident_whose_reports_were_all_untrue_is_opened_again_by_a_new_report_alone(
    rooms: Rooms, *, closed_first: bool
) -> None:
    incident = rooms.open("city", WELL).incident
    steps = [CloseIncident(reason="已处置"), RefuteReport(report="r1", reason="现场没有井喷")]
    for step in steps if closed_first else steps[::-1]:
        rooms.give(incident, "city", step)
    with pytest.raises(RefusedError, match="都核实不属实") as refused:
        rooms.give(incident, "city", ReopenIncident(reason="再看看"))
    assert "接报" in refused.value.mend
    rooms.give(incident, "city", ReceiveReport(sender="某煤层气公司", text="复燃"))
    rooms.give(incident, "city", ReopenIncident(reason="复燃"))
    assert rooms.desk.incident(incident).status == "open"
