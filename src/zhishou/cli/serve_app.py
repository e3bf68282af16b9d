"""The command that serves the house; the first start prints the administrator's one-time password, once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--database",
        help="数据库：sqlite:///文件夹/文件.db 或 postgresql://用户@主机/库名；"
        "不写取 $ZHISHOU_DATABASE，再取数据文件夹里的 zhishou.db（演练为 exercise.db）。",
    ),
]
DataOption = Annotated[
    Path, typer.Option("--data", envvar="ZHISHOU_DATA", help="数据文件夹：house.yaml、密钥、SQLite 数据库。")
]
ExerciseOption = Annotated[bool, typer.Option("--exercise", help="演练：另用一个库，全部标明演练，不向外发送。")]


def serve(
    database: DatabaseOption = None,
    data: DataOption = Path("zhishou-data"),
    host: Annotated[str, typer.Option("--host", help="在哪个地址上服务；其他机器经反向代理访问。")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="端口。")] = 8420,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="进程数；SQLite 只用一个。")] = 1,
    exercise: ExerciseOption = False,
) -> None:
    """启动服务。第一次启动建好数据库和值班室，并显示一次管理员的一次性密码。"""
    from zhishou.bootstrap import database_url, first_start, open_house
    from zhishou.cli.record import bar
    from zhishou.web.serving import bound, check_workers, run

    url = database_url(database, data, exercise=exercise)
    check_workers(url, workers)
    with bound(host, port) as listening:
        with bar("升级数据库") as told:
            house = open_house(url, data, exercise=exercise, progress=told)
        try:
            issued = first_start(house)
            if issued is not None:
                typer.echo(f"首个管理员　登录名：{issued.change.account}")
                typer.echo(f"一次性密码（只显示这一次，24 小时内有效）：{issued.secret.get_secret_value()}")
                typer.echo("登录后须先换成自己的密码，再启用动态口令。")
            kind = "演练" if exercise else "正式"
            at = f"[{host}]" if ":" in host else host
            typer.echo(f"值守（{kind}）在 http://{at}:{listening.getsockname()[1]}　接口说明 /api/docs　按 Ctrl+C 停止")
            run(house, url, listening, workers)
        finally:
            house.close()
