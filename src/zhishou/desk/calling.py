"""Rounds of calling: whatever is due is called, the more severe first; what was due while nobody ran is called at once.

Everything a round does follows from the record, so a round may break off anywhere, run on several servers, or come late.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from threading import Lock

import structlog

from zhishou.acts import Event
from zhishou.callout.boards import CALLS, URGENCIES
from zhishou.callout.calls import Call
from zhishou.callout.gaps import coming
from zhishou.callout.matters import Matter
from zhishou.callout.roll import Roll
from zhishou.callout.standing import Standing, standing_of
from zhishou.callout.steps import Asked, ended, follows
from zhishou.callout.whom import Book, Callees, Reach, Ways, callees, reach
from zhishou.desk.by_itself import EVEN
from zhishou.desk.calls import Calls, Turn
from zhishou.desk.gap_calls import GapCalls
from zhishou.desk.keeping import Keeping
from zhishou.desk.kinds import incident_stream, watch_stream
from zhishou.desk.manners import Kinds, Quiet
from zhishou.desk.rooms import Rooms
from zhishou.errors import DatabaseError
from zhishou.incident.state import Incident
from zhishou.journal import Row
from zhishou.projections import DUTIES, RUNNING
from zhishou.watch.state import State

BATCH = 100
"""Calls carried on together. More severe ones are looked for after each batch."""
MOST = 200
"""Calls carried on after which a round ends."""
AHEAD = timedelta(seconds=30)
"""How far two machines' clocks may stand apart."""
OFTEN = timedelta(seconds=5)
"""How often coming deadlines are looked for."""


class Calling:
    """Rounds of calling over one record.

    Args:
        keeping: the incidents.
        rooms: the duty rooms.
        calls: the calls.
        book: the contact book.
        kinds: which channels may be used.
        quiet: which of them are quiet.
    """

    def __init__(
        self, keeping: Keeping, rooms: Rooms, calls: Calls, book: Book, kinds: Kinds, quiet: Quiet
    ) -> None:  # fmt: skip
        self._keeping, self._rooms, self.calls, self._book, self._kinds = keeping, rooms, calls, book, kinds
        self._quiet = quiet
        calls.follow = GapCalls(calls, keeping.library)
        self._exercise = keeping.journal.exercise
        self._touched: set[str] = set()
        self._looked: datetime | None = None
        self._lock = Lock()

    def touch(self, incident: str) -> None:
        """Something was done in an incident: who is still called for it need not be."""
        with self._lock:
            self._touched.add(incident)

    def round(self, now: datetime) -> int:
        """Carry on what is due; how many calls were carried on, opened or ended. There may be more: ask again until it is 0.

        A round ends after a while, so that the next, of a later moment, finds what has become due meanwhile and is more severe.
        """
        done = self.settle(now)
        if self._looked is None or not timedelta() <= now - self._looked < OFTEN:
            self._looked = now
            done += self._coming(now)
        seen: set[str] = set()
        while done < MOST and (batch := self._due(now, seen)):
            seen |= {row.key for row in batch}
            done += self._carry(batch, now)
        return done

    def _due(self, now: datetime, seen: set[str]) -> list[Row]:
        """The next batch, of the most urgent that are due."""
        for urgency in URGENCIES:
            last = ""
            while page := self._keeping.journal.rows(
                CALLS, states=(urgency,), due_before=now + EVEN, limit=BATCH, after=last
            ):
                found = [row for row in page if row.key not in seen]
                if found:
                    return found
                last = page[-1].place
        return []

    def lost(self, now: datetime) -> int:
        """Carry on calls that wait for a moment which a clock set wrongly gave them: asked in what is now the future.

        To be asked when a server starts and when its clock has been set back.
        """
        last, done = "", 0
        while page := self._keeping.journal.rows(CALLS, limit=BATCH, after=last):
            last = page[-1].place
            ahead = [row for row in page if row.data and datetime.fromisoformat(row.data["asked"]) > now + AHEAD]
            done += self._carry([row for row in ahead if row.due is not None and row.due > now], now) if ahead else 0
        return done

    def _carry(self, rows: Sequence[Row], now: datetime) -> int:
        found = self.calls.get_all(row.key for row in rows)
        return self.recorded(self._decided(list(found.values()), now), now)

    def recorded(self, turns: Sequence[Turn], now: datetime) -> int:
        """Record what was decided on calls, with the reports that follow; how many. Of one that somebody else wrote to, none."""
        if not turns:
            return 0
        if self.calls.record(turns, now):
            return len(turns)
        if len(turns) == 1:
            return 0  # somebody else wrote; the next round looks again
        return sum(self.recorded((turn,), now) for turn in turns)

    # Deciding

    def _decided(self, found: Sequence[Call], now: datetime) -> list[Turn]:
        open_ = [call for call in found if call.open and call.matter is not None]
        incidents = self.incidents(open_)
        rooms = self.rooms()
        of = self.calls.get_all(call.matter.of for call in open_ if call.matter and call.matter.of)
        turns: list[Turn] = []
        reaches = self.reaches(
            [call.matter for call in open_ if call.matter], Roll(rooms, now, self._keeping.library.lexicon), now
        )
        for call, who in zip(open_, reaches, strict=True):
            assert call.matter is not None  # noqa: S101 - looked at above
            standing = self.standing(call.matter, incidents, rooms)
            rule = self.calls.policy.rule(call.matter)
            quiet = self._quiet(call.matter, now)
            events = follows(Asked(call, now, rule, standing, who, of.get(call.matter.of), quiet))
            if events:
                turns.append(Turn(call, events))
        return turns

    def reaches(self, matters: Sequence[Matter], roll: Roll, now: datetime) -> Iterator[Reach]:
        """Who would be called for matters at a moment, in their order; the contact book is asked once."""
        people: list[Callees] = [callees(matter.party, roll, matter.area) for matter in matters]
        ids = frozenset(chain.from_iterable(one.ids for one in people))
        book = self._book.addresses_of(ids, now) if ids else {}
        hours = self.calls.policy.office_hours
        for matter, who in zip(matters, people, strict=True):
            ways = Ways(self._kinds(matter, now), self._exercise, matter.urgent, hours, self._quiet(matter, now))
            yield reach(matter.party, who, book, ways, now)

    def incidents(self, calls: Iterable[Call]) -> dict[str, Incident]:
        """The incidents of calls, by id."""
        ids = {call.matter.incident for call in calls if call.matter is not None and call.matter.incident}
        return self._readable(ids)

    def _readable(self, ids: Collection[str]) -> dict[str, Incident]:
        """Incidents by id, without those that cannot be read: nobody's call waits for another's incident to be mended."""
        try:
            found = self._keeping.states.get_all(map(incident_stream, ids))
            return {id_: found[incident_stream(id_)] for id_ in ids}
        except DatabaseError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one of them
            if len(ids) == 1:
                structlog.get_logger().error("incident_unreadable", error=type(error).__name__)
                return {}
            return {id_: one for each in ids for id_, one in self._readable((each,)).items()}

    def rooms(self) -> dict[str, State]:
        """Every duty room, by area."""
        areas = self._rooms.areas()
        found = self._rooms.states.get_all(map(watch_stream, areas))
        return {area: found[watch_stream(area)] for area in areas}

    def standing(self, matter: Matter, incidents: Mapping[str, Incident], rooms: Mapping[str, State]) -> Standing:
        """How a matter stands."""
        incident = incidents.get(matter.incident) if matter.incident else None
        return standing_of(matter, incident, rooms.get(matter.area))

    # What is over, and what is coming

    def settle(self, now: datetime) -> int:
        """End the calls of incidents in which something was done, so that the board says so at once."""
        with self._lock:
            touched, self._touched = self._touched, set()
        done = 0
        for id_ in sorted(touched):
            open_ = [call for call in self.calls.under(id_).values() if call.open and call.matter is not None]
            incidents, rooms = self.incidents(open_), self.rooms()
            turns: list[Turn] = []
            for call in open_:
                assert call.matter is not None  # noqa: S101 - looked at above
                end: Event | None = ended(call, self.standing(call.matter, incidents, rooms))
                if end is not None:
                    turns.append(Turn(call, (end,)))
            done += self.recorded(turns, now)
        return done

    def _coming(self, now: datetime) -> int:
        """Open a call for every deadline of a duty room's own that is about to pass."""
        last, matters = "", list[Matter]()
        before = now + self.calls.policy.longest_before
        packs, lexicon = self._keeping.library.packs, self._keeping.library.lexicon
        while page := self._keeping.journal.rows(
            DUTIES, states=(RUNNING,), due_before=before, limit=500, after=last
        ):  # fmt: skip
            last = page[-1].place
            ids = {row.data["incident"] for row in page if row.data and row.due and row.due > now}
            found = self._readable(ids) if ids else {}
            for row in page:
                if row.data and row.data["incident"] in found:
                    one = coming(found[row.data["incident"]], row.data["duty"], packs, lexicon, now)
                    matters += (one,) if one is not None else ()
        return self.calls.open(matters, now) if matters else 0
