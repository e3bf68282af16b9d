"""A small made-up lexicon and pack, without a fault, that tests write to a folder and then break in one place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

ID = "jia/gas-2026"

LEXICON: Mapping[str, str] = {
    "lexicon/facts/gas.yaml": """\
gap_pct:
  label: 全市缺口
  kind: number
  unit: "%"
  minimum: 0
  maximum: 100
  quantity: gap
  meaning: 全市缺口占需求量的百分比
  stated_by: [市发展局]
province_gap_pct:
  label: 全省缺口
  kind: number
  unit: "%"
  minimum: 0
  maximum: 100
  quantity: gap
  meaning: 全省缺口占需求量的百分比
outage_hours:
  label: 停气时长
  kind: duration
  unit: h
  minimum: 0
  meaning: 已停气的时间
capacity_exceeded:
  label: 超出处置能力
  kind: flag
  meaning: 超出市指挥部的处置能力
market:
  label: 市场失衡程度
  kind: choice
  values: [平稳, 波动, 失衡]
  meaning: 市场供需失衡的程度
own_level:
  label: 本市响应级别
  kind: level
  values: [未启动, II, I]
  level_of: jia/gas-2026
  meaning: 市指挥部已启动的响应级别
""",
    "lexicon/facts/accident.yaml": """\
deaths: {label: 死亡人数, kind: number, unit: 人, integer: true, minimum: 0, meaning: 已确认死亡的人数}
accident_grade: {label: 事故等级, kind: choice, values: [未达等级, 一般, 较大, 重大, 特别重大], meaning: 已认定的事故等级}
accident_occurred: {label: 已发生事故, kind: flag, meaning: 事故已经发生}
expected_deaths: {label: 预计死亡人数, kind: number, unit: 人, integer: true, minimum: 0, meaning: 预计死亡的人数}
expected_accident_grade: {label: 预计事故等级, kind: choice, values: [未达等级, 一般, 较大, 重大, 特别重大], meaning: 研判的事故等级}
accident_possible: {label: 可能发生事故, kind: flag, meaning: 有征兆}
""",
    "lexicon/grades.yaml": """\
source: 国务院令第493号第三条
actual: {deaths: deaths}
expected: {deaths: expected_deaths}
stated: {actual: accident_grade, expected: expected_accident_grade}
occurred: {actual: accident_occurred, expected: accident_possible}
table:
  - {grade: 特别重大, at_least: {deaths: 30}}
  - {grade: 重大, at_least: {deaths: 10}}
  - {grade: 较大, at_least: {deaths: 3}}
  - {grade: 一般, at_least: {}}
""",
    "lexicon/organisations/jia.yaml": """\
bureau: {label: 市发展局, aliases: [市发展改革局], kind: department, area: jia}
police: {label: 市公安局, kind: department, area: jia}
emergency: {label: 市应急局, kind: department, area: jia}
province_headquarters: {label: 省指挥部, aliases: [上级指挥部], kind: role}
government: {label: 市政府, kind: government, area: jia}
incident_unit: {label: 事发单位, kind: role}
""",
    "lexicon/areas.yaml": """\
sheng: {label: 甲省, dialling_code: "0350"}
jia: {label: 甲市, within: sheng, dialling_code: "0356"}
""",
    "lexicon/subjects.yaml": """\
shortage: {label: 供气短缺}
transport: {label: 管道输送事故}
""",
    "lexicon/customers.yaml": """\
industry: {label: 工业}
commerce: {label: 商业}
residential: {label: 居民}
""",
}

PACK: Mapping[str, str] = {
    "plan": """\
id: jia/gas-2026
version: 1.0.0
title: 甲市供气应急预案
short: 供气预案
number: 甲政办〔2026〕1号
kind: supply
area: jia
issuer: 甲市人民政府办公室
issued: 2026-01-01
effective: 2026-01-01
made_by: [市发展局]
source: {file: jia.txt}
wording:
  at_least: {includes_number: true, clause: "7"}
  below: {includes_number: false, clause: "7"}
scope:
  clause: "1"
  covers:
    - {subject: shortage, clause: "1"}
grading: {clause: "1"}
annexes:
  - {id: 附录1, title: 通讯录, state: full, clause: 附录1}
revision: {every: 3 years, clause: "7"}
""",
    "organisation": """\
headquarters: {label: 市指挥部, clause: "2"}
office: {label: 市指挥部办公室, at: [市发展局], clause: "2"}
posts:
  - {id: commander, label: 总指挥, held_by: [分管副市长], clause: "2"}
  - {id: deputy_commander, label: 副总指挥, held_by: [市发展局局长], acts_for: [commander], clause: "2"}
members:
  - {units: [市发展局, 市公安局], clause: "2"}
duties:
  - {unit: 市发展局, duties: [组织供气], clause: "2"}
  - {unit: 市公安局, duties: [维护秩序], clause: "2"}
groups:
  - {id: security, label: 治安组, lead: [市公安局], members: [市发展局], duties: [警戒], clause: "2"}
on_scene: {commander: 总指挥, groups: [security], clause: "2"}
""",
    "warning": """\
clause: "3"
levels:
  - level: I
    label: 一级预警
    colour: 红
    clause: "3"
    when: {fact: gap_pct, from: 8, clause: "3"}
    proposed_by: [office]
    decided_by: [headquarters]
  - level: II
    label: 二级预警
    colour: 橙
    clause: "3"
    when: {fact: gap_pct, from: 4, below: 8, clause: "3"}
    proposed_by: [office]
    decided_by: [headquarters]
  - level: III
    label: 三级预警
    colour: 黄
    clause: "3"
    when: {fact: gap_pct, from: 2, below: 4, clause: "3"}
    proposed_by: [office]
    decided_by: [headquarters]
ending:
  - {by_starter: true, when: [缺口消除], clause: "3"}
exceptions:
  - {levels: [I], case: 跨县, decided_by: [市政府], clause: "3"}
""",
    "response": """\
clause: "4"
levels:
  - level: I
    label: Ⅰ级响应
    clause: "4.1"
    when:
      any:
        - {fact: gap_pct, from: 20, clause: "4.1"}
        - {fact: capacity_exceeded, is: true, clause: "4.1"}
        - {grade: 重大, or_worse: true, clause: "4.1"}
        - {judgement: headquarters, clause: "4.1"}
    proposed_by: [office]
    decided_by: [commander]
    decision_clause: "4.1"
    measures:
      - {task: 调配气源, by: [市发展局], within: 2 h, clause: "4.1"}
  - level: II
    label: Ⅱ级响应
    clause: "4.2"
    when:
      any:
        - {fact: gap_pct, from: 10, below: 20, clause: "4.2"}
        - {fact: market, in: [失衡], clause: "4.2"}
        - {grade: 较大, clause: "4.2"}
        - {judgement: headquarters, clause: "4.2"}
    proposed_by: [office]
    decided_by: [commander]
    decision_clause: "4.2"
  - level: III
    label: Ⅲ级响应
    clause: "4.3"
    when:
      any:
        - {fact: gap_pct, from: 3, below: 10, clause: "4.3"}
        - {fact: market, is: 波动, clause: "4.3"}
        - {grade: 一般, clause: "4.3"}
    proposed_by: [office]
    decided_by: [commander]
    decision_clause: "4.3"
adjusting:
  - {by: [commander], when: [事态变化], clause: "4"}
ending:
  - {by: [commander], when: [缺口消除], clause: "4"}
hand_over:
  - {to: 上级指挥部, when: 上级接管, clause: "4"}
""",
    "reporting": """\
duties:
  - {id: first, kind: first, by: [事发单位], to: [市发展局], within: 1 h, clause: "5"}
  - {id: level, kind: follow_up, by: [office], to: [市政府], levels: [I, II], every: 2 h, clause: "5"}
contents:
  - {items: [时间, 地点, 缺口], clause: "5"}
""",
    "curtailment": """\
orders:
  - {levels: [I], order: [industry, commerce], by: [headquarters], clause: "6"}
protected:
  - {classes: [residential], clause: "6"}
""",
    "support": """\
exercises:
  - {kind: drill, by: [office], every: 2 years, clause: "7"}
""",
    "contacts": """\
lists:
  - clause: 附录1
    title: 通讯录
    contacts:
      - {unit: 市发展局, phone: [0356-1000001]}
      - {unit: 市公安局, phone: [0356-1000002]}
""",
    "ledger": """\
clauses:
  "1": {status: rule, title: 适用范围}
  "2": {status: roster, title: 组织体系}
  "3": {status: rule, title: 预警}
  "4": {status: rule, title: 响应}
  "4.1": {status: rule, title: Ⅰ级响应}
  "4.2": {status: rule, title: Ⅱ级响应}
  "4.3": {status: rule, title: Ⅲ级响应}
  "5": {status: duty, title: 信息报告}
  "6": {status: rule, title: 压减}
  "7": {status: duty, title: 附则}
  "8": {status: background, title: 解释}
  附录1: {status: roster, title: 通讯录}
""",
    "cases": """\
cases:
  - {name: 缺口两成, facts: {gap_pct: 20}, response: I, clause: "4.1"}
""",
}


def written(root: Path) -> Path:
    """Write the lexicon and the pack; returns the pack's folder."""
    for name, text in LEXICON.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    folder = root / ID
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in PACK.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    return folder


def line_of(text: str, snippet: str) -> int:
    """The line, from 1, on which a snippet begins that stands there once."""
    assert text.count(snippet) == 1, f"{snippet} stands {text.count(snippet)} times"
    return text[: text.index(snippet)].count("\n") + 1


def replaced(file: Path, old: str, new: str) -> str:
    """Replace a text that stands once in a file; returns the whole new text."""
    text = file.read_text("utf-8")
    line_of(text, old)
    file.write_text(changed := text.replace(old, new), "utf-8")
    return changed
