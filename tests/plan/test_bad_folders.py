"""Files that are missing, misnamed or unreadable are found, and every problem is told at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from plan.small_pack import ID, LEXICON, line_of, replaced, written

from zhishou.errors import NotFoundError, PackError
from zhishou.plan.load import library
from zhishou.plan.pack import FILES

EVERY_FILE = "文件有：" + "、".join(f"{name}.yaml" for name in FILES)


def problems(root: Path) -> list[str]:
    with pytest.raises(PackError) as caught:
        library(root)
    return [str(problem) for problem in caught.value.problems]


def test_the_small_pack_itself_loads(tmp_path: Path):
    written(tmp_path)
    assert list(library(tmp_path).packs) == [ID]


@pytest.mark.parametrize("name", ["respons.yaml", "response.yml", "Response.yaml"])
def test_a_misnamed_file_is_refused_and_not_passed_over(tmp_path: Path, name: str):
    folder = written(tmp_path)
    (folder / "disposal.yaml").unlink(missing_ok=True)
    (folder / name).write_text("checklists: []", "utf-8")
    assert problems(tmp_path) == [f"{ID}/{name}：预案包里没有这种文件（{EVERY_FILE}）"]


@pytest.mark.parametrize("name", ["plan", "ledger"])
def test_a_pack_without_plan_or_ledger_is_refused_and_not_passed_over(tmp_path: Path, name: str):
    folder = written(tmp_path)
    (folder / f"{name}.yaml").unlink()
    assert problems(tmp_path) == [f"{ID}：缺少 {name}.yaml（补上这个文件）"]


def test_a_pack_file_that_is_not_utf8_is_refused(tmp_path: Path):
    folder = written(tmp_path)
    (folder / "support.yaml").write_bytes("exercises: [] # 演练".encode("gb18030"))
    assert problems(tmp_path) == [f"{ID}/support.yaml：不是 UTF-8 文本（另存为 UTF-8 编码）"]


def test_a_pack_file_that_is_a_list_is_refused(tmp_path: Path):
    folder = written(tmp_path)
    (folder / "support.yaml").write_text("- 演练", "utf-8")
    assert [problem.split("，写的是")[0] for problem in problems(tmp_path)] == [f"{ID}/support.yaml:1： 应为键值对"]


@pytest.mark.parametrize("name", ["areas", "grades", "subjects", "customers"])
def test_a_lexicon_without_one_of_its_files_is_refused(tmp_path: Path, name: str):
    written(tmp_path)
    (tmp_path / f"lexicon/{name}.yaml").unlink()
    assert problems(tmp_path) == [f"lexicon/{name}.yaml：缺少这个文件（补上这个文件）"]


def test_a_folder_without_a_lexicon_is_refused(tmp_path: Path):
    with pytest.raises(NotFoundError) as caught:
        library(tmp_path)
    assert str(caught.value) == f"{tmp_path} 里没有 lexicon 文件夹（检查环境变量 ZHISHOU_PACKS）"


def test_a_fact_in_two_files_of_the_lexicon_is_refused(tmp_path: Path):
    written(tmp_path)
    extra = "deaths: {label: 死亡, kind: number, meaning: 又写一次}\n"
    (tmp_path / "lexicon/facts/gas.yaml").write_text(LEXICON["lexicon/facts/gas.yaml"] + extra, "utf-8")
    line = line_of((tmp_path / "lexicon/facts/gas.yaml").read_text("utf-8"), "deaths:")
    assert problems(tmp_path) == [f"lexicon/facts/gas.yaml:{line}：“deaths”已在别的词库文件里（删去一处）"]


def test_grades_without_a_grading_clause_are_refused_at_every_condition_that_uses_them(tmp_path: Path):
    folder = written(tmp_path)
    replaced(folder / "plan.yaml", 'grading: {clause: "1"}\n', "")
    text = (folder / "response.yaml").read_text("utf-8")
    assert problems(tmp_path) == [
        f"{ID}/response.yaml:{line_of(text, grade)}：条件用到事故等级，而 plan.yaml 没有 grading（在 plan.yaml 里写明事故分级的条款）"
        for grade in ("grade: 重大", "grade: 较大", "grade: 一般")
    ]


def test_faults_of_form_in_several_files_are_told_at_once(tmp_path: Path):
    folder = written(tmp_path)
    replaced(folder / "plan.yaml", "short: 供气预案\n", "")
    replaced(folder / "response.yaml", "from: 20,", "from: 20%,")
    replaced(folder / "support.yaml", "kind: drill", "kind: drills")
    assert sorted(problem.split("：")[0].split(":")[0] for problem in problems(tmp_path)) == [
        f"{ID}/plan.yaml", f"{ID}/response.yaml", f"{ID}/support.yaml"
    ]  # fmt: skip


def test_faults_of_reference_in_several_files_are_told_at_once(tmp_path: Path):
    folder = written(tmp_path)
    replaced(folder / "plan.yaml", "subject: shortage", "subject: blackout")
    replaced(folder / "response.yaml", "fact: market, in", "fact: markets, in")
    replaced(folder / "response.yaml", "by: [市发展局]", "by: [市粮食局]")
    told = problems(tmp_path)
    assert [word for word in ("blackout", "markets", "市粮食局") if sum(word in text for text in told) == 1] == [
        "blackout", "markets", "市粮食局"
    ]  # fmt: skip
    assert len(told) == 3


def test_faults_of_two_packs_and_of_the_whole_set_are_told_at_once(tmp_path: Path):
    one = written(tmp_path)
    other = tmp_path / "jia/gas-2027"
    other.mkdir()
    for file in one.iterdir():
        (other / file.name).write_text(file.read_text("utf-8").replace(ID, "jia/gas-2027"), "utf-8")
    replaced(one / "plan.yaml", "area: jia", "area: yi")
    replaced(other / "response.yaml", "grade: 较大,", "grade: 很大,")
    assert [problem.split(":")[0] for problem in problems(tmp_path)] == [
        f"{ID}/plan.yaml", "jia/gas-2027/response.yaml"
    ]  # fmt: skip
