"""The commands about accounts: each secret printed once, all of it from an empty folder to a revoked token."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from zhishou import clock, database
from zhishou.cli import main
from zhishou.errors import DeniedError
from zhishou.people.gate import Gate
from zhishou.people.key import Seal, new_key
from zhishou.people.passwords import Cost
from zhishou.people.tokens import Scope

Told = tuple[int, str, str]
"""Exit code, stdout, stderr."""


def now() -> datetime:
    return clock.moment(datetime.now(UTC))


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Callable[..., Told]:
    """Run a command on a database that is chosen by the environment."""
    monkeypatch.setenv("ZHISHOU_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("ZHISHOU_DATABASE", raising=False)
    monkeypatch.setattr("zhishou.people.passwords.Cost", lambda: Cost(8, 1, 1))  # what is tried here is not the hash

    def run(*words: str) -> Told:
        monkeypatch.setattr(sys, "argv", ["zhishou", "people", *words])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return run


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[[], Gate]]:
    engines: list[Engine] = []

    def opened() -> Gate:
        engines.append(database.engine(f"sqlite:///{tmp_path}/data/zhishou.db", create=False))
        return Gate(engines[-1], Seal(new_key()))

    yield opened
    for engine in engines:
        engine.dispose()


def _secret(told: str) -> SecretStr:
    found = re.findall(r"只显示这一次，[^）]*）：(\S+)$", told, re.MULTILINE)
    assert len(found) == 1
    return SecretStr(found[0])


def test_from_an_empty_folder_to_people_who_log_in(run: Callable[..., Told], opened: Callable[[], Gate]):
    code, out, err = run("first", "boss", "--name", "管理员")
    assert (code, err) == (0, "")
    once = _secret(out)
    assert opened().login.enter("boss", once, "10.0.0.7", now()).session.wants == "new_password"
    code, out, err = run("first", "other", "--name", "他人")
    assert (code, out) == (2, "")
    assert "已经有账户" in err
    assert "zhishou people reset" in err
    code, out, _ = run("add", "zhang.wei", "--name", "张伟", "--login", "张伟", "--hours", "2")
    assert code == 0
    assert opened().login.enter("张伟", _secret(out), "10.0.0.7", now()).session.account == "zhang.wei"
    code, out, _ = run("list", "--json")
    assert [(row["id"], row["name"], row["must_change"]) for row in json.loads(out)] == [
        ("boss", "管理员", True), ("zhang.wei", "张伟", True)
    ]  # fmt: skip
    assert "password" not in out
    code, out, _ = run("list")
    assert out.splitlines()[-1] == "共 2 个"
    assert "张伟　登录名 张伟" in out


def test_disabling_and_resetting(run: Callable[..., Told], opened: Callable[[], Gate]):
    once = _secret(run("first", "boss", "--name", "管理员")[1])
    assert run("disable", "boss")[0] == 0
    assert "停用" in run("list")[1]
    with pytest.raises(DeniedError):
        opened().login.enter("boss", once, "10.0.0.7", now())
    assert run("disable", "boss", "--undo")[0] == 0
    new = _secret(run("reset", "boss")[1])
    with pytest.raises(DeniedError):
        opened().login.enter("boss", once, "10.0.0.7", now())
    assert opened().login.enter("boss", new, "10.0.0.7", now())
    assert "动态口令已清除" in run("reset", "boss", "--second-factor")[1]
    by = {change.by for change in opened().changes.unrecorded() if change.kind.value != "logged_in"}
    assert by == {"console"}


def test_tokens_are_made_listed_and_revoked(run: Callable[..., Told], opened: Callable[[], Gate]):
    run("first", "boss", "--name", "管理员")
    code, out, _ = run("add", "gas-co", "--name", "某燃气公司", "--machine")
    assert code == 0
    assert "一次性密码" not in out
    code, out, _ = run("token", "gas-co", "--name", "夜间报送", "--scope", "return", "--scope", "read", "--days", "30")
    secret = _secret(out)
    token = opened().tokens.check(secret, now())
    assert (token.account, token.scopes) == ("gas-co", {Scope.RETURN, Scope.READ})
    code, out, _ = run("token", "--list")
    assert token.id in out
    assert secret.get_secret_value() not in out
    assert run("token", "--revoke", token.id)[0] == 0
    assert "已作废" in run("token", "--list")[1]
    with pytest.raises(DeniedError):
        opened().tokens.check(secret, now())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("list",), "没有这个数据库文件"),
        (("add", "zhang.wei", "--name", "张伟"), "没有这个数据库文件"),
        (("list", "--database", "mysql://root@127.0.0.1/x"), "不支持“mysql”"),
    ],
)
def test_a_database_that_is_not_there_is_told(run: Callable[..., Told], words: tuple[str, ...], told: str):
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert told in err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("disable", "nobody"), "没有账户“nobody”"),
        (("reset", "nobody"), "没有账户“nobody”"),
        (("reset", "nobody", "--second-factor"), "没有账户“nobody”"),
        (("add", "Zhang Wei", "--name", "张伟"), "账户编号"),
        (("add", "boss", "--name", "张伟"), "已有人用"),
        (("token", "boss", "--name", "报送"), "权限"),
        (("token", "boss", "--name", "报送", "--scope", "all"), "没有“all”这种权限"),
        (("token", "nobody", "--name", "报送", "--scope", "read"), "没有账户“nobody”"),
        (("token", "--revoke", "0000"), "没有这个令牌"),
    ],
)
def test_wrong_input_is_told_with_its_mend(run: Callable[..., Told], words: tuple[str, ...], told: str):
    run("first", "boss", "--name", "管理员")
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert told in err
    assert "（" in err
