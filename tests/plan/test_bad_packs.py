"""A pack that is wrong is refused with the file, the line, what is wrong and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from plan.small_pack import ID, line_of, replaced, written

from zhishou.errors import PackError
from zhishou.plan.load import library

NOT_YAML = "检查这一行的缩进、冒号后的空格和引号"
CITE = "改正条款号，或在 ledger.yaml 里补上这一条"
NAME = "改正名称，或在 lexicon/organisations 里为它加一个单位或别名"
SPAN = "时限写成 30 min、2 h、3 d、24 months，或 immediately（立即）、promptly（及时）、regularly（定期）、by_rule（按规定）"
QUOTE = '条款号要加引号，例如 "4.10"，不加引号会读成小数 4.1'


@dataclass(frozen=True)
class Wrong:
    """One fault: in `file`, `old` becomes `new`; the message must name the line of `at`, of `new` where it is empty."""

    name: str
    file: str
    old: str
    new: str
    message: str
    mend: str
    at: str = ""


def refused(root: Path, wrong: Wrong) -> None:
    written(root)
    name = f"{wrong.file}.yaml" if wrong.file.startswith("lexicon/") else f"{ID}/{wrong.file}.yaml"
    line = line_of(replaced(root / name, wrong.old, wrong.new), wrong.at or wrong.new)
    with pytest.raises(PackError) as caught:
        library(root)
    assert list(map(str, caught.value.problems)) == [f"{name}:{line}：{wrong.message}（{wrong.mend}）"]


FORMAT = [
    Wrong("tab", "plan", "short: 供气预案", "\tshort: 供气预案",
          "不是合法的 YAML：用了制表符，缩进只能用空格", NOT_YAML),
    Wrong("bracket left open", "plan", "short: 供气预案", "short: [供气预案",
          "不是合法的 YAML：方括号没有合上，或少了逗号", NOT_YAML, at="甲政办〔2026〕1号"),
    Wrong("control character", "plan", "short: 供气", "short: 供气\x07",
          "不是合法的 YAML：有不可见的控制字符 U+0007", NOT_YAML),
    Wrong("template left unfilled", "plan", "short: 供气预案", "short: {{short}}",
          "键不能是列表或键值对", "写成“键: 值”，含花括号的文字加引号"),
    Wrong("key twice", "plan", "short: 供气预案", "short: 供气预案\nshort: 供气", "键“short”写了两次",
          "删去一处，或把两处并成一处", at="short: 供气\n"),
    Wrong("unknown key with a near miss", "plan", "revision: {every", "revison: {every", "不认识的键“revison”",
          "是不是“revision”？"),
    Wrong("unknown key in a condition", "response", "from: 20,", "from: 20, form: 20,", "不认识的键“form”",
          "是不是“from”？"),
    Wrong("unknown key without any near miss", "plan", "short:", "备注: 无\nshort:", "不认识的键“备注”",
          "删去，或查预案包格式", at="备注: 无"),
    Wrong("missing key", "plan", "short: 供气预案\n", "", "缺少“short”", "在文件里补上 short", at="id: jia"),
    Wrong("missing key further in", "organisation", "held_by: [分管副市长], ", "", "缺少“held_by”",
          "在 posts.0 里补上 held_by", at="{id: commander, label: 总指挥,"),
    Wrong("wrong literal", "plan", "kind: supply", "kind: gas", "kind 的值“gas”不在允许之列",
          "可写：supply、heating、accident、notice"),
    Wrong("wrong literal in the ledger", "ledger", '"4.2": {status: rule,', '"4.2": {status: rules,',
          "clauses.4.2.status 的值“rules”不在允许之列", "可写：rule、task、duty、roster、judgement、background"),
    Wrong("number for a text", "plan", "version: 1.0.0", "version: 1.0", "version 应为文字，写的是“1.0”", "改正这个值"),
    Wrong("text for a number", "response", "from: 20,", "from: 20%,", "levels.0.when.any.0.from 应为数值，写的是“20%”",
          "改正这个值"),
    Wrong("text for yes or no", "response", "or_worse: true", "or_worse: 也许",
          "levels.0.when.any.2.or_worse 应为true 或 false，写的是“也许”", "改正这个值"),
    Wrong("text for a list", "response", "in: [失衡]", "in: 失衡",
          "levels.1.when.any.1.in 应为列表（每项一行，行首加“- ”），写的是“失衡”", "改正这个值"),
    Wrong("wrong in the only one of a list", "warning", "when: {fact: gap_pct, from: 8,", "when: {any: [{fact: gap_pct, from: 多}],",
          "levels.0.when.any.0.from 应为数值，写的是“多”", "改正这个值"),
    Wrong("empty list of conditions", "response", '{grade: 较大, clause: "4.2"}', '{all: [], clause: "4.2"}',
          "levels.1.when.any.2.all 至少要有 1 项", "补上，或删去这个键"),
    Wrong("day that does not exist", "plan", "issued: 2026-01-01", "issued: 2026-13-01",
          "issued 应为日期 2020-10-12，写的是“2026-13-01”", "改正这个值"),
    Wrong("span in words", "plan", "every: 3 years", "every: 三年", SPAN, "改正 revision.every"),
    Wrong("clause without quotes", "response", 'label: Ⅰ级响应\n    clause: "4.1"', "label: Ⅰ级响应\n    clause: 4.1",
          QUOTE, "改正 levels.0.clause", at="clause: 4.1\n"),
    Wrong("clause without quotes in a grade", "response", 'or_worse: true, clause: "4.1"',
          "or_worse: true, clause: 4.1", QUOTE, "改正 levels.0.when.any.2.clause"),
    Wrong("clause without quotes in the ledger", "ledger", '"8":', "8:", "键“8”要加引号", '写成 "8":'),
]  # fmt: skip
CONDITIONS = [
    Wrong("two lower bounds", "response", "from: 20,", "from: 20, above: 20,", "下限只能有一个：from（含）或 above（不含）",
          "改正 levels.0.when.any.0"),
    Wrong("two upper bounds", "response", "below: 20,", "below: 20, to: 20,", "上限只能有一个：to（含）或 below（不含）",
          "改正 levels.1.when.any.0"),
    Wrong("lower bound above the upper", "response", "from: 10, below: 20", "from: 30, below: 20",
          "下限大于上限，条件永远不能满足", "改正 levels.1.when.any.0"),
    Wrong("no bound", "response", "from: 20, ", "", "数值条件至少要有一个上限或下限", "改正 levels.0.when.any.0",
          at='{fact: gap_pct, clause: "4.1"}'),
    Wrong("unstated open bound", "response", "from: 20,", "above: 20, unstated: [lower],",
          "unstated 只用于写成 from 或 to 的界限", "改正 levels.0.when.any.0"),
    Wrong("unstated missing bound", "response", "from: 20,", "from: 20, unstated: [upper],",
          "unstated 只用于写成 from 或 to 的界限", "改正 levels.0.when.any.0"),
    Wrong("is together with in", "response", "in: [失衡],", "in: [失衡], is: 失衡,",
          "写 is（一个值）或 in（几个值之一），二者取一", "改正 levels.1.when.any.1"),
    Wrong("no kind of condition", "response", '{grade: 较大, clause: "4.2"}', '{level: 较大, clause: "4.2"}',
          "levels.1.when.any.2 看不出是哪种条件", "条件要有 fact、grade、judgement、all、any、not 之一"),
    Wrong("a word for a condition", "response", '{grade: 较大, clause: "4.2"}', "较大事故",
          "levels.1.when.any.2 看不出是哪种条件", "条件要有 fact、grade、judgement、all、any、not 之一"),
    Wrong("unknown fact", "response", "fact: market, in", "fact: markets, in", "词库里没有“markets”这个要素",
          "改正要素名，或在 lexicon/facts 里定义它"),
    Wrong("bounds on a flag", "response", "is: true,", "from: 1,", "要素“capacity_exceeded”是 flag，条件的写法不对",
          "用 is/in"),
    Wrong("is on a number", "response", "from: 20,", "is: 多,", "要素“gap_pct”是 number，条件的写法不对",
          "用 from/above/to/below"),
    Wrong("word on a flag", "response", "is: true,", "is: 有,", "要素“capacity_exceeded”是 flag，只能写 is: true 或 is: false",
          "改为 true 或 false"),
    Wrong("value that is not in the choice", "response", "in: [失衡]", "in: [严重失衡]", "“严重失衡”不是“market”的取值",
          "取值有：平稳、波动、失衡"),
    Wrong("bound above the range", "response", "from: 20,", "from: 200,", "界限 200 超出“gap_pct”可能的范围",
          "改正数值，或改词库里的范围"),
    Wrong("bound below the range", "warning", "from: 2,", "from: -2,", "界限 -2 超出“gap_pct”可能的范围",
          "改正数值，或改词库里的范围"),
    Wrong("unknown grade", "response", "grade: 较大,", "grade: 很大,", "没有“很大”这个事故等级",
          "等级有：特别重大、重大、较大、一般"),
]  # fmt: skip
REFERENCES = [
    Wrong("unknown area", "plan", "area: jia", "area: yi", "没有“yi”这个地区", "用 lexicon/areas.yaml 里的地区"),
    Wrong("id unlike its folder", "plan", "id: jia/gas-2026", "id: jia/gas-2027",
          "id 写作“jia/gas-2027”，与文件夹不符", "改为 jia/gas-2026"),
    Wrong("unknown subject", "plan", "subject: shortage", "subject: blackout", "词库里没有“blackout”这个事项",
          "用 lexicon/subjects.yaml 里的事项"),
    Wrong("unknown unit", "response", "by: [市发展局]", "by: [市粮食局]",
          "“市粮食局”不在本预案的机构、职务、工作组之中，也不是词库里的单位", NAME),
    Wrong("unknown post", "response", "by: [commander], when: [缺口", "by: [vice_commander], when: [缺口",
          "“vice_commander”不在本预案的机构、职务、工作组之中，也不是词库里的单位", NAME),
    Wrong("unknown group", "organisation", "groups: [security]", "groups: [rescue]", "没有“rescue”这个工作组", "改正工作组的 id"),
    Wrong("judgement of nobody", "response", '{judgement: headquarters, clause: "4.2"}',
          '{judgement: 专家组, clause: "4.2"}', "“专家组”不在本预案的机构、职务、工作组之中，也不是词库里的单位", NAME),
    Wrong("clause that is not in the ledger", "curtailment", 'classes: [residential], clause: "6"',
          'classes: [residential], clause: "6.1"', "引用的条款“6.1”不在条款台账里", CITE),
    Wrong("clause carried nowhere", "ledger", "background, title: 解释", "duty, title: 解释",
          "条款“8”记为 duty，但预案包里没有任何一处引用它",
          "在相应的规则上写 clause，或用 within 指明由哪一条承载，或改为 background 并写明理由"),
    Wrong("within a clause that is not there", "ledger", "background, title: 解释", 'duty, title: 解释, within: "9"',
          "within 指向的条款“9”不在台账里", "改正条款号"),
    Wrong("background without a title", "ledger", "background, title: 解释", "background",
          "背景条款要写明标题或理由（title 或 why）", "改正 clauses.8", at='"8":'),
    Wrong("level twice", "response", "level: III\n", "level: II\n", "级别“II”写了两次", "每个级别只写一次", at="levels:"),
    Wrong("exception of a level that is not there", "warning", "levels: [I], case", "levels: [IV], case",
          "没有“IV”这一级", "级别有：I、II、III"),
    Wrong("report of a level that is not there", "reporting", "levels: [I, II]", "levels: [I, V]", "响应没有“V”这一级",
          "级别有：I、II、III"),
    Wrong("cutting at a level that is not there", "curtailment", "levels: [I]", "levels: [V]", "响应没有“V”这一级",
          "级别有：I、II、III"),
    Wrong("unknown class to cut", "curtailment", "[industry, commerce]", "[industry, shops]", "没有“shops”这类用户",
          "用 lexicon/customers.yaml 里的类别"),
    Wrong("unknown class to protect", "curtailment", "[residential]", "[people]", "没有“people”这类用户",
          "用 lexicon/customers.yaml 里的类别"),
    Wrong("wrong kind of fact", "lexicon/facts/gas", "kind: choice", "kind: chioce", "market.kind 的值“chioce”不在允许之列",
          "可写：number、flag、choice、level、duration"),
    Wrong("fact twice in a file", "lexicon/facts/gas", "market:", "gap_pct:", "键“gap_pct”写了两次",
          "删去一处，或把两处并成一处", at="gap_pct:\n  label: 市场"),
]  # fmt: skip


@pytest.mark.parametrize("wrong", FORMAT, ids=lambda wrong: wrong.name)
def test_a_file_that_does_not_follow_the_format_is_refused(tmp_path: Path, wrong: Wrong):
    refused(tmp_path, wrong)


@pytest.mark.parametrize("wrong", CONDITIONS, ids=lambda wrong: wrong.name)
def test_a_condition_that_cannot_be_meant_is_refused(tmp_path: Path, wrong: Wrong):
    refused(tmp_path, wrong)


@pytest.mark.parametrize("wrong", REFERENCES, ids=lambda wrong: wrong.name)
def test_a_name_that_points_nowhere_is_refused(tmp_path: Path, wrong: Wrong):
    refused(tmp_path, wrong)
