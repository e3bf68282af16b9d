"""The supply desk on a freezing evening: workbooks come in, one is late and one is wrong, and somebody must be cut.

An illustration: enterprises and volumes are made up. Everything goes through the same commands that a duty room types.
"""

from __future__ import annotations

import csv
import subprocess
import sys
import tempfile
from datetime import date
from io import BytesIO
from pathlib import Path

from openpyxl import load_workbook

from zhishou.plan.load import library
from zhishou.supply.reading import read_system
from zhishou.supply.returns.lines import LINES
from zhishou.supply.returns.roster import Roster, roster
from zhishou.supply.returns.template import template

HOME = Path(__file__).parent / "jincheng-supply"
EVENINGS = ("2026-12-13", "2026-12-14", "2026-12-15")


def main() -> None:
    """Tell the evening."""
    lexicon = library().lexicon
    system = read_system((HOME / "system.yaml").read_text("utf-8"), "system.yaml", lexicon)
    book = roster(system, lexicon)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        print("供需演示：晋城一个寒潮傍晚的供需台（示意数据，非真实）\n")
        for evening in EVENINGS:
            inbox = Path(folder) / evening
            inbox.mkdir()
            for file in sorted((HOME / "returns" / evening).glob("*.csv")):
                (inbox / f"{file.stem}.xlsx").write_bytes(workbook(file, book, date.fromisoformat(evening)))
            said = zhishou(data, "import", str(inbox), "--at", f"{evening}T20:30", "--day", evening)
            print(f"━━ {evening} 傍晚，收到 {len(list(inbox.iterdir()))} 份 Excel 报表\n{tail(said)}\n")
        tomorrow, at = ("--day", "2026-12-16"), ("--at", "2026-12-15T20:45")
        print("━━ 20:45　缺一县、错一数，缺口只知道一个范围\n")
        print(head(zhishou(data, "balance", *tomorrow), 6), "\n")
        print("━━ 21:10　陵川补报，高平更正\n")
        late = Path(folder) / "late"
        late.mkdir()
        for file in sorted((HOME / "late" / "2026-12-15").glob("*.csv")):
            (late / f"{file.stem}.xlsx").write_bytes(workbook(file, book, date.fromisoformat("2026-12-15")))
        print(tail(zhishou(data, "import", str(late), "--at", "2026-12-15T21:10", "--day", "2026-12-15")), "\n")
        at = ("--at", "2026-12-15T21:15")
        for title, command in (
            ("明日供需平衡", ("balance", *tomorrow)),
            ("未来七天用气预测和各级别的可能性", ("forecast", *tomorrow, "--history", str(HOME / "history.csv"), "--weather", str(HOME / "weather.csv"))),
            ("够哪一级", ("assess", *tomorrow, *at)),
            ("压减清单", ("curtail", *tomorrow, *at)),
            ("若只启动Ⅱ级", ("curtail", *tomorrow, *at, "--level", "II", "--uneven")),
            ("若省网来气中断", ("whatif", *tomorrow, *at, "--fails", "import")),
        ):  # fmt: skip
            print(f"━━ {title}\n\n{zhishou(data, *command).rstrip()}\n")


def workbook(file: Path, book: Roster, day: date) -> bytes:
    """A reporter's own form, filled with the figures of a CSV as the reporter would type them."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    reporter = book.system.reporters_by_id[rows[0]["reporter"]]
    filled = load_workbook(BytesIO(template(reporter.kind, book, reporter.id, day)))
    sheet = filled["报表"]
    codes = {str(row[-1].value): row for row in sheet.iter_rows(min_row=8) if row[-1].value}
    line_of = {item: line.id for line in LINES.values() for item in (line.actual, line.expected) if item}
    sums: dict[tuple[str, int], float] = {}
    for row in rows:
        line = line_of[row["item"]]
        if LINES[line].total_of:
            continue  # the form adds up by itself
        found = codes.get(f"{line}:{row['of']}") or codes[line]
        ahead = (date.fromisoformat(row["day"]) - day).days
        try:
            found[4 + ahead].value = amount = float(row["amount"])
            sums[line, 4 + ahead] = sums.get((line, 4 + ahead), 0.0) + amount
        except ValueError:
            found[4 + ahead].value = row["amount"]
    for total in (line for line in LINES.values() if line.total_of and line.id in codes):
        for column in range(4, 12):  # what Excel would have worked out and saved
            codes[total.id][column].value = sums.get((total.total_of, column))
    out = BytesIO()
    filled.save(out)
    return out.getvalue()


def zhishou(data: Path, *arguments: str) -> str:
    """What the command prints."""
    command = [sys.executable, "-m", "zhishou", "supply", *arguments, "--data", str(data)]
    command += ["--system", str(HOME / "system.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return done.stdout


def head(text: str, count: int) -> str:
    """The first lines."""
    return "\n".join(text.splitlines()[:count])


def tail(text: str) -> str:
    """What a listing comes to: everything after the table."""
    lines = text.splitlines()
    return "\n".join(lines[next(at for at, line in enumerate(lines) if line.endswith(" 份。")) :])


if __name__ == "__main__":
    main()
