"""Papers through the desk: drawn up from the record, numbered without holes, their bytes kept before the event names them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from threading import Lock
from weakref import WeakKeyDictionary

from zhishou.acts import Actor
from zhishou.desk.drawing import Drawing, Material
from zhishou.desk.issued import Issued, Shelf, issued
from zhishou.desk.keeping import Keeping
from zhishou.desk.offers import Offer, offers
from zhishou.desk.returns import Returns
from zhishou.desk.streams import Signature, append, digest, drafts
from zhishou.desk.turns import TRIES
from zhishou.errors import NotFoundError, RefusedError, StaleError
from zhishou.incident.authority import post_of
from zhishou.journal import Entry, Journal, SqlJournal, Write
from zhishou.paper.codes import code, parsed
from zhishou.paper.docx import write as write_docx
from zhishou.paper.files import Files, MemoryFiles, SqlFiles, sm3
from zhishou.paper.fonts import lacking
from zhishou.paper.issuing import PAPER_STREAMS, IssuePaper, PaperIssued, designated, number, stream
from zhishou.paper.kinds import Kind, kind
from zhishou.paper.laid import laid
from zhishou.paper.pdf import set_ as set_pdf
from zhishou.paper.value import Paper, shown, texts


@dataclass(frozen=True, slots=True)
class Signed:
    """Who issues, and in which post."""

    by: Actor
    post: str


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
        self._shelf = Shelf(keeping.journal)
        self.files = files if files is not None else files_of(keeping.journal)

    # What is done

    def kept(self, photos: Mapping[str, str]) -> None:
        """Refuse photos whose bytes are not kept: a report must not name what nobody will ever be shown.

        Args:
            photos: name → SM3.

        Raises:
            RefusedError: with the first that is not there.
        """
        for name, digest_ in photos.items():
            try:
                self.files.get(digest_)
            except NotFoundError:
                raise RefusedError(
                    f"照片“{name}”没有传上来", where="照片", mend="在报送页里随报告一起传", code="missing"
                ) from None

    def draft(self, area: str, command: IssuePaper, material: Material | None = None) -> Paper:
        """The paper as it would be issued now, without number and code.

        Raises:
            NotFoundError: there is no such kind or incident.
            RefusedError: what it would make known is not on record.
        """
        return self._drawing.drawn(area, kind(command.kind), command, material or Material(), self._keeping.now())

    def offers(self, area: str, by: Actor, incident: str = "") -> tuple[Offer, ...]:
        """Which papers somebody might have issued now: of an incident, or of the duty room where none is named.

        Raises:
            NotFoundError: there is no such incident.
        """
        return tuple(offers(self._keeping, self._drawing, area, by, incident, self._keeping.now()))

    def may(self, area: str, command: IssuePaper, by: Actor) -> str:
        """The post in which somebody may have a paper issued.

        Raises:
            NotFoundError: there is no such kind or incident.
            RefusedError: he holds none, or it is another duty room's incident.
        """
        of, context = kind(command.kind), self._keeping.context(area, self._keeping.now())
        return post_of(by, self._drawing.may(area, of, command), f"印发{of.label}", context)

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
            return issued(done.entries[0], repeated=True)
        post = self.may(area, command, by)
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
            command.designation,
            self._last_designation(area, of.id, year),
            area,
            self._keeping.library.lexicon,
            {one.event.designation for one in self._shelf.of() if one.event.area != area}
            if command.designation
            else (),
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
        return issued(done.entries[0], repeated=done.repeated)

    def _last_designation(self, area: str, of: str, year: int) -> str:
        """What stood before the kind's word last time, this year or the year before."""
        found = self._shelf.last(area, year, of) or self._shelf.last(area, year - 1, of)
        return found.event.designation if found else ""

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
        found = self._shelf.of(area, year, kind(of).id if of else "")
        return tuple(one for one in found if not incident or one.event.incident == incident)

    def of(self, number_: str) -> Issued:
        """The paper of a number.

        Raises:
            NotFoundError: there is none.
        """
        wanted = number_.strip().replace("[", "〔").replace("]", "〕")
        found = next((one for one in self._shelf.of() if one.number == wanted), None)
        if found is None:
            raise NotFoundError(f"没有“{wanted}”这份文件", mend="照纸上的文号填写，如 晋城市预警〔2026〕1号")
        return found

    def at(self, position: int) -> Issued:
        """The paper issued at a place of the record.

        Raises:
            NotFoundError: there is none.
        """
        found = next((one for one in self._shelf.of() if one.position == position), None)
        if found is None:
            raise NotFoundError("没有这份文件", where=f"第 {position} 条记录", mend="从文件清单里选")
        return found

    def holding(self, content: bytes) -> Issued | None:
        """The paper of which these bytes are an original; None: they are no original of this record."""
        digest_ = sm3(content)
        return next((one for one in self._shelf.of() if digest_ in {one.event.docx, one.event.pdf}), None)

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
        return Found(entry, tuple(one for one in self._shelf.of() if one.event.code == mine))
