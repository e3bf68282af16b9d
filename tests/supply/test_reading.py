"""A supply system as written by hand: what is refused, with the line and the mend."""

from __future__ import annotations

import pytest

from zhishou.errors import PackError
from zhishou.plan.load import Library
from zhishou.supply.reading import read_system, remarks

GOOD = """id: small
title: 小系统
area: jincheng
reporters:
  - {id: field, label: 抽采, kind: producer, area: qinshui}
  - {id: grid, label: 供电, kind: power, area: jincheng}
nodes:
  - {id: a, label: 甲站, area: gaoping}
  - {id: b, label: 乙站, area: lingchuan}
pipes:
  - {id: p, label: 甲乙线, start: a, end: b, capacity: 5}
sources:
  - {id: cbm, label: 气田, kind: coalbed_methane, node: a, reporter: field, capacity: 20, feeds: [gaoping]}
storages:
  - {id: tank, label: 储罐, node: a, owner: 甲, owner_kind: operator, reporter: field, form: lng, capacity: 10, withdrawal: 1}
customers:
  - {id: works, label: 工厂, class: industry, node: b, reporter: field, demand: 5, safety_load: 1}
"""


def _refused(packs: Library, text: str) -> list[str]:
    with pytest.raises(PackError) as refused:
        read_system(text, "system.yaml", packs.lexicon)
    return [str(problem) for problem in refused.value.problems]


def test_a_good_system_is_read(packs: Library):
    system = read_system(GOOD, "system.yaml", packs.lexicon)
    assert system.areas == ("gaoping", "lingchuan")
    assert remarks(system) == ()


KINDS = "抽采企业、管输企业、液化企业、城市燃气企业、储气设施运营企业、县（市、区）人民政府"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("area: jincheng\nrep", "area: jinchen\nrep", "system.yaml:3：词库里没有“jinchen”这个地区（是不是“jincheng”？）"),
        ("甲站, area: gaoping", "甲站, area: 高平", "system.yaml:8：词库里没有“高平”这个地区（写编号 gaoping）"),
        ("乙站, area: lingchuan", "乙站, area: yuncheng", "system.yaml:9：运城市不在晋城市之内（改为晋城市或其县（市、区）的编号）"),
        ("feeds: [gaoping]", "feeds: [qinshui]", "system.yaml:13：沁水县在本系统里没有节点（为它加一个节点，或从这里删去）"),
        ("id: works", 'id: "甲|乙"', "system.yaml:17：用户的编号“甲|乙”不合规（只用英文字母、数字、下划线、点和连字符）"),
        ("end: b", "end: a", "system.yaml:11：管道“p”的两端是同一个节点（改正 start 或 end）"),
        ("end: b", "end: c", "system.yaml:11：没有“c”这个节点（现有节点：a、b）"),
        ("capacity: 5}", "capacity: 0}", "system.yaml:11：管道“p”两个方向都不能输气（写明输气能力，或删去这条管道）"),
        ("lng, capacity: 10", "lng, keep: 11, capacity: 10", "system.yaml:15：储罐的应留量大于库容（核对两个数后改正）"),
        ("lng, capacity: 10", "lng, capacity: 0", "system.yaml:15：储罐的库容应大于 0（改正库容）"),
        ("capacity: 20", "capacity: 20, minimum_take: 21", "system.yaml:13：气田的最低提气量大于供气能力（核对两个数后改正）"),
        ("safety_load: 1", "safety_load: 6", "system.yaml:17：工厂的保安负荷大于常年冬季日需求（核对两个数后改正）"),
        ("safety_load: 1", "interruptible: 6", "system.yaml:17：工厂的可中断量大于常年冬季日需求（核对两个数后改正）"),
        ("class: industry", "class: 工业", "system.yaml:17：词库里没有“工业”这类用户（写编号 industry）"),
        ("b, reporter: field", "b, reporter: grid", f"system.yaml:17：供电是供电企业，不报“预计用气需求”（改由{KINDS}之一报送）"),
        ("b, reporter: field", "b, reporter: feld", "system.yaml:17：没有“feld”这个报送单位（是不是“field”？）"),
        ("kind: power, area: jincheng", "kind: power, area: jincheng, organisation: 市能源厅", "system.yaml:6：词库里没有“市能源厅”这个单位（是不是“市能源局”？）"),
        ("capacity: 20", "capacity: -20", "system.yaml:13：sources.0.capacity 不能小于 0，写的是“-20”（改正这个值）"),
        ("capacity: 20", "capasity: 1, capacity: 20", "system.yaml:13：不认识的键“capasity”（是不是“capacity”？）"),
        ("capacity: 20, ", "", "system.yaml:13：缺少“capacity”（在 sources.0 里补上 capacity）"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line_and_mend(packs: Library, old: str, new: str, said: str):
    assert GOOD.count(old) == 1
    assert _refused(packs, GOOD.replace(old, new)) == [said]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("profiles: {industry: [1, 2]}", "system.yaml:18：“industry”的小时曲线有 2 个数，应为 24 个（从气日第一小时起写满 24 个）"),
        (f"profiles: {{industry: {[0] * 24}}}", "system.yaml:18：“industry”的小时曲线全是 0（写各小时用气的比重，至少一个大于 0）"),
        ("groups: [{id: g, label: 甲, areas: [gaoping]}]", "system.yaml:18：groups.0.areas 至少要有 2 项（补上，或删去这个键）"),
        ("groups: [{id: g, label: 甲, areas: [gaoping, gaoping]}]", "system.yaml:18：局部地区“g”里有重复的县（每个县只写一次）"),
        ("groups: [{id: g, label: 甲, areas: [gaoping, nowhere]}]", "system.yaml:18：词库里没有“nowhere”这个地区（地区写编号，见 lexicon/areas.yaml）"),
        ("  - {id: works, label: 又一家, class: industry, node: a, reporter: field}", "system.yaml:18：用户“works”写了两次（改用不同的编号，或删去一处）"),
        ("gas_day_starts: 八点", 'system.yaml:18：气日起点“八点”不是时刻（写成 "08:00" 的样子，加引号）'),
        ("cubic_metres_per_tonne: 0", "system.yaml:18：cubic_metres_per_tonne 应大于 0，写的是“0”（改正这个值）"),
        ("part_of_reserve: 1.5", "system.yaml:18：part_of_reserve 不能大于 1，写的是“1.5”（改正这个值）"),
    ],
)  # fmt: skip
def test_the_system_s_own_entries_are_checked(packs: Library, more: str, said: str):
    assert _refused(packs, f"{GOOD}{more}\n") == [said]


def test_everything_wrong_is_told_at_once(packs: Library):
    text = (
        GOOD.replace("end: b", "end: a")
        .replace("class: industry", "class: 工业")
        .replace("甲站, area: gaoping", "甲站, area: 高平")
    )
    assert [line.split("：")[0] for line in _refused(packs, text)] == [
        "system.yaml:8",
        "system.yaml:17",
        "system.yaml:11",
    ]


def test_no_text_is_no_system(packs: Library):
    assert _refused(packs, "") == [
        "system.yaml:1：缺少“id”（在文件里补上 id）", "system.yaml:1：缺少“title”（在文件里补上 title）",
        "system.yaml:1：缺少“area”（在文件里补上 area）", "system.yaml:1：缺少“nodes”（在文件里补上 nodes）",
    ]  # fmt: skip


def test_what_is_odd_but_allowed_is_remarked(packs: Library):
    text = GOOD.replace("pipes:", "  - {id: c, label: 丙站, area: zezhou}\npipes:").replace(
        "withdrawal: 1", "withdrawal: 0"
    )
    text = text.replace("capacity: 20", "capacity: 20, contract: 25")
    text += "  - {id: home, label: 居民, class: residential, node: c, reporter: field}\n"
    text = text.replace("  - {id: grid", "  - {id: idle, label: 闲置, kind: county, area: zezhou}\n  - {id: grid")
    assert remarks(read_system(text, "system.yaml", packs.lexicon)) == (
        "节点“丙站”没有管道相连，也没有气源",
        "闲置（县（市、区）人民政府）没有要报的气源、用户或储气设施",
        "气田的合同量 25 大于供气能力 20（万立方米/日）",
        "储罐的采气能力为 0，不能用于补缺口",
    )
