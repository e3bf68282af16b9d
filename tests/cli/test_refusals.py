"""Wrong input on the command line: exit code 2, the file and the line on stderr, and not a word on stdout."""

from __future__ import annotations

import errno
import io
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from zhishou.cli import main
from zhishou.cli.app import app

Told = tuple[int, str, str]
"""Exit code, stdout, stderr."""
GAS = "jincheng/gas-winter-2021"
COUNT = "共 {} 处，未作任何研判或改动。\n"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    def run(*words: str, stdin: bytes = b"") -> Told:
        monkeypatch.setattr(sys, "argv", ["zhishou", *words])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = 0
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return run


@pytest.fixture
def facts(tmp_path: Path) -> Callable[[str | bytes], str]:
    def write(content: str | bytes) -> str:
        file = tmp_path / "facts.yaml"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(file)

    return write


def test_every_wrong_fact_is_told_with_file_and_line(run: Callable[..., Told], facts: Callable[[str], str]):
    file = facts("area: 晋城\nfacts:\n  city_gas_gap_pct: 240\n\n  deaths:\n    value: -3\n  city_gas_gap: 4\n")
    code, out, err = run("assess", "--facts", file)
    assert (code, out) == (2, "")
    assert err == (
        f"错误：{file}:3 要素“city_gas_gap_pct”：240% 不可能，最大是 100%（核对报表后改正）\n"
        f"错误：{file}:5 要素“deaths”：-3 人 不可能，最小是 0 人（核对报表后改正）\n"
        f"错误：{file}:7 要素“city_gas_gap”：词库里没有这个要素（是不是“city_gas_gap_pct”？）\n" + COUNT.format(3)
    )


@pytest.mark.parametrize(
    ("content", "line", "told"),
    [
        ("facts:\n  deaths: 1\n  deaths: 2\n", 3, "键“deaths”写了两次（删去一处，或把两处并成一处）"),
        ("facts:\n  deaths: 1\n  死亡人数: 2\n", 3, "要素“死亡人数”：这个要素给了两次（只留一个）"),
        ("facts:\n  deaths: {{deaths}}\n", 2, "键不能是列表或键值对（写成“键: 值”，含花括号的文字加引号）"),
        ("facts: &a [*a]\n", 1, "不是合法的 YAML：引用（* 和 &）绕成了圈，或嵌套过深"),
        ("facts:\n- deaths: 1\n", 1, "facts：应为“要素: 值”（每行写一个要素和它的值，不加“- ”）"),
        ("facts:\n  deaths: 1\njudgements: I\n", 3, "judgements：应为列表（每项以“- ”开头）"),
        ("judgements:\n  - {plan: gas-winter-2021}\n", 2, "第1项认定：认定要写明 plan 和 level"),
        ("judgements:\n  - {plan: gas-winter-2031, level: I}\n", 2, "第1项认定：没有“gas-winter-2031”这个预案"),
        ("deaths: 1\n", 1, "要素文件的顶层只能有 facts、judgements、area、at、note（把要素写在 facts: 之下）"),
        ("# 第一行\n- 1\n", 2, "要素文件的顶层只能有 facts、judgements、area、at、note（把要素写在 facts: 之下）"),
        ("facts\n", 1, "要素文件的顶层只能有 facts、judgements、area、at、note（把要素写在 facts: 之下）"),
        ("facts:\n\tdeaths: 1\n", 2, "不是合法的 YAML：用了制表符，缩进只能用空格"),
        ("facts: a: 1\n", 1, "不是合法的 YAML：冒号用得不对"),
        ('facts:\n  deaths: "1\n', 3, "不是合法的 YAML：引号没有合上"),
        ("facts:\n  deaths: 1\n minor: 2\n", 3, "不是合法的 YAML：缩进与上面不一致"),
        ("facts:\n  deaths: @1\n", 2, "不是合法的 YAML：值以特殊符号开头"),
        ("facts:\n  deaths: 1\x00\n", 2, "不是合法的 YAML：有不可见的控制字符 U+0000"),
    ],
)
def test_a_wrong_file_is_refused_at_its_line(
    run: Callable[..., Told], facts: Callable[[str], str], content: str, line: int, told: str
):
    file = facts(content)
    code, out, err = run("assess", GAS, "--facts", file)
    assert (code, out) == (2, "")
    assert err.replace(f"{file}:{line} ", f"{file}:{line}：").startswith(f"错误：{file}:{line}：{told}")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("assess", "--facts", "没有.yaml"), "没有要素文件 没有.yaml（检查文件名，或用 --facts - 从标准输入读）"),
        (("assess", "--facts", "."), "没有要素文件 .（检查文件名，或用 --facts - 从标准输入读）"),
        (("assess",), "没有写地区（加 --area 晋城，或在要素文件里写 area，或写明预案）"),
        (("assess", "--area", "临汾"), "没有“临汾”这个地区（现有："),
        (("assess", "gas-winter-2031"), "没有“gas-winter-2031”这个预案（现有："),
        (("assess", GAS, "--at", "昨天"), "“昨天”不是时间（写成 2026-12-15T20:00 的样子）"),
        (("assess", "--area", "晋城", "--at", "2000-01-01"), "晋城市在 2000-01-01 没有有效的预案（换地区或时间）"),
        (("plan", "show", "gas-winter-2031"), "没有“gas-winter-2031”这个预案（现有："),
        (("plan", "check", "--on", "去年"), "“去年”不是时间（写成 2026-12-15T20:00 的样子）"),
        (("plan", "check", "--severity", "严重"), "没有“严重”这个程度（写 high、medium 或 low）"),
        (("plan", "where", "不存在的单位"), "哪里都没有“不存在的单位”（写成 "),
    ],
)
def test_what_does_not_exist_is_refused(run: Callable[..., Told], words: tuple[str, ...], told: str):
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert err.startswith(f"错误：{told}")


def test_a_json_file_is_told_as_json(run: Callable[..., Told], tmp_path: Path):
    file = tmp_path / "facts.json"
    file.write_text('{"facts":\n {"deaths": 1,}}', "utf-8")
    code, out, err = run("assess", GAS, "--facts", str(file))
    assert (code, out) == (2, "")
    assert err.startswith(f"错误：{file}:2：不是合法的 JSON：")


def test_a_judgement_under_the_short_name_of_a_plan_counts(run: Callable[..., Told], facts: Callable[[str], str]):
    short = facts("judgements: [{plan: gas-winter-2021, level: I}]\n")
    told = run("assess", GAS, "--facts", short, "--at", "2026-01-15T20:00", "--format", "json")
    full = facts(f"judgements: [{{plan: {GAS}, level: I}}]\n")
    assert told == run("assess", GAS, "--facts", full, "--at", "2026-01-15T20:00", "--format", "json")
    assert '"level": "I",\n          "level_label"' in told[1]


def test_an_empty_file_says_nothing_and_is_no_fault(run: Callable[..., Told], facts: Callable[[str], str]):
    code, out, err = run("assess", GAS, "--facts", facts(""), "--at", "2026-01-15T20:00")
    assert (code, err) == (0, "")
    assert "建议启动" not in out
    assert "无从研判（不等于“不够级别”）" in out


@pytest.mark.parametrize(
    ("words", "content", "told"),
    [
        (("--facts", "-"), b"facts: {deaths: many}\n", "错误：标准输入:1 要素“deaths”：“many”不是数（写一个数，单位为人）"),
        (("--facts", "-"), "facts: {死亡人数: 三}".encode("gb18030"), "错误：标准输入：要素文件不是 UTF-8 文本（另存为 UTF-8 编码）"),
        (("--facts", "没有.yaml"), b"", "错误：没有要素文件 没有.yaml"),
    ],
)  # fmt: skip
def test_a_real_process_refuses_with_exit_code_2_and_without_a_traceback(
    words: tuple[str, ...], content: bytes, told: str
):
    result = subprocess.run(  # noqa: S603 - the command under test
        [sys.executable, "-X", "utf8", "-m", "zhishou", "assess", GAS, *words],
        input=content, capture_output=True, check=False,
    )  # fmt: skip
    assert (result.returncode, result.stdout) == (2, b"")
    assert result.stderr.decode().startswith(told)
    assert "Traceback" not in result.stderr.decode()


def _commands(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield words, command
    for name, below in getattr(command, "commands", {}).items():
        yield from _commands(below, (*words, name))


def test_every_command_says_in_chinese_how_it_was_mistyped(run: Callable[..., Told], monkeypatch: pytest.MonkeyPatch):
    """Missing, unknown, without a value, wrong: one line with the mend, exit code 2, no English but the names themselves."""
    seen, whole = 0, get_command(app)
    monkeypatch.setattr("zhishou.cli.app.app", whole)  # made once, not anew for each
    for words, command in _commands(whole):
        wrong = [(*words, "--bogus")]
        wrong += [(*words, "bogus")] if getattr(command, "commands", {}) else []
        for param in command.params:
            option = getattr(param, "param_type_name", "") == "option" and param.name != "help"
            if option and not param.is_flag:
                wrong.append((*words, param.opts[0]))
            if option and param.is_flag:
                wrong.append((*words, f"{param.opts[0]}=3"))
            if option and (getattr(param, "min", None) is not None or getattr(param, "max", None) is not None):
                wrong += [(*words, param.opts[0], value) for value in ("x", "-7", "99999999")]
        if any(param.required for param in command.params):
            wrong.append(words)
        for typed in wrong:
            code, out, err = run(*typed)
            if typed[-1] == "99999999" and "--help" not in err:
                continue  # so much may be
            assert (code, out) == (2, ""), typed
            said = re.fullmatch(r"错误：(.+)（(.+)）\n", err)
            assert said, (typed, err)
            assert re.search("没有|缺少|不对|多写|不写", said[1]), err
            assert not re.search(r"\b(?:No such|Missing|Invalid|requires|should|Error|valid|argument|option)\b", err), (
                err
            )
            assert "--help" in said[2]
            seen += 1
    assert seen > 200


def test_no_help_text_speaks_english(run: Callable[..., Told]):
    run("--version")  # whatever is run first has it speak Chinese
    seen = 0
    waiting = [("zhishou", get_command(app))]
    while waiting:
        name, command = waiting.pop()
        waiting += [(f"{name} {word}", below) for word, below in getattr(command, "commands", {}).items()]
        text = command.get_help(command.context_class(command, info_name=name))
        assert (
            re.findall(r"Usage|Options|Commands|Arguments|OPTIONS|ARGS|Show this|required|default|env var", text) == []
        )
        assert "显示这份说明。" in text, name
        seen += 1
    assert seen > 50


def test_what_the_machine_refuses_is_told_in_chinese(run: Callable[..., Told], tmp_path: Path):
    file = tmp_path / "file"
    file.write_text("x")
    assert run("plan", "schema", "--write", str(file)) == (
        2, "", f"错误：{file}：读写不了（已有同名的文件）（核对文件夹、权限和磁盘空间）\n"
    )  # fmt: skip
    code, out, err = run("plan", "schema", "--write", str(file / "below"))
    assert (code, out) == (2, "")
    assert "路径中有一段不是文件夹" in err


def test_what_finds_no_room_is_told(run: Callable[..., Told], monkeypatch: pytest.MonkeyPatch):
    class Full(io.StringIO):
        def write(self, _text: str) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(sys, "stdout", Full())
    code, _, err = run("plan", "facts")
    assert (code, err) == (2, "错误：输出：读写不了（磁盘满了）（核对文件夹、权限和磁盘空间）\n")


def test_no_fact_of_that_name_is_said(run: Callable[..., Told]):
    assert run("plan", "facts", "zzz") == (
        2, "", "错误：没有名称或编号含“zzz”的要素（换几个字，或不写，列出全部要素）\n"
    )  # fmt: skip


@pytest.mark.parametrize("encoding", ["gbk", "ascii"])
def test_a_terminal_that_lacks_a_sign_shows_the_rest(
    run: Callable[..., Told], monkeypatch: pytest.MonkeyPatch, encoding: str
):
    shown = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(shown, encoding=encoding))
    code, _, err = run("plan", "show", GAS)
    sys.stdout.flush()
    assert (code, err) == (0, "")
    assert "应急响应" in shown.getvalue().decode("utf-8" if encoding == "ascii" else encoding)


@pytest.mark.parametrize("columns", ["40", "60", "80", "120"])
def test_lists_of_commands_say_all_that_they_have_to_say(
    run: Callable[..., Told], monkeypatch: pytest.MonkeyPatch, columns: str
):
    monkeypatch.setenv("COLUMNS", columns)
    run("--version")
    waiting = [("zhishou", get_command(app))]
    while waiting:
        name, command = waiting.pop()
        below = getattr(command, "commands", {})
        waiting += [(f"{name} {word}", one) for word, one in below.items()]
        text = "".join(command.get_help(command.context_class(command, info_name=name)).split())
        for one in below.values():
            assert "".join(one.help.strip().splitlines()[0].split()) in text, (name, columns)
