"""Daily returns through the desk: received, held, decided on the record; what they state becomes the area's standing facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from zhishou.acts import Actor, Command, Event, made
from zhishou.desk import by_itself
from zhishou.desk.keeping import Keeping
from zhishou.desk.kinds import RETURNS, returns_stream, standing_stream
from zhishou.desk.returns_told import fallen, marked, outlived
from zhishou.desk.streams import Signature, States, append, digest, drafts
from zhishou.desk.turns import Turn, Turns
from zhishou.errors import NotFoundError, RefusedError
from zhishou.incident.authority import Permitted, office, post_of
from zhishou.incident.facts import FactGiven
from zhishou.incident.state import Incident
from zhishou.journal import Entry as Recorded
from zhishou.journal import Write
from zhishou.plan.posts import duty_post, reporter_post, unit_post
from zhishou.projections import STANDING
from zhishou.supply.evening import Evening
from zhishou.supply.returns import receiving
from zhishou.supply.returns.checking import Expected, gas_day_at
from zhishou.supply.returns.held import Action, Key
from zhishou.supply.returns.reading import read
from zhishou.supply.returns.reading.draft import Reading
from zhishou.supply.returns.receiving import Received, receive
from zhishou.supply.returns.record import Kept, ReturnEntered
from zhishou.supply.returns.records import line
from zhishou.supply.returns.register import Entry, Register
from zhishou.supply.returns.roster import Roster, roster
from zhishou.supply.system import System


class FileReturn(Command):
    """Send a return, as a file in any of the forms that are read."""

    name = "file_return"
    label = "报送报表"
    file: str
    """The file's name."""
    content: str
    """SHA-256 of its bytes."""
    gas_day: date | None = None
    reporter: str = ""


class DecideReturn(Command):
    """Decide what was held of a return."""

    name = "decide_return"
    label = "核定报表"
    held: str
    action: Action
    reason: str
    amounts: tuple[tuple[tuple[str, str, str, int | None], float], ...] = ()


@dataclass(frozen=True, slots=True)
class Filed:
    """What became of a return."""

    received: tuple[Received, ...]
    entries: tuple[Entry, ...]
    repeated: bool


class Returns:
    """The registers of the areas that have a supply system.

    Args:
        keeping: the incidents, for plans, clock and standing files.
        systems: area → its supply system.
        tell: states facts of an area where they differ from what stands: area, facts, what the key begins with.
    """

    def __init__(
        self, keeping: Keeping, systems: Mapping[str, System],
        tell: Callable[[str, Mapping[str, FactGiven], str], None],
    ) -> None:  # fmt: skip
        self._keeping, self._systems, self._tell = keeping, systems, tell
        self.states = States(keeping.journal, RETURNS)
        self._telling = Turns()

    def system(self, area: str) -> System:
        """The supply system of an area.

        Raises:
            NotFoundError: it has none.
        """
        if area not in self._systems:
            raise NotFoundError(f"“{area}”没有登记供气系统", where="area", mend="在值班室设置里写明供气系统文件")
        return self._systems[area]

    def called(self, area: str, reporter: str) -> str:
        """The name of a reporter of an area, as reports carry it.

        Raises:
            RefusedError: no such reporter sends returns to it.
        """
        known = self._systems[area].reporters_by_id if area in self._systems else {}
        if reporter not in known:
            raise RefusedError(
                f"没有“{reporter}”这个报送单位", where="报告单位", mend="核对供气系统文件里的报送单位", code="missing"
            )
        return known[reporter].organisation or known[reporter].label

    def register(self, area: str) -> Register:
        """The register of an area."""
        return self.states.get(returns_stream(area)).register

    def evening(self, area: str, day: date | None = None) -> Evening:
        """What the returns tell of a gas day; without one, of the day after the current one."""
        return self._evening(area, self.register(area), day)

    def _evening(self, area: str, register: Register, day: date | None = None) -> Evening:
        system, now = self.system(area), self._keeping.now()
        made = gas_day_at(now, system.gas_day_starts)
        return Evening(self._keeping.library, system, register, day or made + timedelta(days=1), now)

    def file(  # noqa: PLR0913 - what a request has, and whether the facts follow at once
        self, area: str, name: str, content: bytes, by: Actor, *, key: str, machine: str = "",
        gas_day: date | None = None, reporter: str = "", tell: bool = True,
    ) -> Filed:  # fmt: skip
        """Receive a return. Whatever is wrong with it is held for a person; nothing is lost and nothing silently used.

        Args:
            area: whose register it is entered in.
            name: the file's name.
            content: its bytes.
            by: who sends it.
            key: the command's key; the same key is carried out once.
            machine: where it was given.
            gas_day: the gas day, where the file does not say.
            reporter: whose it is, where the file does not say.
            tell: False where `tell` follows by itself a moment later, for all that have come by then: to draw the city's
                balance takes longer than to receive one of a thousand returns.

        Raises:
            RefusedError: he holds no post that may send it.
        """
        system, now = self.system(area), self._keeping.now()
        book = roster(system, self._keeping.library.lexicon)
        near = gas_day or gas_day_at(now, system.gas_day_starts)
        reading = read(name, content, book, near, gas_day=gas_day, reporter=reporter)
        command = made(FileReturn, file=name, content=reading.digest, gas_day=gas_day, reporter=reporter)
        post = post_of(by, self._may_file(area, book, reading), FileReturn.label, self._keeping.context(area, now))

        def entered(register: Register) -> tuple[Register, tuple[Received, ...]]:
            return receive(register, reading, book, Expected(now, gas_day))

        filed = self._enter(area, by, post, self._signature(area, command, by, key, machine), entered)
        if tell and filed.entries:
            self.tell(area)
        return filed

    def _may_file(self, area: str, book: Roster, reading: Reading) -> Permitted:
        """The desk; and each reporter for its own returns."""
        own: list[str] = []
        reporters = [book.reporter(draft.reporter) for draft in reading.drafts if draft.reporter]
        if reporters and len(reporters) == len(reading.drafts) and len({one.id for one in reporters if one}) == 1:
            one = reporters[0]
            if one is not None:
                unit = self._keeping.library.lexicon.organisation(one.organisation or one.label, area)
                own = [reporter_post(area, one.id), *([unit_post(unit)] if unit else [])]
        return Permitted(tuple(own)) | self._desk(area)

    def _desk(self, area: str) -> Permitted:
        found = Permitted((duty_post(area),))
        for pack in self._keeping.library.packs.values():
            if pack.plan.area == area and pack.plan.kind == "supply":
                found = found | office(pack)
        return found

    def decide(
        self, area: str, held: str, action: Action, by: Actor, *, key: str, reason: str,
        amounts: Mapping[Key, float] | None = None, machine: str = "",
    ) -> Filed:  # fmt: skip
        """Decide what was held of a return; a new version follows, the old one stays.

        Raises:
            NotFoundError: there is no such area, or it has no supply system.
            RefusedError: he holds no post that may.
        """
        now = self._keeping.now()
        told = tuple(((item, of, str(day), hour), amount) for (item, of, day, hour), amount in (amounts or {}).items())
        command = made(DecideReturn, held=held, action=action, reason=reason, amounts=told)
        context = self._keeping.context(area, now)
        post = post_of(by, self._desk(area), DecideReturn.label, context)
        self.system(area)

        def decided(register: Register) -> tuple[Register, tuple[Received, ...]]:
            after = receiving.decide(register, held, action, post=post, reason=reason, at=now, amounts=amounts)
            return after, ()

        filed = self._enter(area, by, post, self._signature(area, command, by, key, machine), decided)
        if filed.entries:
            self.tell(area)
        return filed

    def tell(self, area: str) -> int:
        """State what the returns tell of the evening as the area's facts, where that has changed.

        Returns:
            the version of the register that was told.
        """
        return self._telling.take(area, lambda: self._told(area))

    def _told(self, area: str) -> int:
        state = self.states.get(returns_stream(area))
        evening = self._evening(area, state.register)
        facts = {fact: FactGiven.model_validate(dict(given)) for fact, given in evening.facts().items()}
        key = f"returns/{area}/{state.version}"
        if facts:
            self._tell(area, marked(facts), key)
        self._take_back(area, evening, facts, key)
        return state.version

    def refresh(self, area: str) -> None:
        """Take back what an earlier evening's returns said and this one's, now due, do not say: to be called now and then."""
        if area not in self._systems:
            return
        standing = self._keeping.states.get(standing_stream(area)).facts
        if outlived(standing, self._systems[area], self._keeping.now()):
            self.tell(area)

    def _take_back(self, area: str, evening: Evening, facts: Mapping[str, FactGiven], key: str) -> None:
        now, made = self._keeping.now(), evening.made

        def corrected(state: Incident) -> tuple[Event, ...]:
            return tuple(fallen(facts, state.facts, evening.system, made, now).values())

        if fallen(facts, self._keeping.states.get(standing_stream(area)).facts, evening.system, made, now):
            self._keeping.by_itself(f"{STANDING}{area}", f"{key}#fallen", corrected, now)
            by_itself.reassess(self._keeping, area, f"{key}#fallen", loud=False)

    def areas(self) -> tuple[str, ...]:
        """The areas that have a supply system."""
        return tuple(self._systems)

    def version(self, area: str) -> int:
        """The version of an area's register in the record."""
        return self._keeping.journal.version(returns_stream(area))

    def _signature(self, area: str, command: Command, by: Actor, key: str, machine: str) -> Signature:
        said = digest(command, returns_stream(area), by)
        return Signature(key, machine or self._keeping.machine, said, self._keeping.now())

    def _enter(
        self, area: str, by: Actor, post: str, signature: Signature,
        change: Callable[[Register], tuple[Register, tuple[Received, ...]]],
    ) -> Filed:  # fmt: skip
        stream = returns_stream(area)

        def before() -> Filed | None:
            if not self._keeping.journal.of_command(signature.key):
                return None
            done = append(self._keeping.journal, (), signature, by, post)
            return Filed((), self._made(done.entries), repeated=True)

        def once(turn: Turn[Kept]) -> Filed:
            state = turn.ahead or self.states.get(stream)
            after, received = change(state.register)
            new = after.entries[len(state.register.entries) :]
            if not new:
                turn.sure()
                return Filed(received, (), repeated=False)
            events = tuple(ReturnEntered(entry=line(entry)) for entry in new)
            write = Write(stream, state.version, drafts(events, self._keeping.now()))
            link = turn.link(Kept(state.version + len(events), after))
            done = append(self._keeping.journal, (write,), signature, by, post, link=link)
            if not done.repeated:
                self.states.advance(stream, done.entries)
            return Filed(received, new, done.repeated)

        return self._keeping.turns.follow(stream, once, done=before)

    def _made(self, entries: tuple[Recorded, ...]) -> tuple[Entry, ...]:
        return self.states.folded(Kept(), entries).register.entries
