"""Incidents from a terminal, on the database and over HTTP; and what `serve` refuses before it serves."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from web.night import CBM, Night, shelf

from zhishou.bootstrap import database_url
from zhishou.bootstrap.house import machine_time
from zhishou.cli import main
from zhishou.people.tokens import Scope

Told = tuple[int, str, str]
"""Exit code, stdout, stderr."""


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    monkeypatch.delenv("ZHISHOU_DATABASE", raising=False)
    monkeypatch.setattr("zhishou.bootstrap.house.library", shelf)  # read once for all

    def run(*words: str, given: str = "") -> Told:
        monkeypatch.setattr(sys, "argv", ["zhishou", *words])
        monkeypatch.setattr(sys, "stdin", io.StringIO(given))
        with pytest.raises(SystemExit) as end:
            main()
        shown = capsys.readouterr()
        return int(end.value.code or 0), shown.out, shown.err

    return run


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Night]:
    made = Night(tmp_path).people()
    yield made
    made.close()


def test_incidents_on_the_database_itself(tmp_path: Path, run: Callable[..., Told]):
    own = Night(tmp_path, at=machine_time()).people()
    try:
        _on_the_database(own, run)
    finally:
        own.close()


def _on_the_database(own: Night, run: Callable[..., Told]) -> None:
    data = ("--data", str(own.folder))
    opening = (
        "incident", "open", *data, "--as", "zhiban", "--set", "title=沁水一井场井喷", "--set", "place=qinshui",
        "--set", "subject=cbm_surface_extraction", "--key", "one",
    )  # fmt: skip
    code, out, err = run(*opening)
    assert code == 0, err
    found = re.search(r"jincheng-\d{4}-0001", out)
    assert found is not None
    id_ = found[0]
    assert "没有再办" in run(*opening)[1]
    code, out, _ = run(
        "incident", "give", id_, "add_note", *data, "--as", "zhihuizhang", "--file", "-", given='{"text": "到场"}'
    )
    assert (code, "到场" in out) == (0, True)
    listed = run("incident", "list", *data)[1]
    assert "沁水一井场井喷" in listed
    assert "煤层气地面开采预案" in run("incident", "show", id_, *data)[1]
    assert run("incident", "story", id_, *data)[1].count("记事") == 1
    code, out, err = run(
        "incident", "give", id_, "propose_level", *data, "--as", "zhiban", "--set", f"plan={CBM}", "--set", "level=II"
    )
    assert (code, "〔4.2.2〕" in err) == (2, True)
    note = ("give", id_, "add_note", "--as", "zhiban")
    for options, words in (
        (("give", id_, "add_nte", "--as", "zhiban"), "add_note"), (("give", id_, "add_note"), "--as"),
        ((*note, "--set", "txt=1"), "不认识的字段“txt”"), ((*note, "--set", "text"), "缺等号"),
        (("give", id_, "add_note", "--as", "nobody", "--set", "text=1"), "没有账户"),
        (("show", "jincheng-1999-0001"), "没有“jincheng-1999-0001”"),
        ((*note, "--set", "text=x", "--expected", "1"), "别人已先记了一笔"),
        ((*note, "--file", "/nonexistent.json"), "命令内容读不了"),
        (("give", id_, "file_assessment", "--as", "zhiban"), "没有“file_assessment”"),
    ):  # fmt: skip
        code, _, err = run("incident", *options, *data)
        assert (code, words in err) == (2, True), (options, err)
    code, out, _ = run("journal", "rebuild", "--database", database_url(None, own.folder))
    assert (code, "重建" in out) == (0, True)
    assert run("incident", "list", *data)[1] == listed


def test_an_area_that_there_is_not_has_not_simply_nothing(own: Night, run: Callable[..., Told]):
    data = ("--data", str(own.folder))
    for words in (("incident", "list"), ("paper", "cap", "list")):
        assert run(*words, *data, "--area", "晋城市")[0] == 0
        code, out, err = run(*words, *data, "--area", "nowhere")
        assert (code, out) == (2, "")
        assert "没有“nowhere”这个地区" in err


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path, run: Callable[..., Told]):
    for words in (("list",), ("show", "jincheng-2026-0001"), ("open", "--as", "zhiban")):
        code, out, err = run("incident", *words, "--data", str(tmp_path / "slip"))
        assert (code, out) == (2, "")
        assert (
            err
            == f"错误：{tmp_path}/slip/zhishou.db：没有这个数据库文件（核对 --database、--data 或 ZHISHOU_DATABASE）\n"
        )
    assert not (tmp_path / "slip").exists()


def test_incidents_over_http(own: Night, run: Callable[..., Told], monkeypatch: pytest.MonkeyPatch):
    own.play(until="accept_task")
    server = ("--server", own.base)
    monkeypatch.setenv("ZHISHOU_TOKEN", own.token("jiuhu", Scope.READ, Scope.REPORT))
    assert "端氏镇" in run("incident", "list", *server)[1]
    assert "t2" in run("incident", "show", "jincheng-2026-0001", *server)[1]
    assert "任务已下达" in run("incident", "story", "jincheng-2026-0001", *server)[1]
    code, out, err = run("incident", "give", "jincheng-2026-0001", "accept_task", *server, "--set", "task=t2")
    assert (code, "任务已接受" in out) == (0, True), err
    task = ("--set", "plan=x", "--set", "text=x", "--set", 'by=["x"]')
    for options, words in (
        (("give", "jincheng-2026-0001", "issue_task", *task), "令牌不能办理"),
        (("give", "jincheng-2026-0001", "no_such", *task), "没有这个地址"),
        (("give", "jincheng-2026-0001", "accept_task", "--set", "tsk=1"), "不认识的字段“tsk”"),
        (("give", "jincheng-2026-0001", "accept_task", "--as", "zhiban"), "去掉 --as"),
        (("show", "jincheng-1999-0001"), "没有“jincheng-1999-0001”"),
    ):  # fmt: skip
        code, _, err = run("incident", *options, *server)
        assert (code, words in err) == (2, True), (options, err)
    assert "连不上服务" in run("incident", "list", "--server", "http://127.0.0.1:1")[2]
    assert "不是服务地址" in run("incident", "list", "--server", "ftp://x")[2]
    monkeypatch.setenv("ZHISHOU_TOKEN", "zs_no")
    assert "接口令牌无效" in run("incident", "list", *server)[2]
    monkeypatch.setenv("ZHISHOU_TOKEN", "")
    assert "没有接口令牌" in run("incident", "list", *server)[2]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--workers", "2"], "SQLite 只用一个进程"),
        (["--database", "mysql://x/y"], "不支持"),
        (["--host", "203.0.113.7"], "端口用不了"),
        (["--database", "postgresql://nobody@127.0.0.1:1/none"], "数据库连不上"),
    ],
)
def test_what_cannot_be_served_is_said(tmp_path: Path, run: Callable[..., Told], options: list[str], words: str):
    code, _, err = run("serve", "--data", str(tmp_path), "--port", "0", *options)
    assert (code, words in err) == (2, True), err
