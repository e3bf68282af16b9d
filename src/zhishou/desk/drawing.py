"""What a paper of each kind is drawn up from, and who may issue it; the desk's papers ask here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time

from zhishou.acts import Happened
from zhishou.callout.league import league
from zhishou.clock import SHANGHAI
from zhishou.desk.keeping import Keeping
from zhishou.desk.kinds import incident_stream, returns_stream, watch_stream
from zhishou.desk.returns import Returns
from zhishou.errors import RefusedError
from zhishou.incident.authority import Permitted, leaders, office, staff
from zhishou.incident.state import Incident
from zhishou.journal import Entry, verify
from zhishou.paper.case import Case, Responded
from zhishou.paper.content import FROM_INCIDENT, Wish, finished
from zhishou.paper.content.brief import supply_brief
from zhishou.paper.content.exercise import Exercise, Recorded, exercise_report, of_incident
from zhishou.paper.content.shift import shift_handover
from zhishou.paper.issuing import IssuePaper
from zhishou.paper.kinds import Kind
from zhishou.paper.value import Paper, printable
from zhishou.plan.posts import duty_post
from zhishou.supply.returns.late import late
from zhishou.supply.returns.roster import roster
from zhishou.watch.events import CATALOGUE
from zhishou.watch.folding import EMPTY, fold
from zhishou.watch.log import entries as log_entries

LEADERS = frozenset(
    {"warning_notice", "warning_lifting", "response_start", "response_adjustment", "response_end", "review"}
)
"""Kinds that commanders may have issued themselves, besides the duty officers and the office."""


@dataclass(frozen=True)
class Material:
    """What a paper can be made from besides an incident."""

    exercise: Exercise | None = None
    """The exercise to be reported."""
    gas_day: date | None = None
    """The gas day of a brief; None: the one ahead."""


class Drawing:
    """What papers are drawn up from.

    Args:
        keeping: the incidents, for plans, clock and standing files.
        returns: the registers of returns.
    """

    def __init__(self, keeping: Keeping, returns: Returns) -> None:
        self._keeping, self._returns = keeping, returns

    # Who may

    def may(self, area: str, of: Kind, command: IssuePaper) -> Permitted:
        """The posts that may issue a paper: whoever keeps the desk; orders also the commanders.

        Raises:
            NotFoundError: there is no such incident.
            RefusedError: it names no incident, or another duty room's.
        """
        if of.about in {"room", "record"}:
            if command.incident:
                self._incident(area, command)
            return Permitted((duty_post(area),))
        if of.id == "supply_brief":
            found = Permitted((duty_post(area),))
            for pack in self._keeping.library.packs.values():
                if pack.plan.area == area and pack.plan.kind == "supply":
                    found = found | office(pack)
            return found
        state = self._incident(area, command)
        context = self._keeping.context(area, self._keeping.now())
        found = staff(state, context)
        if of.id in LEADERS:
            for plan in state.plans:
                if plan in context.packs and context.packs[plan].plan.area == area:
                    found = found | leaders(context.packs[plan])
        return found

    def _incident(self, area: str, command: IssuePaper) -> Incident:
        if not command.incident:
            raise RefusedError("没有写关于哪个事件", where="文件", mend="写明事件编号", code="missing")
        state = self._keeping.get(command.incident)
        if state.area != area:
            raise RefusedError(
                "这不是本值班室的事件", where=command.incident, mend="由受理该事件的值班室出文件", code="post"
            )
        return state

    # What it is made from

    def drawn(self, area: str, of: Kind, command: IssuePaper, material: Material, now: datetime) -> Paper:
        """A paper's content.

        Raises:
            RefusedError: what it would make known is not on record.
            NotFoundError: the area has no supply system.
        """
        if of.about == "record" and command.incident and material.exercise is None:
            material = Material(self._rehearsed(area, of, command, now, checked=True))
        wish = _wish(command)
        paper: Paper = printable(finished(self._content(area, of, command, material, wish, now), wish))
        return replace(paper, printed=now)

    def ready(self, area: str, of: Kind, command: IssuePaper, now: datetime) -> None:
        """Refuse a paper that cannot be drawn up now; a brief's figures are not added up for it.

        Raises:
            RefusedError: what it would make known is not on record.
            NotFoundError: the area has no supply system.
        """
        if of.id == "supply_brief":
            self._returns.system(area)
        else:
            self._content(area, of, command, Material(), _wish(command), now)

    def _content(
        self, area: str, of: Kind, command: IssuePaper, material: Material, wish: Wish, now: datetime
    ) -> Paper:
        exercise = self._keeping.journal.exercise
        if of.id in FROM_INCIDENT:
            return FROM_INCIDENT[of.id](self._case(area, command, now), wish)
        if of.id == "supply_brief":
            return self._brief(area, material, now)
        if of.id == "shift_handover":
            return self._shift(area, now)
        rehearsed = material.exercise
        if rehearsed is None and command.incident:
            rehearsed = self._rehearsed(area, of, command, now, checked=False)
        if rehearsed is None:
            raise RefusedError(
                "没有给出演练的结果", where=of.label, mend="演练结束后，从演练事件的“文书”里出", code="missing"
            )
        if not exercise:
            raise _of_record(of)
        return exercise_report(rehearsed, now)

    def _rehearsed(self, area: str, of: Kind, command: IssuePaper, now: datetime, *, checked: bool) -> Exercise:
        """The exercise of an incident; its record is read through where the paper is to say that it is whole."""
        journal = self._keeping.journal
        if not journal.exercise:
            raise _of_record(of)
        case = self._case(area, command, now)
        verdict = verify(journal) if checked else None
        record = Recorded(verdict is None or verdict.good, verdict.seal if verdict else journal.head().seal)
        return of_incident(case, command.plan, self._keeping.library, record)

    def _case(self, area: str, command: IssuePaper, now: datetime) -> Case:
        state = self._incident(area, command)
        story = tuple(map(self._keeping.states.happened, self._keeping.journal.read(incident_stream(state.id))))
        context = self._keeping.context(area, now)
        calls = self._keeping.calls.under(state.id).values() if self._keeping.calls is not None else ()
        responded = tuple(
            Responded(one.label, one.called, one.answered, one.silent, one.minutes) for one in league(calls)
        )
        return Case(state, story, context.packs, context.lexicon, now, context.standing, responded)

    def _brief(self, area: str, material: Material, now: datetime) -> Paper:
        evening = self._returns.evening(area, material.gas_day)
        missing = late(
            evening.register, roster(evening.system, self._keeping.library.lexicon), evening.made, now,
            self._keeping.library.for_area(area), "20:00",
        )  # fmt: skip
        entered = self._keeping.journal.read(returns_stream(area))
        return supply_brief(
            evening, missing, now, event=entered[-1].position if entered else 0, exercise=self._keeping.journal.exercise
        )

    def _shift(self, area: str, now: datetime) -> Paper:
        story = tuple(map(_happened, self._keeping.journal.read(watch_stream(area))))
        state = EMPTY
        for one in story:
            state = fold(state, one)
        since = (
            state.watches[-2].since
            if len(state.watches) > 1
            else state.watches[-1].since
            if state.watches
            else datetime.combine(now.date(), time(), SHANGHAI)
        )
        log = [one for one in log_entries(story) if one.occurred >= since]
        library = self._keeping.library
        packs = [one for one in library.packs.values() if one.plan.area == area and one.in_force(now.date())]
        return shift_handover(
            area, story, log, library.lexicon, now, exercise=self._keeping.journal.exercise, packs=packs
        )


def _wish(command: IssuePaper) -> Wish:
    return Wish(
        command.plan, command.to, command.copies, command.signer, command.report, command.units, command.requests,
        dict(command.fill),
    )  # fmt: skip


def _of_record(of: Kind) -> RefusedError:
    return RefusedError("这是正式记录，不出演练报告", where=of.label, mend="在演练的记录里出")


def _happened(entry: Entry) -> Happened:
    event = CATALOGUE.decode(entry.type, entry.schema, entry.payload)
    return Happened(
        event, entry.at, entry.stream, entry.version, entry.position, entry.recorded, entry.person, entry.name,
        entry.post, entry.exercise,
    )  # fmt: skip
