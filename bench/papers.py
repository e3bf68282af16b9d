"""One paper, from the record to the bytes of both forms, beside the way by python-docx and a word processor; one message."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from docx import Document
from docx.shared import Mm, Pt
from timing import Row, Subject, duration, seconds

from zhishou import drill
from zhishou.desk import Desk
from zhishou.paper.docx import write
from zhishou.paper.issuing import IssuePaper
from zhishou.paper.laid import Grid, Line, laid
from zhishou.paper.pdf import pages, set_
from zhishou.paper.value import Paper
from zhishou.plan.load import library

KINDS = ("response_start", "situation_report", "task_directive", "review", "press_draft")
PLAN = "gas-winter-2021"


def night() -> tuple[Desk, str]:
    """The desk at the end of the cold wave's drill, and its incident."""
    path = drill.shipped()[PLAN]
    script = drill.read_scenario(path.read_text("utf-8"), str(path), library())
    factory = drill.exercise_desk(drill.memory_record(script), script)
    outcome = drill.run(script, factory)
    end = max(one.at for one in outcome.happened)
    return factory(lambda: end), outcome.incidents["city"].id


def measure() -> Subject:
    """Five kinds of paper of the cold wave; the slowest counts."""
    desk, incident = night()
    rows, drafts = [], {}
    for kind in KINDS:
        command = IssuePaper(kind=kind, incident=incident)
        drafts[kind] = desk.papers.draft("jincheng", command)
        rows.append(_both(desk, kind, command))
    slowest = drafts["situation_report"]
    one = laid(slowest)
    rows += [
        Row("draw it up from the record", duration(seconds(lambda: desk.papers.draft("jincheng", IssuePaper(kind="situation_report", incident=incident))))),
        Row("set the DOCX", duration(seconds(lambda: write(one, slowest)))),
        Row("set the PDF", duration(seconds(lambda: set_(one, slowest)))),
        Row("pictures of its pages, for the screen", duration(seconds(lambda: pages(one, slowest), runs=3))),
        *_peer(slowest),
    ]  # fmt: skip
    return Subject(
        "One paper (DOCX and PDF)", rows,
        "The cold wave's drill at its end. The message of a public warning (≤ 20 ms) has a section of its own.",
    )  # fmt: skip


def _both(desk: Desk, kind: str, command: IssuePaper) -> Row:
    def both() -> int:
        paper = desk.papers.draft("jincheng", command)
        one = laid(paper)
        return len(write(one, paper)) + len(set_(one, paper))

    size, clock, own = both(), seconds(both, runs=5), processor(both)
    note = f"{duration(own)} of the processor; {size:,} bytes"
    return Row(f"{kind}: drawn up, DOCX and PDF", duration(clock), "≤ 500 ms", note)


def processor(act: Callable[[], object], times: int = 5) -> float:
    """Seconds of the processor that one call takes, whatever else the machine does meanwhile."""
    began = time.process_time()
    for _ in range(times):
        act()
    return (time.process_time() - began) / times


def _peer(paper: Paper) -> list[Row]:
    """The same text by python-docx's own calls, and the PDF by LibreOffice from it: what such software mostly does."""
    soffice = shutil.which("soffice")

    def plain() -> bytes:
        book = Document()
        section = book.sections[0]
        section.page_width, section.page_height, section.top_margin = Mm(210), Mm(297), Mm(37)
        for part in laid(paper).parts:
            if isinstance(part, Line):
                book.add_paragraph().add_run(part.text).font.size = Pt(part.size)
            elif isinstance(part, Grid):
                table = book.add_table(len(part.rows), len(part.widths))
                for row, texts in enumerate(part.rows):
                    for column, text in enumerate(texts):
                        table.cell(row, column).text = text
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    rows = [
        Row(
            "peer: the DOCX by python-docx's own calls", duration(seconds(plain, runs=3)), "", "no styles, head or foot"
        )
    ]
    if soffice is None:
        return [*rows, Row("peer: the PDF by LibreOffice", "not measured", "", "LibreOffice is not installed here")]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "paper.docx"
        file.write_bytes(write(laid(paper), paper))

        def converted() -> None:
            subprocess.run(
                [soffice, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf",
                 "--outdir", folder, str(file)],
                check=True, capture_output=True,
            )  # fmt: skip

        return [
            *rows,
            Row(
                "peer: the PDF by LibreOffice from the DOCX",
                duration(seconds(converted, runs=3)),
                "",
                "one process a paper",
            ),
        ]
