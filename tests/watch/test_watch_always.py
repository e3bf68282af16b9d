"""Whatever is commanded, in any order and by any clock: what must always hold of a duty room.

The oracle is kept apart from the room: spells of posts and delegations are read off the events as they came.
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

from duty_room import ADMIN, AREA, COMMANDER, DAY, DUTY, GAS, HOUR, MINE, NAMES, OFFICE, opened
from hypothesis import note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from zhishou.acts import Command, Happened
from zhishou.errors import RefusedError
from zhishou.watch import commands as c
from zhishou.watch import events as e
from zhishou.watch.folding import folded
from zhishou.watch.holding import actor
from zhishou.watch.roster import on_duty
from zhishou.watch.signing import memo_digest
from zhishou.watch.state import dumped, loaded

PEOPLE = ("admin", "zhao", "qian", "sun", "li")
POSTS = (COMMANDER, OFFICE, DUTY, ADMIN)
SPANS = st.sampled_from([timedelta(hours=hours) for hours in (24, 8, 1, 0, 72, -1)])
CHANCE = st.integers(0, 3)
"""One command in four is given by whoever comes along; were all, hardly any would be done."""
WHO = st.sampled_from(PEOPLE)
SOME_POSTS = st.lists(st.sampled_from(POSTS), min_size=1, max_size=2, unique=True).map(tuple)


class Spells:
    """Who held what and when, read off the record by plain counting."""

    def __init__(self, record: list[Happened]) -> None:
        self.posts: dict[str, list[Any]] = {}
        self.papers: dict[str, list[Any]] = {}
        for one in record:
            event = one.event
            if isinstance(event, e.PostAppointed):
                self.posts[event.appointment] = [event.person, event.post, event.since, event.until]
            elif isinstance(event, e.PostRelieved):
                spell = self.posts[event.appointment]
                spell[3] = min(event.since, spell[3] or event.since)
            elif isinstance(event, e.PostsDelegated):
                self.papers[event.delegation] = [event, one.at if event.confirmed else None, event.until]
            elif isinstance(event, e.DelegationConfirmed):
                self.papers[event.delegation][1] = one.at
            elif isinstance(event, e.DelegationRevoked):
                paper = self.papers[event.delegation]
                paper[2] = min(paper[2], one.at)

    def held(self, person: str, post: str, at: datetime) -> bool:
        return any(
            (who, what) == (person, post) and since <= at and (until is None or at < until)
            for who, what, since, until in self.posts.values()
        )

    def lent(self, person: str, post: str, at: datetime) -> bool:
        return any(
            paper.person == person
            and post in paper.posts
            and given is not None
            and max(given, paper.since) <= at < end
            and self.held(paper.holder, post, at)
            for paper, given, end in self.papers.values()
        )


class Room_(RuleBasedStateMachine):  # noqa: N801 - hypothesis shows the name; `Room` is the room itself
    """Commands at random; most are refused, some are not."""

    @initialize()
    def open_(self) -> None:
        self.room = opened()
        for person in ("zhao", "qian"):
            self.room.appoint(person, DUTY)
        self.room.appoint("li", COMMANDER)

    def give(self, person: str, command: Command) -> None:
        before = self.room.state
        length = len(self.room.record)
        try:
            self.room.give(person, command)
        except RefusedError as refusal:
            note(f"{person} {command.name}: {refusal}")
            assert self.room.state is before
            assert len(self.room.record) == length
            assert refusal.message  # noqa: PT017 - most commands are refused here; that they say why is one claim of many

    def keeper(self) -> str:
        return self.room.state.watch.person if self.room.state.watch else "zhao"

    def officer(self) -> str:
        """Somebody who could take the watch."""
        spells = Spells(self.room.record)
        able = [one for one in PEOPLE if spells.held(one, DUTY, self.room.now) and one != self.keeper()]
        return able[-1] if able else "zhao"

    @rule(span=SPANS)
    def wait(self, span: timedelta) -> None:
        self.room.now += span

    @rule(
        by=WHO,
        chance=CHANCE,
        person=WHO,
        post=st.sampled_from(POSTS),
        since=st.none() | SPANS,
        length=st.none() | SPANS,
    )
    def appoint(
        self, by: str, chance: int, person: str, post: str, since: timedelta | None, length: timedelta | None
    ) -> None:
        by = "admin" if chance else by
        start = None if since is None else self.room.now + since
        end = None if length is None else (start or self.room.now) + length
        self.give(by, c.AppointToPost(
            post=post, person=person, person_name=NAMES[person], basis="分工", since=start, until=end,
        ))  # fmt: skip

    @rule(by=WHO, chance=CHANCE, since=st.none() | SPANS, data=st.data())
    def relieve(self, by: str, chance: int, since: timedelta | None, data: st.DataObject) -> None:
        by = "admin" if chance else by
        id_ = data.draw(st.sampled_from(sorted(self.room.state.appointments)))
        start = None if since is None else self.room.now + since
        self.give(by, c.RelieveFromPost(appointment=id_, reason="调离", since=start))

    @rule(by=WHO, chance=CHANCE, person=WHO, posts=SOME_POSTS, holder=st.just("") | WHO, when=st.tuples(SPANS, SPANS))
    def delegate(
        self, by: str, chance: int, person: str, posts: tuple[str, ...], holder: str, when: tuple[timedelta, timedelta]
    ) -> None:
        if chance:
            spells = Spells(self.room.record)
            posts = (COMMANDER,)
            able = [one for one in PEOPLE if spells.held(one, COMMANDER, self.room.now)]
            by, holder = (able[-1] if able else by), ""
            if chance == 1 and able:
                by, holder = "zhao", by  # a paper that the duty officer records
        start = self.room.now + when[0]
        self.give(by, c.DelegatePosts(
            posts=posts, person=person, person_name=NAMES[person], holder=holder, since=start,
            until=start + when[1], document="1号", reason="外出",
        ))  # fmt: skip

    @precondition(lambda self: self.room.state.delegations)
    @rule(by=WHO, chance=CHANCE, revoke=st.booleans(), data=st.data())
    def settle_delegation(self, by: str, chance: int, revoke: bool, data: st.DataObject) -> None:  # noqa: FBT001 - drawn
        id_ = data.draw(st.sampled_from(sorted(self.room.state.delegations)))
        by = self.room.state.delegations[id_].holder if chance else by
        self.give(
            by, c.RevokeDelegation(delegation=id_, reason="回") if revoke else c.ConfirmDelegation(delegation=id_)
        )

    @rule(by=WHO, chance=CHANCE, person=WHO, since=SPANS, role=st.sampled_from(["chief", "second", "leader"]))
    def plan(self, by: str, chance: int, person: str, since: timedelta, role: Any) -> None:
        if chance:
            by, person, role = "admin", self.officer() if chance > 1 else self.keeper(), "chief"
        start = self.room.now + since
        wish = c.ShiftWish(person=person, person_name=NAMES[person], since=start, until=start + 8 * HOUR, role=role)
        self.give(by, c.PlanShifts(shifts=(wish,)))

    @precondition(lambda self: self.room.state.shifts)
    @rule(person=WHO, chance=CHANCE, data=st.data())
    def change_roster(self, person: str, chance: int, data: st.DataObject) -> None:
        ids = st.sampled_from(sorted(self.room.state.shifts))
        id_ = data.draw(ids)
        mine = self.room.state.shifts[id_].person
        if chance > 1:  # to a colleague who could stand it
            spells = Spells(self.room.record)
            able = [one for one in PEOPLE if spells.held(one, DUTY, self.room.now) and one != mine]
            person = able[-1] if able else person
        if chance == 0:
            self.give("admin", c.CancelShift(shift=id_, reason="停"))
        else:
            self.give(mine, c.ProposeReplacement(
                shift=id_, person=person, person_name=NAMES[person], reason="假", in_return=data.draw(st.just("") | ids) if chance < 3 else "",
            ))  # fmt: skip

    @precondition(lambda self: self.room.state.replacements)
    @rule(by=WHO, chance=CHANCE, agree=st.booleans(), data=st.data())
    def answer_replacement(self, by: str, chance: int, agree: bool, data: st.DataObject) -> None:  # noqa: FBT001 - drawn
        id_ = data.draw(st.sampled_from(sorted(self.room.state.replacements)))
        by = self.room.state.replacements[id_].person if chance else by
        self.give(
            by, c.AgreeReplacement(replacement=id_) if agree else c.DeclineReplacement(replacement=id_, reason="没空")
        )

    @rule(by=WHO, chance=CHANCE, absence=st.sampled_from(["", "病"]))
    def begin(self, by: str, chance: int, absence: str) -> None:
        self.give(self.officer() if chance else by, c.BeginShift(absence=absence))

    @precondition(lambda self: self.room.state.watch)
    @rule(by=WHO, chance=CHANCE, person=WHO, memo=st.sampled_from(["甲", "乙"]))
    def offer(self, by: str, chance: int, person: str, memo: str) -> None:
        if chance:
            by, person = self.keeper(), self.officer()
        self.give(by, c.OfferShiftHandover(person=person, person_name=NAMES[person], memo=memo))

    @precondition(lambda self: self.room.state.offer)
    @rule(by=WHO)
    def return_(self, by: str) -> None:
        self.give(by, c.ReturnShiftHandover(reason="缺"))

    @precondition(lambda self: self.room.state.offer)
    @rule(by=WHO, chance=CHANCE)
    def accept(self, by: str, chance: int) -> None:
        offer = self.room.state.offer
        assert offer is not None
        self.give(offer.incoming if chance else by, c.AcceptShiftHandover(digest="x" if chance == 1 else offer.digest))

    @rule(by=WHO, back=SPANS, corrects=st.sampled_from(["", "L6", "L9"]))
    def write(self, by: str, back: timedelta, corrects: str) -> None:
        self.give(by, c.WriteLog(occurred=self.room.now - back, category="call", text="来电", corrects=corrects))

    @rule(by=WHO, held=st.dates(date(2026, 11, 1), date(2027, 1, 31)))
    def drill(self, by: str, held: date) -> None:
        self.give(by, c.RecordDrill(
            plan=MINE, obligations=("drill:6.9.3:2",), form="tabletop", held=held, by="某矿", summary="好",
        ))  # fmt: skip

    @rule(by=WHO, done=st.dates(date(2026, 11, 1), date(2027, 1, 31)))
    def keep(self, by: str, done: date) -> None:
        self.give(by, c.RecordUpkeep(plan=GAS, obligations=("contacts:6.1:1",), done=done, by="办公室", note="核对"))

    @precondition(lambda self: self.room.state.records)
    @rule(by=WHO)
    def strike(self, by: str) -> None:
        self.give(by, c.StrikeRecord(record=min(self.room.state.records), reason="错"))

    @invariant()
    def nobody_holds_a_post_but_in_its_time(self) -> None:
        spells = Spells(self.room.record)
        for at in (self.room.now, self.room.now + DAY, self.room.now - HOUR):
            for person in PEOPLE:
                found = actor(self.room.state, person, "", at)
                assert found.posts == {post for post in POSTS if spells.held(person, post, at)}
                assert found.delegated.keys() == {
                    post for post in POSTS if spells.lent(person, post, at) and post not in found.posts
                }

    @invariant()
    def once_somebody_is_on_watch_somebody_is_on_watch(self) -> None:
        watches = self.room.state.watches
        if watches:
            assert on_duty(self.room.state, max(one.since for one in watches)) is not None
            assert self.room.state.watch == watches[-1]

    def teardown(self) -> None:
        if not hasattr(self, "room"):
            return
        record = self.room.record
        the_watch_passed_by_two_signatures_or_with_a_reason(record)
        nothing_was_done_or_given_away_outside_its_time(record)
        for cut in {0, len(record) // 3, len(record) - 1, len(record)}:
            kept = loaded(json.loads(json.dumps(dumped(folded(record[:cut])))))
            assert folded(record[cut:], kept) == self.room.state


def the_watch_passed_by_two_signatures_or_with_a_reason(record: list[Happened]) -> None:
    """Read off the record alone: who keeps the watch, and what paper lies on the table."""
    keeper = ""
    paper: e.ShiftHandoverOffered | None = None
    for one in record:
        match one.event:
            case e.ShiftHandoverOffered() as event:
                assert one.person == event.outgoing == keeper != event.incoming
                assert paper is None
                said = (event.memo, event.open_matters, event.due_items)
                assert event.digest == memo_digest(AREA, event.outgoing, event.incoming, *said)
                paper = event
            case e.ShiftHandoverReturned():
                assert paper is not None
                paper = None
            case e.ShiftHandoverAccepted() as event:
                assert paper is not None
                assert one.person == event.incoming == paper.incoming
                assert (event.handover, event.outgoing, event.digest) == (paper.handover, keeper, paper.digest)
                keeper, paper = event.incoming, None
            case e.ShiftBegun() as event:
                assert one.person == event.person != keeper
                assert event.predecessor == keeper
                assert bool(event.absence) == bool(keeper)
                keeper, paper = event.person, None
            case e.PostRelieved(post=post, since=since, person=person) if post == DUTY and since <= one.at:
                assert person != keeper or not Spells(record[: record.index(one)]).held(person, DUTY, one.at)


def nothing_was_done_or_given_away_outside_its_time(record: list[Happened]) -> None:
    for place, one in enumerate(record):
        spells = Spells(record[:place])
        if one.post not in {"", "system"}:
            held = spells.held(one.person, one.post, one.at) or spells.lent(one.person, one.post, one.at)
            assert held, (one.person, one.post, one.event)
        if isinstance(one.event, e.PostsDelegated):
            for post in one.event.posts:
                assert spells.held(one.event.holder, post, one.at), "nobody delegates what he does not hold himself"
                assert post not in {DUTY, ADMIN}
        if isinstance(one.event, e.DelegationConfirmed):
            assert one.person == spells.papers[one.event.delegation][0].holder


TestRoom = Room_.TestCase
TestRoom.settings = settings(max_examples=100, stateful_step_count=60, deadline=None)
