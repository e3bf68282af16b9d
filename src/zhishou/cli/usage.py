"""Usage errors and the headings of `--help` in Chinese; it stands alone because typer speaks English.

Typer has had its exceptions from click, and of late from a copy of it; they are told apart by their names.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from typer.core import TyperCommand

from zhishou.errors import ZhishouError

_HELP = (
    (r"^Usage: ", "用法："), (r"^Options:$", "选项："), (r"^Commands:$", "命令："), (r"^Arguments:$", "参数："),
    (r"\[OPTIONS\]", "[选项]"), (r"COMMAND\s+\[ARGS\]\.\.\.", "命令 …"), (r"Show this message and exit\.", "显示这份说明。"),
    (r"\[env var:\s+", "[环境变量 "), (r"\[default:\s+", "[不写为 "), (r";\s+default:\s+", "；不写为 "),
    (r";\s+required\]", "；必写]"), (r"\[required\]", "[必写]"),
)  # fmt: skip
"""What typer writes around our own words in a help text, and what stands there instead."""


@cache
def speak_chinese() -> None:
    """Have help texts say typer's few words in Chinese, whatever language the machine is set to, as all our own words are.

    Typer writes most of them in English without asking anybody, so that the finished text is what can be changed. What a
    command is for is not cut short between blanks, of which Chinese has none.
    """
    command: Any = next(one for one in TyperCommand.__mro__ if "get_help" in vars(one))
    written = command.get_help

    def get_help(self: Any, ctx: Any) -> str:
        text: str = written(self, ctx)
        for said, instead in _HELP:
            text = re.sub(said, instead, text, flags=re.MULTILINE)
        return text

    def short(self: Any, limit: int = 0) -> str:  # noqa: ARG001 - as typer calls it
        lines: list[str] = (self.short_help or self.help or "").strip().splitlines()
        return lines[0] if lines else ""

    command.get_help = get_help
    shortened = next(one for one in TyperCommand.__mro__ if "get_short_help_str" in vars(one))
    shortened.get_short_help_str = short  # type: ignore[attr-defined]


def told(error: Any) -> ZhishouError:
    """What is wrong with how a command was typed, and the mend.

    Args:
        error: a `ClickException`, of typer or of click.
    """
    kind = next((one.__name__ for one in type(error).__mro__ if one.__name__ in _SAID), "")
    what, mend = _SAID[kind](error) if kind else (str(error.message), "")
    path = getattr(getattr(error, "ctx", None), "command_path", "") or "zhishou"
    usage = f"用法见 {path} --help"
    return ZhishouError(what, mend=f"{mend}；{usage}" if mend else usage)


def shows_help(error: Any) -> bool:
    """Whether nothing is wrong but that no command was given: then the help is the answer."""
    return any(one.__name__ == "NoArgsIsHelpError" for one in type(error).__mro__)


def _missing(error: Any) -> tuple[str, str]:
    param = error.param
    what = "选项" if _is_option(param) else "参数"
    return f"缺少{what} {_named(param)}{_help(param)}", f"补上 {_named(param)}"


def _bad(error: Any) -> tuple[str, str]:
    said, param = str(error.message), error.param
    if re.search(r"[\u4e00-\u9fff]", said):  # a command's own word
        return said, ""
    name = f"{_named(param)} 的" if param is not None else ""
    allowed = re.findall(r"'([^']*)'", said.partition(" one of ")[2])
    if allowed:
        return f"{name}值不在可写的之列", f"可写：{'、'.join(allowed)}"
    within = [
        f"{words} {bound}" for words, bound in (("不小于", _bound(param, "min")), ("不大于", _bound(param, "max")))
        if bound is not None
    ]  # fmt: skip
    kind = "整数" if "integer" in said or within else "数" if "number" in said or "float" in said else ""
    wanted = f"{kind or '另一种写法'}{'，' + '、'.join(within) if within else ''}"
    return f"{name}值不对{_help(param)}", f"应为{wanted}" if kind else ""


def _bad_option(error: Any) -> tuple[str, str]:
    name, said = str(error.option_name), str(error.message)
    if "does not take" in said:
        return f"选项 {name} 后面不写值", "去掉等号和值"
    return f"选项 {name} 后面没有写值", f"写成 {name} 值"


def _no_option(error: Any) -> tuple[str, str]:
    return f"没有 {error.option_name} 这个选项", _perhaps(error.possibilities)


def _no_command(error: Any) -> tuple[str, str]:
    found = re.findall(r"'([^']*)'", str(error.format_message()))
    name = str(getattr(error, "command_name", "") or (found[0] if found else ""))
    return f"没有“{name}”这个命令", _perhaps(getattr(error, "possibilities", None) or found[1:])


def _other(error: Any) -> tuple[str, str]:
    said = str(error.message)
    if found := re.search(r"unexpected extra argument[^(]*\((?:s\) \()?(.*)\)", said):
        return f"多写了：{found[1]}", "去掉；含空格的文字用引号括起来"
    if found := re.match(r"No such command '(.*?)'", said):
        return f"没有“{found[1]}”这个命令", _perhaps(re.findall(r"'([^']*)'", said)[1:])
    if "Missing command" in said:
        return "没有写命令", ""
    return (said if re.search(r"[\u4e00-\u9fff]", said) else "命令的写法不对"), ""


_SAID = {
    "MissingParameter": _missing, "BadParameter": _bad, "BadOptionUsage": _bad_option, "NoSuchOption": _no_option,
    "NoSuchCommand": _no_command, "UsageError": _other,
}  # fmt: skip
"""Name of the exception → what is wrong and the mend; the nearest of its kinds counts."""


def _perhaps(names: Any) -> str:
    found = sorted(names or ())
    return f"是不是 {'、'.join(found)}" if found else ""


def _is_option(param: Any) -> bool:
    return getattr(param, "param_type_name", "") == "option"


def _named(param: Any) -> str:
    if param is None:
        return ""
    return str(max(param.opts, key=len)) if _is_option(param) and param.opts else f"<{param.name.rstrip('_')}>"


def _help(param: Any) -> str:
    words = str(getattr(param, "help", None) or "").rstrip("。")
    return f"：{words}" if words else ""


def _bound(param: Any, name: str) -> Any:
    found = getattr(param, name, None)
    return found if found is not None else getattr(getattr(param, "type", None), name, None)
