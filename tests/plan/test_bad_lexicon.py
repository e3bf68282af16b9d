"""A lexicon that contradicts itself does not load; the error names file, line and mend."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from zhishou.errors import PackError
from zhishou.plan.load import SHIPPED, read_lexicon

WRONG = [
    (
        "areas.yaml",
        "\nnowhere: {label: 某县, within: atlantis}\n",
        "上级地区“atlantis”不在 areas.yaml 里（改正 within，或加上这个地区）",
    ),
    (
        "organisations/jincheng.yaml",
        "\nsome_unit: {label: 某单位, kind: department, area: atlantis}\n",
        "地区“atlantis”不在 areas.yaml 里（改正 area）",
    ),
    (
        "organisations/jincheng.yaml",
        "\nsome_unit: {label: 某单位, kind: team, area: jincheng, parts: [no_unit]}\n",
        "组成单位“no_unit”不在词库里（改正 parts）",
    ),
    (
        "customers.yaml",
        "\nsome_class: {label: 某类, within: no_class}\n",
        "上一类“no_class”不在 customers.yaml 里（改正 within）",
    ),
    (
        "facts/gas.yaml",
        "\nsome_sum: {label: 某和, kind: number, meaning: 试, sum_of: [no_fact]}\n",
        "相加的要素“no_fact”不在词库里（改正 sum_of）",
    ),
    (
        "facts/gas.yaml",
        "\nsome_fact: {label: 某要素, kind: flag, meaning: 试, shelf_life: 3 months}\n",
        "时效“3 months”不是确定的长度（写成 24 h、7 d 的样子）",
    ),
    (
        "facts/heating.yaml",
        "\nsome_fact: {label: 死亡人数, kind: number, meaning: 试}\n",
        "名称“死亡人数”已用于 deaths（改一个名称，使每个要素名称不同）",
    ),
]


@pytest.mark.parametrize(("file", "added", "message"), WRONG, ids=[message[:16] for _, _, message in WRONG])
def test_what_points_nowhere_is_told_with_its_line(tmp_path: Path, file: str, added: str, message: str):
    folder = tmp_path / "lexicon"
    shutil.copytree(SHIPPED / "lexicon", folder)
    text = (folder / file).read_text("utf-8") + added
    (folder / file).write_text(text, "utf-8")
    line = text.count("\n")
    with pytest.raises(PackError) as caught:
        read_lexicon(folder)
    assert [str(problem) for problem in caught.value.problems] == [f"lexicon/{file}:{line}：{message}"]


def test_the_shipped_lexicon_loads():
    assert read_lexicon(SHIPPED / "lexicon").digest
