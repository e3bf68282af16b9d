"""Papers through the desk: drawn up from the record, numbered without holes, their bytes kept before the event names them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from threading import Lock
from weakref import WeakKeyDictionary

from zhishou.acts import Actor
from zhishou.desk.drawing import Drawing, Material
from zhishou.desk.keeping import Keeping
from zhishou.desk.returns import Returns
from zhishou.desk.streams import Signature, append, digest, drafts
from zhishou.desk.turns import TRIES
from zhishou.errors import NotFoundError, StaleError
from zhishou.incident.authority import post_of
from zhishou.journal import Entry, Journal, SqlJournal, Write
from zhishou.paper.codes import code, parsed
from zhishou.paper.docx import write as write_docx
from zhishou.paper.files import Files, MemoryFiles, SqlFiles
from zhishou.paper.fonts import lacking
from zhishou.paper.issuing import CATALOGUE, PAPER_STREAMS, IssuePaper, PaperIssued, designated, number, stream
from zhishou.paper.kinds import Kind, kind
from zhishou.paper.laid import laid
from zhishou.paper.pdf import set_ as set_pdf
from zhishou.paper.value import Paper, shown, texts
from zhishou.supply.curtail.cutlist import CutPlan


@dataclass(frozen=True, slots=True)
class Signed:
    """Who issues, and in which post."""

    by: Actor
    post: str


@dataclass(frozen=True, slots=True)
class Issued:
    """A paper that was issued."""

    event: PaperIssued
    at: datetime
    position: int
    """Of the event by which it was issued."""
    person: str
    name: str
    post: str
    repeated: bool = False
    """True where the same command had come before and nothing was done now."""

    @property
    def number(self) -> str:
        """Its number."""
        return self.event.number


@dataclass(frozen=True, slots=True)
class Found:
    """What a short code leads to."""

    entry: Entry
    """The event."""
    papers: tuple[Issued, ...]
    """The papers that carry the code."""


_BESIDE: WeakKeyDictionary[Journal, MemoryFiles] = WeakKeyDictionary()
_LOCK = Lock()


def files_of(journal: Journal) -> Files:
    """The store beside a record: its own database, or memory where the record is in memory."""
    if isinstance(journal, SqlJournal):
        return SqlFiles(journal.engine)
    with _LOCK:
        return _BESIDE.setdefault(journal, MemoryFiles())


class Papers:
    """The papers of the areas of one record.

    Args:
        keeping: the incidents, for plans, clock and standing files.
        returns: the registers of returns.
        files: where bytes are kept; None: beside the record.
        address: the console's address for QR codes; empty: number and code in words.
    """

    def __init__(self, keeping: Keeping, returns: Returns, files: Files | None = None, address: str = "") -> None:
        self._keeping, self.address = keeping, address
        self._drawing = Drawing(keeping, returns)
        self.files = files if files is not None else files_of(keeping.journal)

    # What is done

    def draft(self, area: str, command: IssuePaper, material: Material | None = None) -> Paper:
        """The paper as it would be issued now, without number and code.

        Raises:
            NotFoundError: there is no such kind or incident.
            RefusedError: what it would make known is not on record.
        """
        return self._drawing.drawn(area, kind(command.kind), command, material or Material(), self._keeping.now())

    def cuts(self, area: str, command: IssuePaper, gas_day: date | None = None) -> CutPlan:
        """The cut list that a directive would carry now, from the evening's returns and the level in force.

        Raises:
            RefusedError: no response is in force.
            ProblemsError: figures are missing.
        """
        return self._drawing.cuts(area, command, Material(gas_day=gas_day), self._keeping.now())

    def issue(
        self, area: str, command: IssuePaper, by: Actor, *, key: str, material: Material | None = None,
        machine: str = "",
    ) -> Issued:  # fmt: skip
        """Issue a paper: numbered, set, kept, recorded. The same key issues once.

        Raises:
            NotFoundError: there is no such kind, area or incident.
            RefusedError: he holds no post that may, or what it would make known is not on record.
            RepeatedKeyError: the key was used for another command.
        """
        if area not in self._keeping.library.lexicon.areas:
            raise NotFoundError(f"没有“{area}”这个地区", mend="核对地区编号")
        of, now = kind(command.kind), self._keeping.now()
        signature = Signature(key, machine or self._keeping.machine, digest(command, f"{PAPER_STREAMS}{area}", by), now)
        if self._keeping.journal.of_command(key):
            done = append(self._keeping.journal, (), signature, by, "")
            return _issued(done.entries[0], repeated=True)
        post = post_of(by, self._drawing.may(area, of, command), IssuePaper.label, self._keeping.context(area, now))
        drawn = self._drawing.drawn(area, of, command, material or Material(), now)
        for attempt in range(TRIES):
            try:
                return self._once(of, command, drawn, signature, Signed(by, post))
            except StaleError:  # somebody took the number; the paper is set anew with the next one
                if attempt == TRIES - 1:
                    raise
        raise AssertionError  # pragma: no cover - the loop gives or raises

    def _once(self, of: Kind, command: IssuePaper, drawn: Paper, signature: Signature, signed: Signed) -> Issued:
        area = drawn.area
        journal, now = self._keeping.journal, signature.recorded
        year = now.year
        name = stream(area, year, of.id)
        version = journal.version(name)
        entry = self._entry(drawn.event or journal.head().position)
        designation = designated(
            command.designation, self._last_designation(area, of.id, year), area, self._keeping.library.lexicon
        )
        paper = replace(
            drawn, number=number(designation, of, year, version + 1),
            code=code(entry.position, entry.seal) if entry else "",
        )  # fmt: skip
        one = laid(paper, self.address)
        event = PaperIssued(
            kind=of.id, kind_label=of.label, number=paper.number, designation=designation, area=area, year=year,
            title=one.title, issuer=shown(paper.issuer), incident=paper.incident, plan=paper.plan,
            rests_on={cited.plan: cited.clauses for cited in paper.rests_on if cited.clauses},
            to=tuple(map(shown, paper.to)), copies=paper.copies, code=paper.code,
            docx=self.files.keep(write_docx(one, paper), now), pdf=self.files.keep(set_pdf(one, paper), now),
            blanks=paper.blanks, lacking=lacking("".join(map(shown, texts(paper)))),
        )  # fmt: skip
        done = append(journal, (Write(name, version, drafts((event,), now)),), signature, signed.by, signed.post)
        return _issued(done.entries[0], repeated=done.repeated)

    def _last_designation(self, area: str, of: str, year: int) -> str:
        """What stood before the kind's word last time, this year or the year before."""
        for one in (year, year - 1):
            if entries := self._keeping.journal.read(stream(area, one, of)):
                return str(entries[-1].payload["designation"])
        return ""

    def _entry(self, position: int) -> Entry | None:
        found = self._keeping.journal.since(position - 1, 1) if position > 0 else ()
        return found[0] if found else None

    # What is read

    def all(self, area: str, *, year: int | None = None, of: str = "", incident: str = "") -> tuple[Issued, ...]:
        """An area's papers, in the order in which they were issued.

        Args:
            area: the area.
            year: only of this year.
            of: only of this kind, by id or label.
            incident: only about this incident.
        """
        wanted = kind(of).id if of else ""
        found = [
            _issued(entry)
            for name in self._streams(f"{PAPER_STREAMS}{area}/{f'{year}/' if year else ''}")
            if not wanted or name.endswith(f"/{wanted}")
            for entry in self._keeping.journal.read(name)
            if not incident or entry.payload.get("incident") == incident
        ]
        return tuple(sorted(found, key=lambda one: one.position))

    def _streams(self, prefix: str) -> Iterator[str]:
        last = ""
        while found := self._keeping.journal.streams(prefix, last):
            yield from (name for name, _ in found)
            last = found[-1][0]

    def of(self, number_: str) -> Issued:
        """The paper of a number.

        Raises:
            NotFoundError: there is none.
        """
        wanted = number_.strip().replace("[", "〔").replace("]", "〕")
        for name in self._streams(PAPER_STREAMS):
            for entry in self._keeping.journal.read(name):
                if entry.payload["number"] == wanted:
                    return _issued(entry)
        raise NotFoundError(f"没有“{number_}”这份文件", mend="照纸上的文号填写，如 晋城市预警〔2026〕1号")

    def bytes_of(self, number_: str) -> tuple[bytes, bytes]:
        """DOCX and PDF of a paper, byte for byte as they were issued, checked against the record.

        Raises:
            NotFoundError: there is no such paper, or its bytes are gone.
            DamagedError: they are no longer what was issued.
        """
        one = self.of(number_).event
        return self.files.get(one.docx), self.files.get(one.pdf)

    def find(self, code_: str) -> Found:
        """The event that a short code leads to, and the papers that carry it.

        Raises:
            ZhishouError: the text is no code.
            NotFoundError: the record has no such event, or its seal is another.
        """
        position, seal = parsed(code_)
        entry = self._entry(position)
        if entry is None or not entry.seal.startswith(seal):
            what = "记录里没有这个位置" if entry is None else "封印与记录不符"
            raise NotFoundError(
                f"核对码 {code_.strip()} 核对不上：{what}",
                mend="照纸上再抄一遍；仍不符，这份文件不出自本记录，或记录被改动",
            )
        mine = code(entry.position, entry.seal)
        papers = tuple(
            _issued(one)
            for name in self._streams(PAPER_STREAMS)
            for one in self._keeping.journal.read(name)
            if one.payload["code"] == mine
        )
        return Found(entry, papers)


def _issued(entry: Entry, *, repeated: bool = False) -> Issued:
    event = CATALOGUE.decode(entry.type, entry.schema, entry.payload)
    assert isinstance(event, PaperIssued)  # noqa: S101 - the stream holds nothing else
    return Issued(event, entry.at, entry.position, entry.person, entry.name, entry.post, repeated)
