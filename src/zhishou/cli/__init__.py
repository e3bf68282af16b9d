"""Commands a person types. Every import a command needs is made inside it, so that `zhishou --help` is quick."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; bad input ends with exit code 2 and a message that says what, where and how to mend."""
    from zhishou.cli.app import app
    from zhishou.errors import ProblemsError, ZhishouError

    try:
        app()
    except ProblemsError as error:
        for problem in error.problems:
            print(f"错误：{problem}", file=sys.stderr)  # noqa: T201 - the terminal is where it goes
        print(f"共 {len(error.problems)} 处，未作任何研判或改动。", file=sys.stderr)  # noqa: T201 - the same
        sys.exit(2)
    except ZhishouError as error:
        print(f"错误：{error}", file=sys.stderr)  # noqa: T201 - the same
        sys.exit(2)
