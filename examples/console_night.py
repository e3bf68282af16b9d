"""The console with a cold wave under way: starts it on this machine, prints a log-in for each post, and stays until Ctrl-C.

An exercise in a fresh temporary folder, gone when it ends; people and figures are made up. Where nobody sits at a terminal
it opens the console, checks that it answers, and ends.
"""

from __future__ import annotations

import os
import re
import secrets
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import structlog
import uvicorn
from made_up_night import PEOPLE, Night, night
from pydantic import SecretStr

from zhishou.errors import ZhishouError
from zhishou.people.passwords import Cost
from zhishou.web.app import app
from zhishou.web.serving import bound

PORT = int(os.environ.get("ZHISHOU_DEMO_PORT", "8420"))
QUICK = Cost(memory_kib=1024, passes=1, lanes=1)
"""These log-ins end with the demo; nobody need wait for them."""
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""None that is easily taken for another."""


def main() -> None:
    """Make the night, open the console on it, and stay or try it."""
    print("控制台演示：寒潮之夜进行到 20:35，由您接着办（演练，人物和数字虚构）\n")
    structlog.configure(processors=[_nothing])
    with tempfile.TemporaryDirectory(prefix="zhishou-demo-") as folder:
        made = night(Path(folder), cost=QUICK)
        logins = log_ins(made)
        made.clock.run()
        try:
            listening = bound("127.0.0.1", PORT)
        except ZhishouError:  # something else has that port
            listening = bound("127.0.0.1", 0)
        with listening:
            address = f"http://127.0.0.1:{listening.getsockname()[1]}"
            server = uvicorn.Server(
                uvicorn.Config(app(made.house), log_config=None, access_log=False, timeout_graceful_shutdown=1)
            )
            serving = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
            serving.start()
            while not server.started and serving.is_alive():
                time.sleep(0.05)
            tell(address, logins)
            try:
                stay(serving) if sys.stdout.isatty() else tried(address, logins["cheng.jia"])
            except KeyboardInterrupt:
                print("\n演示结束，临时数据已删除。")
            server.should_exit = True
            serving.join(10)
        made.house.close()


def log_ins(made: Night) -> Mapping[str, str]:
    """A password for everybody, good for this demo alone; as if each had chosen it at his first log-in."""
    found = {}
    for account, once in made.secrets.items():
        login, now = made.house.gate.login, made.house.now()
        started = login.enter(account, SecretStr(once), "127.0.0.1", now, "演示")
        found[account] = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))
        after = login.change_password(started.token, None, SecretStr(found[account]), now)
        made.house.gate.sessions.end(after.token)
    return found


def tell(address: str, logins: Mapping[str, str]) -> None:
    """Say where it is and who can come in."""
    print(f"  打开　{address}\n\n  登录名      口令（只在本次演示有效）")
    for account, who in [*((one.account, f"{one.name}，{one.what}") for one in PEOPLE), ("admin", "系统管理员")]:
        print(f"  {account:<12}{logins[account]}　{who}")
    print("\n  从“态势”往下办：核定报表 → 看研判 → 郭乙提出建议 → 王丙决定 → 供需台排压减清单、签发。\n")


def stay(serving: threading.Thread) -> None:
    """Stay until told to end."""
    print("  按 Ctrl-C 结束。", flush=True)
    while serving.is_alive():
        serving.join(0.5)


def tried(address: str, password: str) -> None:
    """Come in as the duty officer and look at the board, as nobody is there to do it."""
    import httpx  # noqa: PLC0415 - a newcomer at a terminal does not need it

    with httpx.Client(base_url=address, follow_redirects=True, timeout=60) as browser:
        form = browser.get("/login").text
        mark = re.search(r'name="_mark" value="([^"]+)"', form)
        sent = {"login": "cheng.jia", "password": password, "next": "/", "_mark": mark[1] if mark else ""}
        board = browser.post("/login", data=sent)
        if board.status_code != 200 or "阳城县天然气供应紧张" not in board.text:
            sys.exit(f"控制台没有应答：{board.status_code}")
    print("  已登录并打开态势页，应答正常。这里不是终端，演示到此结束；在终端里运行会一直开着。")


def _nothing(*_: object) -> None:
    """A demo shows no log."""
    raise structlog.DropEvent


if __name__ == "__main__":
    main()
