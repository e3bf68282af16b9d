"""The command that serves, as an operator starts it: first start, one process or several, clean end, clear refusals."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import postgres as postgres_server
import yaml
from web.night import CHEAP, PASSWORD, shelf

from zhishou.bootstrap import open_house

COMMAND = [sys.executable, "-m", "zhishou"]


@dataclass
class Serving:
    """A server in a process of its own."""

    process: subprocess.Popen[str]
    base: str
    once: str
    said: str


@contextmanager
def serving(*options: str, **environment: str) -> Iterator[Serving]:
    process = subprocess.Popen(  # noqa: S603 - our own command
        [*COMMAND, "serve", "--port", "0", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        said = ""
        while "http://" not in said:
            line = process.stdout.readline()
            assert line, process.stderr.read() if process.stderr else ""
            said += line
        base = re.search(r"http://\S+", said)
        once = re.search(r"：(\w{4}-\w{4}-\w{4}-\w{4})", said)
        assert base is not None
        one = Serving(process, base[0], once[1] if once else "", said)
        _await(one)
        yield one
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=15)
        finally:
            process.kill()


def _await(one: Serving) -> None:
    for _ in range(300):
        try:
            if httpx.get(f"{one.base}/healthz", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.05)
        else:
            time.sleep(0.05)
    raise AssertionError("never healthy")


def enter(one: Serving, password: str) -> httpx.Response:
    return httpx.post(f"{one.base}/api/login", json={"login": "admin", "password": password})


def test_the_first_start_tells_the_password_once_and_the_second_start_goes_on(tmp_path: Path):
    with serving("--data", str(tmp_path)) as one:
        assert one.once
        assert yaml.safe_load((tmp_path / "house.yaml").read_text("utf-8"))["areas"] == ["jincheng"]
        half = enter(one, one.once)
        headers = {"cookie": f"zhishou={half.cookies['zhishou']}", "x-csrf-token": half.json()["csrf"]}
        done = httpx.post(f"{one.base}/api/login/password", json={"new": PASSWORD}, headers=headers)
        assert done.status_code == 200
        with httpx.stream(
            "GET", f"{one.base}/api/live", headers={"cookie": f"zhishou={done.cookies['zhishou']}"}
        ) as stream:
            assert next(stream.iter_lines()).startswith("retry:")
            one.process.send_signal(signal.SIGTERM)  # a screen that listens keeps no server from ending
            assert one.process.wait(timeout=15) in {0, -signal.SIGTERM}
    with serving("--data", str(tmp_path)) as again:
        assert not again.once
        assert enter(again, PASSWORD).json()["wants"] == ""
    kinds = (tmp_path / "zhishou.key").stat().st_mode & 0o777
    assert kinds == 0o600


def test_several_processes_share_a_database_and_do_each_thing_once(postgres: postgres_server.Server, tmp_path: Path):
    url = postgres.fresh()
    key = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="
    with serving("--data", str(tmp_path), "--database", url, "--workers", "2", ZHISHOU_KEY=key) as one:
        half = enter(one, one.once)
        headers = {"cookie": f"zhishou={half.cookies['zhishou']}", "x-csrf-token": half.json()["csrf"]}
        done = httpx.post(f"{one.base}/api/login/password", json={"new": PASSWORD}, headers=headers)
        headers = {"cookie": f"zhishou={done.cookies['zhishou']}", "x-csrf-token": done.json()["csrf"]}
        for _ in range(8):  # each on a connection of its own, so that both processes are asked
            assert httpx.get(f"{one.base}/api/me", headers=headers).json()["account"] == "admin"
        time.sleep(1.5)  # both tickers bring the changes of people into the record
        text = httpx.get(f"{one.base}/metrics").text
        assert "zhishou_journal_position" in text
    os.environ["ZHISHOU_KEY"] = key
    try:
        house = open_house(url, tmp_path, plans=shelf(), cost=CHEAP)
    finally:
        del os.environ["ZHISHOU_KEY"]
    kinds = [entry.type for entry in house.journal.read("people")]
    assert kinds == ["founded", "logged_in", "password_changed"]
    house.close()
    postgres.drop(url)
