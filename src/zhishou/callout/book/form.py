"""The form of the contact book: empty for a duty room to fill in, or filled in with the book; it is read by `workbook.py`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from io import BytesIO

from openpyxl import Workbook
from openpyxl.worksheet.datavalidation import DataValidation

from zhishou.callout.book.keeping import UNREADABLE, Contact
from zhishou.callout.book.workbook import COLUMNS, USES, WAYS
from zhishou.supply.returns import style

SHEET = "通讯录"
GUIDE = "说明"


def template(rows: Iterable[Mapping[str, str]] = (), title: str = "值班通讯录") -> bytes:
    """The form, empty or with rows in it, as the bytes of an .xlsx.

    Args:
        rows: column → text.
        title: above the table.
    """
    book = Workbook()
    sheet = style.page(book, SHEET)
    style.widths(sheet, (26, 14, 10, 12, 16, 16, 16, 16, 24, 16, 16, 16, 18, 7, 8, 12))
    style.title(sheet, 1, title, len(COLUMNS))
    for column, name in enumerate(COLUMNS, start=1):
        style.put(sheet, (2, column), name, font=style.STRONG, fill=style.HEAD, border=style.GRID, align=style.CENTRE)
    last = 2
    for last, row in enumerate(rows, start=3):
        for column, name in enumerate(COLUMNS, start=1):
            style.put(sheet, (last, column), row.get(name) or None, border=style.GRID, form="@")
    for row_number in range(last + 1, last + 31):
        for column in range(1, len(COLUMNS) + 1):
            style.put(sheet, (row_number, column), border=style.GRID, form="@")
    choice = DataValidation(type="list", formula1='"实战,演练,都用"', allow_blank=True)
    choice.add(f"O3:O{last + 30}")
    sheet.add_data_validation(choice)
    sheet.freeze_panes = "A3"
    style.paper(sheet, landscape=True, last_column=len(COLUMNS), last_row=last + 30, repeat="2:2")
    _guide(book)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


_WORDS = (
    ("单位或职务", "写预案里的名称，如“市能源局”“煤层气地面开采预案 指挥长”“值班员”。同一单位几个人各写一行。"),
    ("账户", "本人在值守有账户的，写账户编号；按职务呼叫到人时用的就是这一行。"),
    ("姓名", "写姓名，或“值班室”。"),
    ("电话", "办公电话只在上班时间打，夜间电话只在下班时间打，值班电话全天打。外地号码要写区号。"),
    ("手机", "既发短信也打电话。"),
    ("几个号码", "一格一个号码。一家有几个同类号码的分行写，并写次序 1、2、3；没有写次序的要由值班室核定后才用。"),
    ("用于", "不写即只用于实战；演练只用写了“演练”或“都用”的。"),
    ("通道", "一般不写。同类通道有两个以上（如两个企业微信群）时，写 house.yaml 里通道的名字；不写走第一个。"),
    ("导入之后", "号码加密存放，不进记录和日志。有疑问的各行不用也不丢，等值班室核定。"),
)


def _guide(book: Workbook) -> None:
    sheet = style.page(book, GUIDE)
    style.widths(sheet, (16, 90))
    for row, (name, words) in enumerate(_WORDS, start=1):
        style.put(sheet, (row, 1), name, font=style.LABEL)
        style.put(sheet, (row, 2), words)


def exported(contacts: Iterable[Contact], values: Mapping[str, str], label: Mapping[str, str]) -> bytes:
    """The book as the form filled in: one row for each holder, name and place in the order.

    Args:
        contacts: what is in use.
        values: id of the address → number.
        label: holder → what it is called.
    """
    rows: dict[tuple[object, ...], dict[str, str]] = {}
    contacts = tuple(contacts)
    values = {one.id: values.get(one.id, UNREADABLE) for one in contacts}
    for one in contacts:
        title = _title(
            one, [(two.kind, values[two.id]) for two in contacts if two.holder == one.holder], values[one.id]
        )
        use = next(name for name, flags in reversed(list(USES.items())) if flags == (one.real, one.exercise))
        key = (one.holder, one.name, one.rank, use, one.channel)
        number = 0
        while rows.get((*key, number), {}).get(title, values[one.id]) != values[one.id]:
            number += 1
        row = rows.setdefault((*key, number), {})
        person = ":" not in one.holder
        row |= {
            "单位或职务": "" if person else label.get(one.holder, one.holder), "账户": one.holder if person else "",
            "姓名": one.name, "职务": one.role, title: values[one.id], "次序": str(one.rank or ""), "用于": use, "通道": one.channel,
        }  # fmt: skip
    return template(rows.values())


def _title(one: Contact, own: Collection[tuple[str, str]], value: str) -> str:
    """The column in which an address stands: a mobile that is both called and written to stands once."""
    if one.kind == "sms" or (one.kind == "voice" and one.hours == "any" and ("sms", value) in own):
        return "手机"
    return next(
        name for name, kinds, hours in WAYS if kinds[0] == one.kind and (hours == one.hours or one.kind != "voice")
    )
