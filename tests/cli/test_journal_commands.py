"""The commands on the record, as they are typed: what they print, and the exit code that a timer looks at."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from records import EVENING, act, drafts, row
from sqlalchemy import Engine

from zhishou import database
from zhishou.cli import main
from zhishou.journal import SqlJournal, Write, found
from zhishou.journal.anchors import parsed, taken

Told = tuple[int, str, str]
"""Exit code, stdout, stderr."""


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    def run(*words: str) -> Told:
        monkeypatch.setattr(sys, "argv", ["zhishou", "journal", *words])
        with pytest.raises(SystemExit) as end:
            main()
        shown = capsys.readouterr()
        return int(end.value.code or 0), shown.out, shown.err

    return run


@pytest.fixture
def record(empty_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqlJournal]:
    """A record with three entries, which the environment names."""
    database.upgrade(empty_engine)
    made = found(empty_engine, "record-1", EVENING, exercise=False)
    made.append([Write("incident/1", 0, drafts({"what": "管线破裂"}, {"n": 2}))], act("c1"), [row("k")])
    made.append([Write("incident/2", 0, drafts(3))], act("c2"))
    monkeypatch.setenv("ZHISHOU_DATABASE", empty_engine.url.render_as_string(hide_password=False))
    yield made
    made.close()


def test_head_and_anchor_say_where_the_record_stands(record: SqlJournal, run: Callable[..., Told], tmp_path: Path):
    code, out, _ = run("head")
    assert code == 0
    assert "正式记录" in out
    assert "共 3 条　末条记于 2026-12-15 20:00:00" in out
    assert record.head().seal in out
    assert json.loads(run("head", "--format", "json")[1]) == {
        "id": "record-1", "exercise": False, "position": 3, "seal": record.head().seal, "recorded": "2026-12-15T20:00:00+08:00",
    }  # fmt: skip
    code, out, _ = run("anchor", "--file", str(tmp_path / "a.txt"))
    assert code == 0
    assert parsed(out) == taken(record) == parsed((tmp_path / "a.txt").read_text("utf-8"))


def test_show_tells_the_entries(record: SqlJournal, run: Callable[..., Told]):
    code, out, _ = run("show", "--stream", "incident/1")
    assert code == 0
    assert out.count("incident/1 第") == 2
    assert "管线破裂" in out
    assert "张某　jincheng:duty_officer　10.0.0.7" in out
    lines = [json.loads(line) for line in run("show", "--format", "json")[1].splitlines()]
    assert [line["position"] for line in lines] == [1, 2, 3]
    assert [line["seal"] for line in lines] == [entry.seal for entry in record.since(0)]
    assert [
        json.loads(line)["position"] for line in run("show", "--command", "c2", "--format", "json")[1].splitlines()
    ] == [3]
    assert [
        json.loads(line)["position"]
        for line in run("show", "--after", "1", "--limit", "1", "--format", "json")[1].splitlines()
    ] == [2]
    assert "没有这样的记录" in run("show", "--stream", "none")[1]


def test_verify_ends_with_0_where_all_is_whole_and_with_1_where_not(
    record: SqlJournal, run: Callable[..., Told], tmp_path: Path
):
    file = tmp_path / "anchors.txt"
    run("anchor", "--file", str(file))
    line = file.read_text("utf-8")
    code, out, _ = run("verify", "--anchors", str(file), "--anchor", line)
    assert (code, out.splitlines()[0]) == (0, "✓ 3 条记录完好，与 2 个锚相符")
    file.write_text(line + "torn", "utf-8")
    assert f"没有用：{file} 第 2 行" in run("verify", "--anchors", str(file))[1]
    assert json.loads(run("verify", "--format", "json")[1])["good"] is True
    record.close()
    with record.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER entries_kept_from_update")
        else:
            connection.exec_driver_sql("ALTER TABLE entries DISABLE TRIGGER ALL")
        connection.exec_driver_sql("UPDATE entries SET name = '李某' WHERE position = 2")
    code, out, _ = run("verify")
    assert code == 1
    assert out.startswith("✗ 第 2 条与它的封印不符")
    assert "从最近一份完好的备份恢复" in out
    code, out, _ = run("verify", "--format", "json")
    assert (code, json.loads(out)["position"]) == (1, 2)


@pytest.mark.usefixtures("record")
def test_backup_and_restore(run: Callable[..., Told], tmp_path: Path, request: pytest.FixtureRequest):
    copy = tmp_path / "copy"
    assert run("backup", str(copy))[0] == 0
    code, _, err = run("backup", str(copy))
    assert (code, "不覆盖" in err) == (2, True)
    sqlite = "sqlite" in request.node.name
    other = f"sqlite:///{tmp_path}/other.db" if sqlite else request.getfixturevalue("postgres").fresh()
    assert run("restore", str(copy), "--database", other)[0] == 0
    assert run("verify", "--database", other)[0] == 0
    code, _, err = run("restore", str(copy), "--database", other)
    assert (code, "--replace" in err) == (2, True)
    assert run("restore", str(copy), "--database", other, "--replace")[0] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("head", "--database", "sqlite:///none/desk.db"), "没有这个数据库文件"),
        (("head", "--database", "oracle://x"), "不支持"),
        (("verify", "--anchor", "1 2 3"), "不是锚"),
        (("verify", "--anchors", "none.txt"), "锚文件读不了"),
        (("anchor", "--mail-to", "a@example.cn"), "还缺服务器或发件人"),
        (("anchor", "--mail-to", "a@example.cn", "--mail-from", "b@example.cn", "--mail-server", "127.0.0.1:1"), "没有发出"),
        (("anchor", "--file", "none/a.txt"), "锚写不进去"),
        (("restore", "none"), "备份文件读不了"),
    ],
)  # fmt: skip
def test_wrong_input_ends_with_2_and_a_mend(
    run: Callable[..., Told], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: str
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ZHISHOU_DATABASE", raising=False)
    monkeypatch.setenv("ZHISHOU_DATA", str(tmp_path / "data"))
    engine = database.engine(f"sqlite:///{tmp_path}/data/zhishou.db")
    database.upgrade(engine)
    found(engine, "record-1", EVENING, exercise=False)
    engine.dispose()
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert said in err
    assert "（" in err


def test_the_record_of_a_drill_sends_nothing_out(run: Callable[..., Told], tmp_path: Path):
    url = f"sqlite:///{tmp_path}/drill.db"
    engine = database.engine(url)
    database.upgrade(engine)
    found(engine, "drill-1", EVENING, exercise=True)
    engine.dispose()
    mail = ("--mail-to", "a@example.cn", "--mail-from", "b@example.cn", "--mail-server", "127.0.0.1:1")
    code, _, err = run("anchor", "--database", url, *mail)
    assert (code, "演练记录不向外发送" in err) == (2, True)
    assert "演练记录" in run("head", "--database", url)[1]


def test_an_empty_database_and_one_without_a_record_are_told(run: Callable[..., Told], tmp_path: Path):
    file = tmp_path / "desk.db"
    sqlite3.connect(file).close()
    url = f"sqlite:///{file}"
    code, _, err = run("verify", "--database", url)
    assert (code, "没有值守的表" in err) == (2, True)
    engine = database.engine(url)
    database.upgrade(engine)
    engine.dispose()
    code, _, err = run("verify", "--database", url)
    assert (code, "还没有记录" in err) == (2, True)
