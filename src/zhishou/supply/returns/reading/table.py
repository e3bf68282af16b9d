"""Reading figures told one to a line: a CSV or sheet with plain headings, or a JSON of the published schema.

It stands alone beside the form because a program writes these, not a person in a form.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from zhishou.supply.returns.lines import LINES, items
from zhishou.supply.returns.model import ITEMS, Value
from zhishou.supply.returns.reading import figures
from zhishou.supply.returns.reading.draft import Draft, Where, cells, without_numbers
from zhishou.supply.returns.reading.grid import Cell, Sheet, UnreadableError, reference
from zhishou.supply.returns.reading.rows import take
from zhishou.supply.returns.reading.text import NAME, decoded
from zhishou.supply.returns.roster import LINE_NAMES, Roster, plain
from zhishou.supply.units import VOLUME

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "reporter": ("reporter", "报送单位", "单位名称"),
    "gas_day": ("gas_day", "气日"),
    "item": ("item", "项目"),
    "of": ("of", "对象"),
    "day": ("day", "日期"),
    "hour": ("hour", "小时", "第几小时"),
    "amount": ("amount", "数值", "数量", "气量"),
    "unit": ("unit", "单位"),
    "note": ("note", "备注"),
}
"""Column → its headings. `hour` counts the hours of the gas day from 0."""

SCHEMA_ID = "zhishou/return/1"
"""What a JSON says of itself in `schema`."""

_ITEM_NAMES = {plain(name): item.id for item in ITEMS.values() for name in (item.id, item.label)}


@dataclass(frozen=True, slots=True)
class _Line:
    """One line as written: column → cell, with its place."""

    cells: Mapping[str, Cell]
    places: Mapping[str, str]
    sheet: str
    place: str
    torn: str = ""
    """The figure as it was before the comma between its thousands made two fields of it; empty where it is whole."""

    def text(self, column: str) -> str:
        cell = self.cells.get(column)
        return cell.text if cell is not None else ""


def schema() -> dict[str, Any]:
    """The JSON Schema of a return told as JSON: one object, or a list of them."""
    text: dict[str, Any] = {"type": "string", "minLength": 1}
    value: dict[str, Any] = {
        "type": "object",
        "required": ["item", "amount"],
        "additionalProperties": False,
        "properties": {
            "item": {"description": "项目：编号或名称", "enum": list(_ITEM_NAMES) + [i.label for i in ITEMS.values()]},
            "of": {**text, "description": "对象的编号或名称；合计和单位自身的项目不写；分配气量写“地区|气源”"},
            "day": {"type": "string", "format": "date", "description": "哪一个气日；不写：实际为当日，预计为次日"},
            "hour": {
                "type": "integer",
                "minimum": 0,
                "maximum": 23,
                "description": "气日的第几小时，从 0 起；数值为该小时气量",
            },
            "amount": {"type": ["number", "string"], "description": "数值；上级响应级别为文字"},
            "unit": {**text, "description": "单位；不写即该项目的单位（气量：万立方米/日，20 ℃、101.325 kPa）"},
            "note": {"type": "string"},
        },
    }
    value["properties"]["item"]["enum"] = sorted(set(value["properties"]["item"]["enum"]))
    one: dict[str, Any] = {
        "type": "object",
        "required": ["schema", "reporter", "gas_day", "values"],
        "additionalProperties": False,
        "properties": {
            "schema": {"const": SCHEMA_ID},
            "reporter": {**text, "description": "报送单位的编号或名称"},
            "gas_day": {"type": "string", "format": "date", "description": "气日"},
            "note": {"type": "string", "description": "说明"},
            "values": {"type": "array", "items": value, "minItems": 1},
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "供需日报表",
        "oneOf": [one, {"type": "array", "items": one, "minItems": 1}],
    }


def header(sheet: Sheet) -> tuple[int, dict[str, int]] | None:
    """The row of headings of a plain table and its columns; None where the sheet is none."""
    for row, found in sheet.rows().items():
        names = {plain(cell.text): column for column, cell in found.items()}
        columns = {role: names[name] for role, known in COLUMNS.items() for name in map(plain, known) if name in names}
        if {"item", "amount"} <= set(columns):
            return row, columns
        if row > 30:  # headings stand at the top
            break
    return None


def read_sheet(
    sheet: Sheet, roster: Roster, near: date, gas_day: date | None, reporter: str
) -> tuple[Draft, ...] | None:
    """Read a plain table; None where the sheet is none."""
    found = header(sheet)
    if found is None:
        return None
    start, columns = found
    beside, others = columns["amount"] + 1, {column for role, column in columns.items() if role != "note"}

    def lines() -> Iterator[_Line]:
        for number, row in sheet.rows().items():
            if number > start:
                told = {role: row[column] for role, column in columns.items() if column in row}
                places = {role: reference(number, column) for role, column in columns.items()}
                doubtful = sheet.widths and (sheet.widths[number] > sheet.widths[start] or beside not in others)
                torn = _torn(row, columns["amount"]) if doubtful else ""
                yield _Line(told, places, sheet.name, f"{number}:{number}", torn)

    drafts = _Drafts(roster, near, gas_day, reporter)
    for line in lines():
        drafts.take(line)
    known = set(columns.values())
    other = [reference(*at) for at, cell in sorted(sheet.cells.items()) if at[1] not in known and at[0] > start]
    if other and drafts.found:
        drafts.first.tell("stray", "不认识的列里有内容，没有采用", "", Where(sheet.name, cells(other)), noted=True)
    return drafts.all


def _torn(row: Mapping[int, Cell], column: int) -> str:
    """The figure `45,500` of a CSV written without quotation marks, which so became two fields; empty where it is none."""
    parts = [row[at].text.strip() if at in row else "" for at in (column, column + 1)]
    whole = re.fullmatch(r"-?\d{1,3}", parts[0]) and re.fullmatch(r"\d{3}(\.\d+)?", parts[1])
    return ",".join(parts) if whole else ""


def read_json(content: bytes, roster: Roster, near: date, gas_day: date | None, reporter: str) -> tuple[Draft, ...]:
    """Read a JSON of the published schema.

    Raises:
        UnreadableError: it is no JSON, or not of this schema.
    """
    data = _parsed(decoded(content))
    drafts = _Drafts(roster, near, gas_day, reporter)
    returns = data if isinstance(data, list) else [data]
    for index, one in enumerate(returns):
        root = f"$[{index}]" if isinstance(data, list) else "$"
        _shape(one, root)
        shared = {"reporter": one["reporter"], "gas_day": one["gas_day"]}
        for number, value in enumerate(one["values"]):
            place = f"{root}.values[{number}]"
            both = {**shared, **value}
            told = {name: Cell(_plain(given)) for name, given in both.items() if given is not None and given != ""}
            places = {name: f"{place if name in value else root}.{name}" for name in COLUMNS}
            drafts.take(_Line(told, places, "JSON", place))
        if drafts.found and one.get("note"):
            own = without_numbers(Cell(str(one["note"])).text)
            drafts.last.note = "；".join(part for part in (own, drafts.last.note) if part)
    return drafts.all


def _parsed(text: str) -> Any:
    """A JSON whose every key counts and whose every character can be written down again."""
    try:
        data = json.loads(text, object_pairs_hook=_once)
        json.dumps(data, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        line = f"第 {error.lineno} 行"
        raise UnreadableError("broken", f"不是合法的 JSON（{line}）", "请检查这一行的逗号和引号") from None
    except RecursionError:
        raise UnreadableError("broken", "不是合法的 JSON（嵌套过深）", "请按 JSON 格式说明重新生成") from None
    except UnicodeEncodeError:
        raise UnreadableError(
            "broken", "JSON 里有半个字符（\\uD800 之类）", "请检查生成程序，按 UTF-8 重新生成"
        ) from None
    except ValueError:
        raise UnreadableError("broken", "JSON 里有几千位长的数", "请核实生成程序，改正后重报") from None
    return data


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; of a key written twice nobody can say which is meant."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise UnreadableError("broken", f"JSON 的一个对象里“{twice}”写了两次", "每项只写一次，改正后重报")
    return found


def _shape(one: Any, root: str) -> None:
    """Refuse what is not of the schema; figures are judged one by one later."""
    mend = "请按 JSON 格式说明改正（zhishou supply template --schema）"
    if not isinstance(one, Mapping) or one.get("schema") != SCHEMA_ID:
        raise UnreadableError("no_table", f"{root} 没有写明 schema 为 {SCHEMA_ID}", mend)
    if missing := [name for name in ("reporter", "gas_day", "values") if name not in one]:
        raise UnreadableError("no_table", f"{root} 缺少 {'、'.join(missing)}", mend)
    values = one["values"]
    if not isinstance(values, Sequence) or isinstance(values, str) or not values:
        raise UnreadableError("no_table", f"{root}.values 不是列表，或是空的", mend)
    for number, value in enumerate(values):
        if not isinstance(value, Mapping) or not {"item", "amount"} <= set(value):
            raise UnreadableError("no_table", f"{root}.values[{number}] 缺少 item 或 amount", mend)
        if unknown := set(value) - set(COLUMNS):
            raise UnreadableError(
                "unknown_column", f"{root}.values[{number}] 有不认识的 {'、'.join(sorted(unknown))}", mend
            )


def _plain(given: Any) -> float | str | bool:
    if isinstance(given, bool):
        return given
    if isinstance(given, int | float):
        return float(given) if abs(given) < 1e300 else str(given)
    return given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)


class _Drafts:
    """Lines gathered into a draft for each reporter and gas day."""

    def __init__(self, roster: Roster, near: date, gas_day: date | None, reporter: str) -> None:
        self.roster, self.near, self.gas_day, self.reporter = roster, near, gas_day, reporter
        self.found: dict[tuple[str, str], Draft] = {}

    @property
    def all(self) -> tuple[Draft, ...]:
        return tuple(self.found.values())

    @property
    def first(self) -> Draft:
        return next(iter(self.found.values()))

    @property
    def last(self) -> Draft:
        return next(reversed(self.found.values()))

    def draft(self, line: _Line) -> Draft:
        who, day = self.reporter or line.text("reporter"), line.text("gas_day")
        known = self.roster.reporter(who) if who else None
        cell = line.cells.get("gas_day")
        read, problem = figures.day(cell, self.near) if cell else (None, "没有写气日")
        place = (known.id if known else who, str(self.gas_day or read or day))  # one return under whatever spelling
        if place not in self.found:
            made = Draft(
                known.id if known else "", self.gas_day, sheet=line.sheet,
                reporter_cell=line.places.get("reporter", ""), reporter_written=who,
                day_cell=line.places.get("gas_day", ""), day_written=day,
            )  # fmt: skip
            if made.gas_day is None:
                made.gas_day, made.day_problem = read, problem
                if made.gas_day is not None and made.day_problem:
                    where = Where(line.sheet, made.day_cell, day)
                    made.tell("date_unclear", made.day_problem, "", where, noted=True)
                    made.day_problem = ""
            self.found[place] = made
        return self.found[place]

    def take(self, line: _Line) -> None:
        if not line.cells:
            return
        draft = self.draft(line)
        if line.text("note"):
            draft.note = "；".join(part for part in (draft.note, without_numbers(line.text("note"))) if part)
        amount = line.cells.get("amount")
        shown = " ".join(part for part in (line.text("item"), line.text("of")) if part)
        where = Where(line.sheet, line.places["amount"], amount.text if amount else "", shown)
        if amount is None or figures.blank(amount):
            draft.tell("blank_mark", "没有数值，按未填处理", "", where, noted=True)
        elif line.torn:
            message = f"“{line.torn}”里的逗号多半把一个数拆成了两格"
            draft.tell("not_a_number", message, "数里不要写千分位的逗号，或给这一格加上引号", where)
        else:
            self.figure(line, draft, amount, where)

    def figure(self, line: _Line, draft: Draft, amount: Cell, where: Where) -> None:
        """Take the figure of a line that has one."""
        found = self.which(line, draft)
        if isinstance(found, str):
            draft.tell("unknown_row", found, "请用名录里的项目和对象", where)
            return
        item, of = found
        if draft.gas_day is None:
            draft.undated += 1
            return
        where = replace(where, label=self.roster.label(item, of))
        day: date | None = draft.gas_day + timedelta(days=ITEMS[item].when == "expected")
        if (cell := line.cells.get("day")) is not None:
            day, _ = figures.day(cell, draft.gas_day)
        hour = self.hour(line)
        if day is None or isinstance(hour, str):
            wrong = "day" if day is None else "hour"
            message = "日期认不出" if day is None else str(hour)
            at = replace(where, cell=line.places.get(wrong, ""), written=line.text(wrong))
            draft.tell("wrong_date", message, "日期写 2026-12-15，小时写 0 到 23", at)
            return
        value = Value(item, of, day, 0.0, hour, f"{line.sheet}!{line.places['amount']}")
        if ITEMS[item].unit == "":
            draft.values.append(replace(value, amount=amount.text))
            return
        unit = VOLUME if hour is not None else self.roster.unit(item, of)
        per_tonne = self.roster.system.cubic_metres_per_tonne
        told = take(draft, value, amount, where, unit=unit, written=line.text("unit"), per_tonne=per_tonne)
        if "as_text" in told and line.sheet != NAME:
            draft.tell("as_text", "以文字形式存放的数，已按数读", "", where, about=value, noted=True)

    def which(self, line: _Line, draft: Draft) -> tuple[str, str] | str:
        """Item and object of a line, or why they are not known."""
        name = line.text("item")
        item = _ITEM_NAMES.get(plain(name))
        if item is None:
            known = LINE_NAMES.get(plain(name))
            if known is None or len(items(known)) != 1:
                return f"不认识的项目“{name}”" if name else "没有写项目"
            item = items(known)[0]
        if ITEMS[item].about == "reporter":
            return item, draft.reporter
        row_line = next(one for one in LINES.values() if item in items(one))
        of = line.text("of")
        row = self.roster.by_code.get(f"{row_line.id}:{of}") or self.roster.named(row_line, of, draft.reporter)
        if row is None:
            return f"名录里没有叫“{of}”的对象" if of else "没有写对象"
        owner = self.roster.owners.get((row_line.id, row.of), "")
        if draft.reporter and owner != draft.reporter:
            return f"“{row.label}”由“{self.roster.system.reporters_by_id[owner].label}”报送"
        return item, row.of

    @staticmethod
    def hour(line: _Line) -> int | str | None:
        cell = line.cells.get("hour")
        if cell is None:
            return None
        text = figures.normal(cell.text).removesuffix(".0")
        if text.isascii() and text.isdigit() and int(text) < 24:
            return int(text)
        return "小时应为 0 到 23"
