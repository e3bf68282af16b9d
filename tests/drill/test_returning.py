"""Returns as steps of a drill: sent as files through the desk, judged as real ones are, and turned into the area's facts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from drill.conftest import played

from zhishou.drill import story
from zhishou.drill.reading import Script
from zhishou.errors import PackError
from zhishou.plan.load import Library

SYSTEM = """\
supply:
  jincheng:
    id: drill
    title: 供气系统
    illustrative: true
    reporters:
      - {id: pipe, label: 管输公司, kind: pipeline, area: jincheng}
      - {id: gas, label: 燃气公司, kind: city_gas, area: chengqu}
    nodes: [{id: n, label: 管网, area: chengqu}]
    sources: [{id: import, label: 来气, kind: pipeline_import, node: n, reporter: pipe, capacity: 210}]
    customers: [{id: homes, label: 居民, class: residential, node: n, reporter: gas, demand: 200}]
people:
  pipe: {name: 申卯, posts: ["reporter:管输公司"]}
  gas: {name: 樊辰, posts: [reporter:gas]}
"""
RETURNS = """\
  - at: +10 min
    by: gas
    return: {reporter: gas, values: [{item: taken, of: homes, amount: 190}, {item: demand, of: homes, amount: 200}]}
  - by: pipe
    return: {reporter: pipe, values: [{item: supplied, of: import, amount: 190}, {item: available, of: import, amount: 188}]}
    expect:
      - assessed: {level: II, clause: 4.2.2(1)}
        because: 缺 12，占需求 200 的 6%
"""
STATED = """\
  - at: +10 min
    by: duty
    state: {area: jincheng, facts: {全市天然气供需缺口: 6}}
    expect:
      - assessed: {level: II, clause: 4.2.2(1)}
"""
Made = Callable[..., Script]
SUPPLIED = (("people:\n", SYSTEM), (STATED, RETURNS))


def test_a_night_goes_the_same_way_whether_the_gap_is_stated_or_comes_from_returns(small: Made):
    stated, returned = played(small()), played(small(*SUPPLIED))
    for outcome in (stated, returned):
        assert [one for one in outcome.checks if not one.met] == []
    (first,), (second,) = (outcome.incidents.values() for outcome in (stated, returned))
    assert (first.active.keys(), first.tasks.keys()) == (second.active.keys(), second.tasks.keys())


def test_the_story_tells_who_sent_what(small: Made):
    told = "\n".join(story.story(played(small(*SUPPLIED))))
    assert "报表已登记：pipe-2026-12-15.json" in told
    assert "报送单位" in told


def test_a_correction_is_a_new_version_and_changes_the_level(small: Made):
    again = (
        RETURNS
        + """\
  - at: +5 min
    by: pipe
    return: {reporter: pipe, values: [{item: supplied, of: import, amount: 190}, {item: available, of: import, amount: 170}]}
    expect:
      - assessed: {level: I, clause: 4.2.1(1)}
      - event: {type: return_entered}
"""
    )
    outcome = played(small(("people:\n", SYSTEM), (STATED, again)))
    entered = [one.event.entry["return"]["version"] for one in outcome.happened if one.event.type == "return_entered"]
    assert entered == [1, 1, 2]
    assert not [one for one in outcome.checks if not one.met and "研判" in one.what]


def test_a_slip_is_held_as_it_is_in_earnest_and_the_drill_says_so(small: Made):
    tenfold = ("available, of: import, amount: 188}]}", "available, of: import, amount: 1880}]}")
    unexpected = played(small(*SUPPLIED, tenfold))
    assert any("“held”而不是“accepted”" in one.found for one in unexpected.checks if not one.met)
    wanted = (tenfold[1], tenfold[1].replace("]}", "], outcome: held}"))
    outcome = played(
        small(
            *SUPPLIED,
            tenfold,
            wanted,
            ("{level: II, clause: 4.2.2(1)}\n        because", "{level: null}\n        because"),
        )
    )
    (assessed,) = [one for one in outcome.checks if "没有够格" in one.what]
    assert assessed.met
    assert not any("报表的结果" in one.found for one in outcome.checks)


@pytest.mark.parametrize(
    ("action", "level"),
    [
        ("action: replace, amounts: {import: 188}", "II"),  # 缺 12，占需求 200 的 6%：4.2.2(1)
        ("action: release", None),  # 照用 1880，不缺
    ],
)
def test_what_is_held_is_decided_by_a_step(small: Made, action: str, level: str | None):
    tenfold = ("available, of: import, amount: 188}]}", "available, of: import, amount: 1880}], outcome: held}")
    expects = f"{{level: {level or 'null'}{', clause: 4.2.2(1)' if level else ''}}}"
    decided = (
        RETURNS.partition("    expect:")[0].replace(*tenfold)
        + f"""\
  - by: duty
    decide: {{reporter: 管输公司, {action}, reason: 电话核实}}
    expect:
      - assessed: {expects}
"""
    )
    outcome = played(small(("people:\n", SYSTEM), (STATED, decided)))
    mine = [one for one in outcome.checks if "研判" in one.what or "没有够格" in one.what or "核定" in one.found]
    assert [one for one in mine if not one.met] == []
    assert mine
    again = decided + "  - by: duty\n    decide: {reporter: pipe, action: release, reason: 再核}\n"
    refused = played(small(("people:\n", SYSTEM), (STATED, again)))
    assert any("没有待核定的" in one.found for one in refused.checks if not one.met)


def test_nobody_sends_for_another(small: Made):
    other = ("  - by: pipe\n    return", "  - by: gas\n    return")
    outcome = played(small(*SUPPLIED, other))
    assert any("不在您的职权之内" in one.found for one in outcome.checks if not one.met)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("reporter: pipe, values", "reporter: nobody, values", "没有“nobody”这个报送单位"),
        ("reporter:gas", "reporter:nobody", "没有“nobody”这个报送单位"),
        ("return: {reporter: gas,", "return: {area: yangcheng, reporter: gas,", "没有写报到哪个地区"),
        ("node: n, reporter: pipe", "node: x, reporter: pipe", "x"),
        ("class: residential", "class: nobody", "nobody"),
        ("  jincheng:\n    id: drill", "  atlantis:\n    id: drill", "atlantis"),
        ("by: gas\n    return", "return", "没有写由谁办理"),
        ("values: [{item: taken, of: homes, amount: 190}, {item: demand, of: homes, amount: 200}]", "values: []", "values"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(small: Made, old: str, new: str, said: str):
    with pytest.raises(PackError) as refused:
        small(*SUPPLIED, (old, new))
    assert any(said in str(one) and one.where.startswith("small.yaml:") for one in refused.value.problems), (
        refused.value
    )


def test_the_shipped_night_takes_its_gap_from_returns(scripts: dict[str, Script], repository: Path, packs: Library):
    script = scripts["gas-winter-2021"]
    assert script.systems["jincheng"].illustrative
    stated = [step.state.facts for step in script.scenario.steps if step.state is not None]
    assert not any("全市天然气供需缺口" in facts for facts in stated)
    schema = json.loads((repository / "docs/scenario.schema.json").read_text("utf-8"))
    assert "return" in schema["$defs"]["Step"]["properties"]
    assert packs.lexicon.facts["city_gas_gap_pct"].label == "全市天然气供需缺口"
