"""The commands of returns: forms out, files in, decisions, the brief; one writer at a time, nothing lost."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from supply.returns import made

from zhishou.cli import supply_returns as commands
from zhishou.errors import NotFoundError, ProblemsError, ZhishouError

AT = made.EVENING.isoformat()


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for reporter in made.FIGURES:
        (folder / f"{reporter}.xlsx").write_bytes(made.filled(reporter))
    (folder / "~$grid.xlsx").write_bytes(b"lock")
    (folder / "读我.md").write_text("no return")
    return folder


def take(data: Path, *paths: Path, **more: Any) -> int:
    return commands.import_(list(paths), data, made.SYSTEM, at=AT, **more)


def test_a_form_is_written_by_kind_and_by_reporter(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    commands.template("城市燃气企业", tmp_path)
    commands.template("city_gas", tmp_path, system=made.SYSTEM, reporter="grid", day="2026-12-15")
    book = load_workbook(BytesIO((tmp_path / "城区燃气公司日报表20261215.xlsx").read_bytes()))
    assert book["报表"]["C3"].value == "城区燃气公司"
    assert (tmp_path / "城市燃气企业日报表.xlsx").exists()
    commands.template("", None, schema=True)
    assert '"zhishou/return/1"' in capsys.readouterr().out
    with pytest.raises(NotFoundError, match="没有“谁”这种报送单位"):
        commands.template("谁", tmp_path)
    with pytest.raises(ZhishouError, match="不是日期"):
        commands.template("heat", tmp_path, day="今天")


def test_a_folder_is_read_once_and_told(tmp_path: Path, inbox: Path, capsys: pytest.CaptureFixture[str]):
    data = tmp_path / "data"
    assert take(data, inbox) == 0
    said = capsys.readouterr().out
    assert "全部采用 9 份" in said
    before = (data / commands.REGISTER).read_bytes()
    assert before.count(b"\n") == 9
    assert take(data, inbox) == 0
    assert "已收过，未重复登记 9 份" in capsys.readouterr().out
    assert (data / commands.REGISTER).read_bytes() == before
    assert len(list((data / commands.ORIGINALS).iterdir())) == 9


def test_what_is_held_is_told_listed_and_decided(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    data, file = tmp_path / "data", tmp_path / "a.xlsx"
    file.write_bytes(made.filled("grid", {"use:works@1": 455000, "total_use@0": 90}))
    assert take(data, file) == 0
    said = capsys.readouterr().out
    assert f"〔报表!{made.where('grid', 'use:works@1')}〕" in said
    assert "部分待核定 1 份" in said
    commands.held(data, made.SYSTEM, day="2026-12-15")
    assert "共 2 项待核定" in capsys.readouterr().out
    decided = {"post": "值班负责人", "reason": "电话核实", "at": AT}
    with pytest.raises(ZhishouError, match="不知改哪一项"):
        commands.decide_("1-2", "replace", data, made.SYSTEM, amounts=["75"], **decided)
    with pytest.raises(ZhishouError, match="不是数"):
        commands.decide_("1-1", "replace", data, made.SYSTEM, amounts=["多"], **decided)
    commands.decide_("1-1", "replace", data, made.SYSTEM, amounts=["45.5"], **decided)
    assert "现为第 2 版，还有 1 项待核定" in capsys.readouterr().out
    commands.decide_("1-2", "replace", data, made.SYSTEM, amounts=["total_taken@grid@2026-12-15=75.25"], **decided)
    commands.held(data, made.SYSTEM, as_json=True)
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == []
    register = commands.read_register(data)
    amounts = {(v.item, v.of): v.amount for v in register.latest(made.DAY)[0].values}
    assert amounts["demand", "works"] == 45.5
    assert amounts["total_taken", "grid"] == 75.25
    with pytest.raises(NotFoundError, match="没有编号"):
        commands.decide_("1-1", "reject", data, made.SYSTEM, **decided)


def test_a_file_that_cannot_be_placed_is_placed_by_hand(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    def erase(book: Any) -> None:
        book["报表"]["C3"], book["报表"]["E3"] = "？", "？"

    data, file = tmp_path / "data", tmp_path / "a.xlsx"
    file.write_bytes(made.filled("grid", change=erase))
    assert take(data, file) == 0
    commands.held(data, made.SYSTEM, as_json=True)
    assert take(data, file, reporter="grid", day="2026-12-15", as_json=True) == 0
    told = json.loads(capsys.readouterr().out.split("\n[\n")[-1].join(["[\n", ""]))
    assert (told[0]["outcome"], told[0]["reporter"], told[0]["version"]) == ("accepted", "grid", 1)
    commands.held(data, made.SYSTEM)
    assert "没有待核定的事项" in capsys.readouterr().out


def test_where_nothing_could_be_read_the_exit_code_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    data, file = tmp_path / "data", tmp_path / "a.xlsx"
    file.write_bytes(b"%PDF-1.7")
    assert take(data, file) == 2
    assert "读不出来 1 份" in capsys.readouterr().out
    assert len(commands.read_register(data).open()) == 1
    (tmp_path / "empty").mkdir()
    with pytest.raises(NotFoundError, match="没有找到报表文件"):
        take(data, tmp_path / "empty")
    with pytest.raises(NotFoundError, match="这个文件或文件夹"):
        take(data, tmp_path / "nowhere")


def test_old_returns_are_held_unless_history_is_brought_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    old = tmp_path / "old.xlsx"
    old.write_bytes(made.filled("grid", day=made.DAY.replace(month=10)))
    take(tmp_path / "one", old)
    take(tmp_path / "two", old, history=True)
    said = capsys.readouterr().out
    assert "整份待核定 1 份" in said
    assert "全部采用 1 份" in said


def test_a_second_writer_is_told_to_wait(tmp_path: Path, inbox: Path):
    data = tmp_path / "data"
    with commands._writing(data), pytest.raises(ZhishouError, match="另一个程序正在写入"):  # noqa: SLF001 - the lock itself
        take(data, inbox)
    assert take(data, inbox) == 0


def test_a_line_cut_off_by_a_crash_is_told_and_nothing_after_it_is_lost(
    tmp_path: Path, inbox: Path, capsys: pytest.CaptureFixture[str]
):
    data = tmp_path / "data"
    take(data, inbox / "grid.xlsx")
    register = data / commands.REGISTER
    register.write_bytes(register.read_bytes()[:-30])
    take(data, inbox / "tank.xlsx")
    said = capsys.readouterr()
    assert f"{register}:1" in said.err
    assert [one.reporter for one in commands.read_register(data).latest(made.DAY)] == ["tank"]
    register.write_text('{"v":2}\n')
    with pytest.raises(ProblemsError, match="第 2 版"):
        take(data, inbox / "tank.xlsx")


def test_many_files_are_told_in_short(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    inbox = tmp_path / "in"
    inbox.mkdir()
    for number in range(45):
        stock = 40 + number / 10 if number else -1
        text = f"报送单位,气日,项目,对象,数值\n储气公司,2026-12-15,日终库存,高压球罐,{stock}\n"
        (inbox / f"{number:02}.csv").write_text(text, "utf-8")
    assert take(tmp_path / "data", inbox) == 0
    said = capsys.readouterr().out
    assert "全部采用 44 份" in said
    assert "部分待核定 1 份" in said
    assert "01.csv" not in said


def test_the_brief_is_written(tmp_path: Path, inbox: Path):
    data = tmp_path / "data"
    take(data, inbox)
    commands.brief(data, made.SYSTEM, tmp_path, day="2026-12-15", at=AT)
    commands.brief(data, made.SYSTEM, tmp_path / "b.xlsx", at=AT)
    assert load_workbook(tmp_path / "供需日报20261215.xlsx").sheetnames == ["汇总", "未报与存疑", "明细"]
    assert (tmp_path / "b.xlsx").exists()


def test_a_folder_without_returns_is_no_quiet_evening(tmp_path: Path):
    nowhere = tmp_path / "mistyped"
    with pytest.raises(NotFoundError, match="还没有收到报表"):
        commands.held(nowhere, made.SYSTEM)
    with pytest.raises(NotFoundError, match="还没有收到报表"):
        commands.brief(nowhere, made.SYSTEM, tmp_path, day="2026-12-15", at=AT)
    with pytest.raises(NotFoundError, match="还没有收到报表"):
        commands.decide_("1-1", "reject", nowhere, made.SYSTEM, post="值班员", reason="试")
    assert not nowhere.exists()


def test_a_form_is_asked_for_by_name_and_what_is_missing_is_told(tmp_path: Path):
    commands.template("", tmp_path, system=made.SYSTEM, reporter="城区燃气公司")
    assert (tmp_path / "城区燃气公司日报表.xlsx").exists()
    with pytest.raises(NotFoundError, match="没有写明是哪种报送单位"):
        commands.template("", tmp_path)
    with pytest.raises(NotFoundError, match="没有“谁”这个报送单位"):
        commands.template("", tmp_path, system=made.SYSTEM, reporter="谁")
    with pytest.raises(ZhishouError, match="没有这个文件夹"):
        commands.template("heat", tmp_path / "nowhere" / "a.xlsx")


def test_the_listing_names_file_and_reporter_in_full_and_what_to_do_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = tmp_path / "城区燃气公司十二月十五日傍晚报表.xlsx"
    file.write_bytes(made.filled("grid", {"use:works@1": 455000}))
    take(tmp_path / "data", file)
    said = capsys.readouterr().out
    assert said.count("城区燃气公司十二月十五日傍晚报表.xlsx") >= 2
    assert "zhishou supply decide" in said
    commands.held(tmp_path / "data", made.SYSTEM, as_json=True)
    first = json.loads(capsys.readouterr().out)[0]
    assert (first["reporter_label"], first["label"]) == ("城区燃气公司", "预计用气需求·城区工业")
