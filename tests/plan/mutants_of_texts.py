"""Faults planted in everything but the ladders of the small pack: people, rosters, times, scopes, lists, annexes."""

from __future__ import annotations

from datetime import date

from plan.mutants import Change, Mutant

TWO, THREE, PROVINCE = "jia/two-2026", "jia/three-2026", "sheng/gas-2026"
"""Packs that stand beside the small one: two of its city, one of its province."""
IN_PROVINCE: Change = ("plan", "area: jia", "area: sheng")
FAMILY: Change = ("plan", "kind: supply", "kind: supply\nfamily: gas")
ACCIDENT: Change = ("plan", "kind: supply", "kind: accident")
DEPUTY = '  - {id: deputy_commander, label: 副总指挥, held_by: [市发展局局长], acts_for: [commander], clause: "2"}\n'
MEMBERS = '  - {units: [市发展局, 市公安局], clause: "2"}\n'
POLICE = '  - {unit: 市公安局, duties: [维护秩序], clause: "2"}\n'
FIRST = 'to: [市发展局], within: 1 h, clause: "5"}\n'
TARGET = (
    '{id: stock, label: 储气三天, owner: [市发展局], when: {fact: outage_hours, from: 72, clause: "5"}, clause: "5"}'
)
ORDER = "order: [industry, commerce]"
STOCKS = "lists:\n  - {unit: 市发展局, clause: 附录1, items: [%s]}\n"

PEOPLE = [
    Mutant("a decider removed", {"authority.none"},
           (("response", 'decided_by: [commander]\n    decision_clause: "4.2"', 'decision_clause: "4.2"'),)),
    Mutant("the deputy removed", {"authority.no-deputy"}, (("organisation", DEPUTY, ""),)),
    Mutant("the deputy may not act", {"authority.no-deputy", "authority.idle-post"},
           (("organisation", "acts_for: [commander], ", ""),)),
    Mutant("the office decides on its own proposal", {"authority.self-approval"},
           (("response", 'decided_by: [commander]\n    decision_clause: "4.2"', 'decided_by: [office]\n    decision_clause: "4.2"'),)),
    Mutant("the office's director decides on its proposal", {"authority.self-approval", "authority.no-deputy"},
           (("organisation", DEPUTY, f'{DEPUTY}  - {{id: office_director, label: 主任, held_by: [市发展局局长], clause: "2"}}\n'),
            ("response", 'decided_by: [commander]\n    decision_clause: "4.3"',
             'decided_by: [office_director]\n    decision_clause: "4.3"'))),
    Mutant("one person in two posts", {"authority.two-posts"},
           (("organisation", DEPUTY, f'{DEPUTY}  - {{id: office_director, label: 主任, held_by: [分管副市长], clause: "2"}}\n'),)),
    Mutant("nobody lifts the warning", {"authority.no-ender"},
           (("warning", 'ending:\n  - {by_starter: true, when: [缺口消除], clause: "3"}\n', ""),)),
    Mutant("another ends what the commander started", {"authority.end-differs"},
           (("response", 'decision_clause: "4.2"', 'decision_clause: "4.2"\n    ended_by: [市政府]\n    ended_clause: "4.2"'),)),
    Mutant("two commanders", {"authority.joint-post"}, (("organisation", "[分管副市长]", "[分管副市长, 市长助理]"),)),
    Mutant("two deputies, either of whom may decide", {"authority.joint-post"},
           (("organisation", "held_by: [市发展局局长]", "held_by: [市发展局局长, 市公安局局长]"),
            ("response", 'decided_by: [commander]\n    decision_clause: "4.2"',
             'decided_by: [commander, deputy_commander]\n    decision_clause: "4.2"'))),
    Mutant("nobody fills a post", {"authority.vacant-post"}, (("organisation", "held_by: [市发展局局长]", "held_by: []"),)),
    Mutant("a deputy without power", {"authority.idle-post"},
           (("organisation", DEPUTY, f'{DEPUTY}  - {{id: second_deputy, label: 第二副总指挥, held_by: [市公安局局长], clause: "2"}}\n'),)),
    Mutant("nobody commands on the scene", {"authority.no-commander"}, (("organisation", "commander: 总指挥, ", ""),)),
    Mutant("another may raise the level", {"authority.two-rules"},
           (("response", "by: [commander], when: [事态变化]", "by: [市政府], when: [事态变化]"),)),
    Mutant("a unit unlinked from its measure", {"measure.no-unit"}, (("response", "by: [市发展局], ", ""),)),
]  # fmt: skip
ROSTERS = [
    Mutant("a unit's duties removed", {"roster.member-without-duty"}, (("organisation", POLICE, ""),)),
    Mutant("duties for a unit that is no member", {"roster.duty-without-member"},
           (("organisation", POLICE, f'{POLICE}  - {{unit: 市应急局, duties: [救援], clause: "2"}}\n'),)),
    Mutant("an outsider in a group", {"roster.group-outsider"},
           (("organisation", "members: [市发展局], duties", "members: [市应急局], duties"),)),
    Mutant("two leads of a group", {"roster.two-leads"},
           (("organisation", "lead: [市公安局], members: [市发展局]", "lead: [市公安局, 市发展局]"),)),
    Mutant("two lists of members", {"roster.lists-differ"},
           (("organisation", MEMBERS, f'{MEMBERS}  - {{units: [市发展局], clause: "2"}}\n'),)),
    Mutant("a post filled differently elsewhere", {"roster.posts-differ"},
           (("organisation", "held_by: [分管副市长], ",
             'held_by: [分管副市长], elsewhere: [{held_by: [市长], clause: "2"}], '),)),
    Mutant("one unit under two names", {"roster.name-variants"}, (("organisation", "unit: 市发展局", "unit: 市发展改革局"),)),
]  # fmt: skip
TIMES = [
    Mutant("two times for one report", {"deadline.conflict"},
           (("reporting", FIRST, f'{FIRST}  - {{id: other, kind: first, by: [事发单位], to: [市发展局], within: 2 h, clause: "5"}}\n'),)),
    Mutant("two plans with two times for one report", {"deadline.conflict"}, (ACCIDENT, ("reporting", "to: [市发展局]", "to: [office]")),
           {TWO: (ACCIDENT, ("reporting", "to: [市发展局]", "to: [office]"), ("reporting", "within: 1 h", "within: 30 min"))}),
    Mutant("no time for the first report", {"deadline.none"}, (("reporting", "within: 1 h", "within: immediately"),)),
    Mutant("no interval", {"deadline.no-interval"}, (("reporting", "every: 2 h, ", ""),)),
    Mutant("no contents of a report", {"report.no-contents"},
           (("reporting", 'contents:\n  - {items: [时间, 地点, 缺口], clause: "5"}\n', ""),)),
    Mutant("a target without a day", {"target.no-deadline"},
           (("reporting", "contents:", f"targets: [{TARGET}]\ncontents:"),)),
    Mutant("the revision forgotten", {"revision.none"}, (("plan", 'revision: {every: 3 years, clause: "7"}\n', ""),)),
    Mutant("no drill interval", {"drill.none"}, (("support", "every: 2 years, ", ""),)),
    Mutant("two years and a day later", {"drill.overdue"}, on=date(2028, 1, 2)),
    Mutant("three years and a day later", {"drill.overdue", "revision.overdue"}, on=date(2029, 1, 2)),
    Mutant("a winter that is over", {"season.past"},
           (("plan", "kind: supply", "kind: notice"), ("plan", "covers:", "season: 2025-11-01/2026-03-31\n  covers:"))),
]  # fmt: skip
SCOPES = [
    Mutant("a subject left out that nobody covers", {"scope.uncovered"},
           (("plan", "scope:", 'scope:\n  excludes: [{subject: transport, clause: "1"}]'),)),
    Mutant("a subject left to a plan that does not cover it", {"scope.uncovered"},
           (("plan", "scope:", 'scope:\n  excludes: [{subject: transport, left_to: 乙预案, clause: "1"}]'),),
           {TWO: (("plan", "title: 甲市供气应急预案", "title: 乙预案"),)}),
    Mutant("a subject left to a plan that is not there", {"scope.elsewhere"},
           (("plan", "scope:", 'scope:\n  excludes: [{subject: transport, left_to: 丙预案, clause: "1"}]'),)),
    Mutant("a condition dropped from one of three sisters", {"sister.missing-condition"},
           (FAMILY, ("response", '        - {fact: capacity_exceeded, is: true, clause: "4.1"}\n', "")),
           {TWO: (FAMILY,), THREE: (FAMILY,)}),
    Mutant("those whom the province protects cut first", {"priority.superior"},
           (("curtailment", ORDER, "order: [residential, industry, commerce]"),), {PROVINCE: (IN_PROVINCE,)}),
    Mutant("those whom the province protects cut and not protected", {"priority.superior"},
           (("curtailment", ORDER, "order: [residential]"), ("curtailment", "[residential], clause", "[commerce], clause")),
           {PROVINCE: (IN_PROVINCE,)}),
    Mutant("those whom the province protects not protected", {"priority.unprotected"},
           (("curtailment", "", 'protected:\n  - {classes: [commerce], clause: "6"}\n'),), {PROVINCE: (IN_PROVINCE,)}),
]  # fmt: skip
LISTS = [
    Mutant("one number for two units", {"contact.shared"}, (("contacts", "0356-1000002", "0356-1000001"),)),
    Mutant("one number for two units in two plans", {"contact.shared", "contact.several"},
           (("contacts", "0356-1000002", "0356-1000003"),), {TWO: (("contacts", "0356-1000001", "0356-1000003"),)}),
    Mutant("two plans with two numbers for one unit", {"contact.several"},
           (("contacts", "0356-1000002", "0356-1000003"),), {TWO: ()}),
    Mutant("another city's code", {"contact.area-code"}, (("contacts", "0356-1000002", "0351-1000002"),)),
    Mutant("a mobile number", {"contact.personal"}, (("contacts", "phone: [0356-1000002]", "withheld: true"),)),
    Mutant("a member without a number", {"contact.missing"},
           (("contacts", "      - {unit: 市公安局, phone: [0356-1000002]}\n", ""),)),
    Mutant("no list of contacts", {"contact.none"}, (("contacts", "", "lists: []\n"),)),
    Mutant("a stock without a quantity", {"stock.incomplete"}, (("stocks", "", STOCKS % "{name: 水泵, unit: 台}"),)),
    Mutant("a stock on two lines", {"stock.twice"},
           (("stocks", "", STOCKS % ", ".join(["{name: 水泵, model: A, quantity: 1, unit: 台}"] * 2)),)),
    Mutant("an annex that is not there", {"annex.missing"}, (("plan", "state: full", "state: missing"),)),
    Mutant("an annex that is but a heading", {"annex.heading-only"}, (("plan", "state: full", "state: heading_only"),)),
]  # fmt: skip
READ = [
    Mutant(f"a {kind} that a reader found", {f"text.{kind}"},
           (("plan", "kind: supply",
             f'kind: supply\nfaults: [{{kind: {kind}, what: 两处说法不同, english: two places differ, clause: "3"}}]'),))
    for kind in ("conflict", "dangling", "gap", "slip")
]  # fmt: skip
TEXTS = [*PEOPLE, *ROSTERS, *TIMES, *SCOPES, *LISTS, *READ]
