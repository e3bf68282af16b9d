"""Commands a person types. Every import a command needs is made inside it, so that `zhishou --help` is quick."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; bad input ends with exit code 2 and a message that says what, where and how to mend."""
    import typer

    from zhishou.cli.app import app
    from zhishou.cli.usage import shows_help, speak_chinese, told
    from zhishou.errors import ProblemsError, ZhishouError

    usage: type[typer.BadParameter] = typer.BadParameter.__mro__[2]  # ClickException, from wherever typer has it
    speak_chinese()
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
    sys.exit(code or 0)
