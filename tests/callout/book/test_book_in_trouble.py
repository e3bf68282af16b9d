"""The contact book among troubles: a damaged row, a second group, two who write at once, a number where none belongs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress

from callout.book.test_book import MOBILE, NOW, UNITS, line
from sqlalchemy import Engine, select, update

from zhishou import database
from zhishou.callout.book import form, workbook
from zhishou.callout.book.checking import Known
from zhishou.callout.book.importing import Decision, bring_in, decide, waiting
from zhishou.callout.book.keeping import ContactBook
from zhishou.callout.book.lines import Line
from zhishou.callout.tables import addresses
from zhishou.callout.tables import held as held_lines
from zhishou.plan.load import Library


def test_one_damaged_row_hides_none_of_the_others(book: ContactBook, known: Known, engine: Engine):
    held = [line("火星基地", "9000015"), line("木星基地", "9000016")]
    bring_in(book, "x", [line("市能源局", "9000012"), line("市气象局", "9000013"), *held], known, by="console", at=NOW)
    broken, whole = (one.id for one in book.contacts())
    with database.writing(engine) as connection:
        connection.execute(update(addresses).where(addresses.c.id == broken).values(sealed="x"))
        first = connection.execute(select(held_lines.c.id).order_by(held_lines.c.number)).scalars().first()
        connection.execute(update(held_lines).where(held_lines.c.id == first).values(sealed="x"))
    assert book.values_of([broken, whole]) == {whole: "0356-9000013"}
    assert [one.written for one in waiting(book)] == ["打不开", "9000016"]
    labels = {one.holder: known.label(one.holder) for one in book.contacts()}
    written = workbook.read(form.exported(book.contacts(), book.values_of([broken, whole]), labels))
    assert [(one.who, one.written) for one in written] == [("市能源局", "打不开"), ("市气象局", "0356-9000013")]


def test_a_number_written_as_a_reason_does_not_enter_the_record(book: ContactBook, known: Known):
    (held,) = bring_in(book, "一", [line("火星基地", "9000012")], known, by="console", at=NOW).held
    reason = f"改为 {MOBILE[:3]} {MOBILE[3:7]}-{MOBILE[7:]}，见 someone@example.cn，经王主任同意"
    decide(book, Decision(held.id, "reject", reason), known, by="boss", at=NOW)
    told = [one.data["reason"] for one in book.changes.unrecorded() if "reason" in one.data]
    assert told == ["改为 （数字），见 （邮箱），经王主任同意"]


def test_a_second_group_of_a_kind_is_an_address_of_its_own(book: ContactBook, packs: Library):
    whose = Known(packs, "jincheng", {"zhang.wei": "张伟"}, {"group": "wecom", "second": "wecom", "sms": "sms"})
    rows = [
        {"账户": "zhang.wei", "企业微信": "all", "手机": MOBILE},
        {"账户": "zhang.wei", "企业微信": "all", "手机": MOBILE, "通道": "second"},
        {"账户": "zhang.wei", "企业微信": "all", "通道": "third"},
    ]
    found = bring_in(book, "x", workbook.read(form.template(rows)), whose, by="console", at=NOW)
    assert [(one.code, one.label) for one in found.held] == [("no_channel", "zhang.wei　企业微信")]
    ways = {(one.kind, one.channel) for one in book.contacts()}
    assert ways == {("wecom", ""), ("wecom", "second"), ("sms", ""), ("voice", "")}
    contacts = book.contacts()
    written = form.exported(contacts, book.values_of([one.id for one in contacts]), {})
    again = bring_in(book, "y", workbook.read(written), whose, by="console", at=NOW)
    assert (again.added, again.unchanged, again.held) == (0, 4, ())


def test_two_who_bring_in_the_same_number_at_once_do_not_both_enter_it(book: ContactBook, known: Known):
    """Both have begun before either has ended; what the second finds is held."""
    both = threading.Barrier(2)

    def lines(who: str) -> Iterator[Line]:
        with suppress(threading.BrokenBarrierError):
            both.wait(0.4)
        yield line(who, "9000012")

    def bring(who: str) -> None:
        bring_in(book, who, lines(who), known, by="console", at=NOW)

    threads = [threading.Thread(target=bring, args=(who,)) for who in UNITS[:2]]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(book.contacts()) == 1
    assert [one.code for one in waiting(book)] == ["shared"]
