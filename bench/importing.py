"""Bringing in a winter's returns: 500 workbooks read, checked against each other and entered, beside what merely loads them."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pandas as pd
from openpyxl import Workbook, load_workbook
from timing import Row, Subject, duration

from zhishou.clock import SHANGHAI
from zhishou.plan.load import library
from zhishou.supply.returns import reading, records
from zhishou.supply.returns.checking import Expected
from zhishou.supply.returns.lines import LINES
from zhishou.supply.returns.receiving import receive
from zhishou.supply.returns.register import Register
from zhishou.supply.returns.roster import Roster, roster
from zhishou.supply.returns.template import template
from zhishou.supply.system import Customer, Node, Reporter, Source, Storage, System

FILES = 500
REPORTERS = 10
DAYS = FILES // REPORTERS
FIRST = date(2026, 11, 1)
CLASSES = ("residential", "public_service", "commerce", "industry", "vehicle", "public_transport")


def system() -> System:
    """Ten companies, each with two sources, six classes in two counties, a gas holder and an LNG tank."""
    areas = ("chengqu", "zezhou")
    names = range(REPORTERS)
    return System(
        id="bench",
        title="演示市",
        area="jincheng",
        illustrative=True,
        reporters=tuple(Reporter(id=f"r{n}", label=f"第{n}公司", kind="city_gas", area="chengqu") for n in names),
        nodes=tuple(Node(id=area, label=area, area=area) for area in areas),
        sources=tuple(
            Source(id=f"r{n}-s{s}", label=f"第{n}公司{s}号气源", kind="other", node="chengqu", reporter=f"r{n}", capacity=100)
            for n in names for s in (1, 2)
        ),
        storages=tuple(
            Storage(
                id=f"r{n}-{form}", label=f"第{n}公司{form}", node="chengqu", owner="公司", owner_kind="city_gas_company",
                reporter=f"r{n}", form=form, capacity=1000, withdrawal=50, injection=50,
            )
            for n in names for form in ("gas", "lng")
        ),
        customers=tuple(
            Customer(
                id=f"r{n}-{area}-{class_}", label=f"第{n}公司{area}{class_}", customer_class=class_, node=area,
                reporter=f"r{n}", demand=10,
            )
            for n in names for area in areas for class_ in CLASSES
        ),
    )  # fmt: skip


def workbooks(book: Roster, folder: Path) -> list[Path]:
    """The forms of every company for every day, filled in; every third one tells a class by the hour as well."""
    chance = random.Random(7)  # noqa: S311 - figures, not secrets
    found = []
    for reporter in book.system.reporters:
        form = load_workbook(BytesIO(template("city_gas", book, reporter.id)))
        sheet, hours = form["报表"], form["分时"]
        rows = [(row, str(sheet.cell(row, 14).value)) for row in range(8, sheet.max_row)]
        levels = {code: chance.uniform(5, 60) for _, code in rows}
        by_hour = next(row for row in range(4, 60) if str(hours.cell(row, 30).value).startswith("use:"))
        for number in range(DAYS):
            day = FIRST + timedelta(days=number)
            sheet["E3"] = day
            _fill(form, rows, levels, chance)
            _hours(form, by_hour, number % 3 == 0)
            path = folder / f"{reporter.id}-{day}.xlsx"
            form.save(path)
            found.append(path)
    return found


def _fill(form: Workbook, rows: list[tuple[int, str]], levels: dict[str, float], chance: random.Random) -> None:
    for row, code in rows:
        line = LINES.get(code.split(":")[0])
        if line is None or line.total_of:
            continue
        level = levels[code] / (4 if line.id == "allocation" else 1)
        for column in range(5, 13):
            if (line.actual if column == 5 else line.expected) != "":
                form["报表"].cell(row, column).value = round(level * chance.uniform(0.9, 1.1), 2)


def _hours(form: Workbook, row: int, told: bool) -> None:  # noqa: FBT001 - one question
    sheet, code = form["报表"], form["分时"].cell(row, 30).value
    main = next(at for at in range(8, sheet.max_row) if sheet.cell(at, 14).value == code)
    total = float(sheet.cell(main, 6).value)  # type: ignore[arg-type]
    for hour in range(24):
        form["分时"].cell(row, 5 + hour).value = total / 24 if told else None


def imported(files: list[Path], book: Roster) -> Register:
    """What `zhishou supply import` does but for the keeping of originals: read, check, enter, write down."""
    found = Register()
    read = [reading.read(path.name, path.read_bytes(), book, FIRST) for path in files]
    read.sort(key=lambda one: (min(draft.gas_day for draft in one.drafts if draft.gas_day), one.name))
    for one in read:
        day = one.drafts[0].gas_day
        assert day is not None
        at = datetime(day.year, day.month, day.day, 20, tzinfo=SHANGHAI)
        found, _ = receive(found, one, book, Expected(at))
    assert len(records.written(found.entries)) > FILES
    return found


def measure() -> Subject:
    """Every way once over the same files, in the same run, after ten files that do not count."""
    book = roster(system(), library().lexicon)
    with tempfile.TemporaryDirectory() as folder:
        files = workbooks(book, Path(folder))
        values = int(sum(len(entry.returned.values) for entry in imported(files[:10], book).entries if entry.returned))
        size = sum(path.stat().st_size for path in files) / len(files)

        def load(**how: bool) -> Callable[[], object]:
            def act() -> int:
                return sum(
                    1
                    for path in files
                    for sheet in load_workbook(path, **how)
                    for row in sheet.iter_rows(values_only=True)
                    for cell in row
                    if cell is not None
                )

            return act

        def both() -> None:
            load(data_only=True)()
            load()()

        def pandas() -> None:
            for path in files:
                pd.read_excel(path, sheet_name=None, header=None)

        ways = {
            "ours: read, check, enter, write down": lambda: imported(files, book),
            "ours: read only": lambda: [reading.read(p.name, p.read_bytes(), book, FIRST) for p in files],
            "openpyxl: cached results only": load(data_only=True),
            "openpyxl: formulas and cached results": both,
            "openpyxl, read-only: cached results only": load(data_only=True, read_only=True),
            "pandas.read_excel": pandas,
        }
        taken = {}
        for name, act in ways.items():
            start = time.perf_counter()
            act()
            taken[name] = time.perf_counter() - start
    first = next(iter(taken.values()))
    rows = [
        Row(name, duration(time_), "≤ 20 s" if name.startswith("ours: read, check") else "", _note(name, time_, first))
        for name, time_ in taken.items()
    ]
    text = (
        f"{FILES} forms of {size / 1024:.0f} KiB, {values / 10:.0f} figures each, one core. The peers only load the cells; they neither "
        "tell formulas without a result nor bound what a hostile file unpacks to, and openpyxl must load twice to tell a "
        "formula from its result."
    )
    return Subject("Returns", rows, text)


def _note(name: str, taken: float, first: float) -> str:
    note = f"{taken / FILES * 1e3:.1f} ms a file"
    return note if name.startswith("ours") else f"{note}; {taken / first:.1f} × ours in full"


if __name__ == "__main__":
    for row in measure().rows:
        print(row.what, row.measured, row.note, sep=" | ")
