"""The desk as the terminal reaches it: the database itself, as a named person, or a server, with a token."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from zhishou.cli.incident_http import Answer, OverHttp
from zhishou.errors import ZhishouError


class Reached(Protocol):
    """What a terminal asks of the desk; answers have the API's shapes."""

    def list(self, area: str, state: str) -> Answer:
        """The incident board."""

    def show(self, id_: str) -> Answer:
        """One incident."""

    def story(self, id_: str, after: int) -> Answer:
        """What happened to it."""

    def open(self, body: Answer, who: str, area: str, key: str) -> Answer:
        """Open an incident."""

    def give(self, id_: str, command: str, body: Answer, who: str, key: str, expected: int | None) -> Answer:
        """Give a command."""


@contextmanager
def reached(server: str, database: str | None, data: Path, *, exercise: bool) -> Iterator[Reached]:
    """The desk, by a server's address or a database.

    Raises:
        ZhishouError: there is no token, or the database cannot be opened.
    """
    if server:
        token = os.environ.get("ZHISHOU_TOKEN", "")
        if not token:
            raise ZhishouError("没有接口令牌", where="ZHISHOU_TOKEN", mend="设环境变量，或去掉 --server 直接用数据库")
        yield OverHttp(server, token)
        return
    from zhishou.bootstrap import database_url, open_house
    from zhishou.cli.incident_local import OnDatabase

    house = open_house(database_url(database, data, exercise=exercise), data, exercise=exercise, create=False)
    try:
        yield OnDatabase(house)
    finally:
        house.close()


def body(file: str, settings: Sequence[str]) -> Answer:
    """A command's content from a file and from single fields.

    Raises:
        ZhishouError: the file is no JSON object, or a field lacks its `=`.
    """
    found: Answer = {}
    if file:
        try:
            found = json.loads(sys.stdin.read() if file == "-" else Path(file).read_text("utf-8"))
        except (OSError, ValueError):
            raise ZhishouError("命令内容读不了，应为 UTF-8 的 JSON", where=file, mend="核对文件名和内容") from None
        if not isinstance(found, dict):
            raise ZhishouError("命令内容不是 JSON 对象", where=file, mend="写成 {…}")
    for setting in settings:
        name, sign, value = setting.partition("=")
        if not sign:
            raise ZhishouError(f"“{setting}”缺等号", where="--set", mend="写成 --set 名称=值")
        try:
            found[name] = json.loads(value)
        except ValueError:
            found[name] = value
    return found
