"""The plans' pages held against the packs: nothing of a plan is lost on its page, and a search finds what stands there."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from web.console.conftest import Visits
from web.console.served import Evening, shelf

from zhishou.plan.check import check
from zhishou.plan.compare import compare
from zhishou.plan.load import Library
from zhishou.web.console.plan_index import index, search
from zhishou.web.console.plans_shown import by_severity, phones, span

Seen = tuple[Evening, Visits]
PLANS = tuple(shelf().packs)
GAS, HAZCHEM = "jincheng/gas-winter-2021", "jincheng/hazchem-2020"


@pytest.mark.parametrize("plan", PLANS)
def test_nothing_of_a_plan_is_lost_on_its_page(plan: str, seen_night: Seen) -> None:
    _, visit = seen_night
    found = visit("zhang.wu").open(f"/plans/{plan}")
    assert found.status == 200
    pack = shelf().packs[plan]
    text = re.sub(r"\s", "", found.text)

    def there(*words: str) -> None:
        for word in words:
            assert re.sub(r"\s", "", word) in text, word

    there(pack.plan.title, pack.plan.number)
    there(
        *(post.label for post in pack.organisation.posts),
        *(one for post in pack.organisation.posts for one in post.held_by),
    )
    there(
        *(group.label for group in pack.organisation.groups),
        *(unit for roll in pack.organisation.members for unit in roll.units),
    )
    for ladder in pack.ladders.values():
        for level in ladder.levels:
            there(level.label, *level.clause, *(measure.task for measure in level.measures))
    there(*(duty for unit in pack.organisation.duties for duty in unit.duties))
    there(*(contact.unit for one in pack.contacts.lists for contact in one.contacts))
    there(*(number for one in pack.contacts.lists for contact in one.contacts for number in contact.phone))
    there(*(item.name for base in pack.stocks.lists for item in base.items))
    there(*(step.do for checklist in pack.disposal.checklists for step in checklist.steps))
    there(*pack.ledger.clauses)
    assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|<style", found.answer.text)


def test_a_telephone_is_called_with_one_tap_and_no_mobile_is_shown(seen_night: Seen) -> None:
    _, visit = seen_night
    page = visit("cheng.jia").open(f"/plans/{GAS}")
    assert 'href="tel:03562198345"' in page.answer.text, "the annex leaves the area code out"
    assert 'href="tel:03513119410"' in page.answer.text
    assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", page.text)
    withheld = [contact for one in shelf().packs[GAS].contacts.lists for contact in one.contacts if contact.withheld]
    assert withheld
    assert page.text.count("个人手机号") >= len(withheld)
    for pack in shelf().packs.values():
        for one in pack.contacts.lists:
            for contact in one.contacts:
                assert all(phone.tel.isdigit() for phone in phones(pack, contact))


def test_every_finding_of_the_check_stands_on_its_page(seen_night: Seen) -> None:
    one, visit = seen_night
    page = visit("cheng.jia").open(f"/plans/findings/{GAS}")
    found = check([shelf().packs[GAS]], one.house.now().date(), among=shelf().packs.values())
    assert found
    for finding in found:
        assert finding.name in page.text
        assert " ".join(finding.text.split()) in page.text


def test_findings_stand_by_severity_and_what_comes_often_is_folded_together(seen_night: Seen) -> None:
    one, _ = seen_night
    found = check([shelf().packs[GAS]], one.house.now().date(), among=shelf().packs.values())
    shelves = by_severity(found)
    assert [each.severity.rank for each in shelves] == sorted({one.severity.rank for one in found})
    assert sum(each.number for each in shelves) == len(found)
    for each in shelves:
        names = [name for name, _ in each.groups]
        assert len(names) == len(set(names))


def test_a_comparison_speaks_no_identifier() -> None:
    packs = shelf().packs.values()
    told = {f"{d.item} {d.left} {d.right}" for left in packs for right in packs for d in compare(left, right)}
    assert [one for one in told if re.search("[a-z]{2,}", one)] == []


def test_two_plans_are_compared_line_by_line(seen_night: Seen) -> None:
    _, visit = seen_night
    page = visit("cheng.jia").open(f"/plans/compare?a={GAS}&b={HAZCHEM}")
    differences = compare(shelf().packs[GAS], shelf().packs[HAZCHEM])
    assert differences
    for one in differences:
        assert one.item in page.text
        assert " ".join((one.left or "（无）").split()) in page.text
    same = visit("cheng.jia").open(f"/plans/compare?a={GAS}&b={GAS}")
    assert "没有差别" in same.text
    assert "选甲、乙两个预案" in visit("cheng.jia").open("/plans/compare").text


@pytest.mark.parametrize(
    ("words", "plan", "says"),
    [
        ("能源局 2061323", GAS, "市能源局"), ("压减次序", GAS, "工业、商业"), ("磁压式堵漏", HAZCHEM, "磁压式堵漏工具"), ("4.2.2.1", GAS, ""),
        ("舆论引导", GAS, "舆论引导"),
    ],
)  # fmt: skip
def test_one_search_finds_it_in_all_plans(words: str, plan: str, says: str, seen_night: Seen) -> None:
    _, visit = seen_night
    found = [one for one in search(shelf(), words) if one.plan == plan]
    assert found
    page = visit("cheng.jia").open(f"/plans?q={words}")
    assert says in page.text
    assert any(f"/plans/{plan}#{found[0].anchor}" == link for link in page.links)


def test_a_search_that_finds_nothing_says_how_to_go_on(seen_night: Seen) -> None:
    _, visit = seen_night
    assert "换个说法再找" in visit("cheng.jia").open("/plans?q=木星").text
    assert search(shelf(), "  ") == []


def test_every_anchor_of_the_index_is_on_the_plans_page(seen_night: Seen) -> None:
    _, visit = seen_night
    anchors: dict[str, set[str]] = {}
    for one in index(shelf()):
        anchors.setdefault(one.plan, set()).add(one.anchor)
    for plan, wanted in anchors.items():
        html = visit("cheng.jia").open(f"/plans/{plan}").answer.text
        for anchor in wanted:
            assert f'id="{anchor}"' in html, (plan, anchor)


def test_an_unknown_plan_is_answered_in_words(seen_night: Seen) -> None:
    _, visit = seen_night
    found = visit("cheng.jia").open("/plans/jincheng/no-such-plan")
    assert found.status == 404
    assert "怎么办" in found.text


@pytest.mark.parametrize(
    ("text", "says"),
    [("30 min", "30分钟"), ("immediately", "立即"), (None, ""), ("promptly", "及时")],
)
def test_spans_are_told_in_words(text: str | None, says: str) -> None:
    assert span(text) == says


def test_every_span_of_every_pack_is_told_in_words() -> None:
    def spans(library: Library) -> Iterator[str | None]:
        for pack in library.packs.values():
            yield from (one.within for one in pack.reporting.duties)
            yield from (one.every for one in pack.support.exercises)
            for ladder in pack.ladders.values():
                yield from (measure.within for level in ladder.levels for measure in level.measures)

    for one in spans(shelf()):
        assert not re.search(r"[a-z]", span(one)), one
