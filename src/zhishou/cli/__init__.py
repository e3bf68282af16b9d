"""Commands a person types. Every import a command needs is made inside it, so that `zhishou --help` is quick."""

from __future__ import annotations

import io
import sys


def main() -> None:
    """Run the command line; bad input ends with exit code 2 and a message that says what, where and how to mend."""
    import typer

    from zhishou.cli.app import app
    from zhishou.cli.usage import shows_help, speak_chinese, told
    from zhishou.errors import ProblemsError, ZhishouError, why

    usage: type[typer.BadParameter] = typer.BadParameter.__mro__[2]  # ClickException, from wherever typer has it
    speak_chinese()
    _legible()
    try:
        code = app(standalone_mode=False)
    except usage as error:
        if shows_help(error):
            error.show()
        else:
            print(f"错误：{told(error)}", file=sys.stderr)  # noqa: T201 - the terminal is where it goes
        sys.exit(2)
    except typer.Abort:
        print("已中止。", file=sys.stderr)  # noqa: T201 - the same
        sys.exit(1)
    except ProblemsError as error:
        for problem in error.problems:
            print(f"错误：{problem}", file=sys.stderr)  # noqa: T201 - the terminal is where it goes
        print(f"共 {len(error.problems)} 处，未作任何研判或改动。", file=sys.stderr)  # noqa: T201 - the same
        sys.exit(2)
    except ZhishouError as error:
        print(f"错误：{error}", file=sys.stderr)  # noqa: T201 - the same
        sys.exit(2)
    except OSError as error:  # a file or folder that no command has expected to fail, or what is printed finds no room
        place = str(error.filename) if error.filename is not None else "输出"
        told_ = ZhishouError(f"读写不了（{why(error)}）", where=place, mend="核对文件夹、权限和磁盘空间")
        if error.filename is None:
            sys.stdout = None  # or Python tries it once more on its way out, in English
        print(f"错误：{told_}", file=sys.stderr)  # noqa: T201 - the same
        sys.exit(2)
    sys.exit(code or 0)


def _legible() -> None:
    """Have a terminal that lacks a sign (GBK has no ▶) show a question mark for it, and one that knows only English letters take UTF-8."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if stream.encoding.lower() in {"ascii", "us-ascii", "ansi_x3.4-1968"}:
                stream.reconfigure(encoding="utf-8")
            elif stream.errors == "strict":
                stream.reconfigure(errors="replace")
