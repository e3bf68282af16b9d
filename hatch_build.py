"""Compile the greatest flow (`src/zhishou/supply/curtail/greatest.c`) when the package is built or installed.

Where there is no C compiler, or it fails, the package is installed without: it then takes SciPy's flow, several times slower.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCE = Path("src/zhishou/supply/curtail/greatest.c")


def compiler() -> list[str]:
    """The command of a C compiler; empty where there is none. Whoever sets `CC` is taken at his word."""
    told = os.environ.get("CC")
    for command in (told,) if told else (sysconfig.get_config_var("CC"), "cc", "gcc", "clang"):
        words = shlex.split(command or "")
        if words and shutil.which(words[0]):
            return words
    return []


def failing(command: list[str], source: Path, built: Path) -> str:
    """Compile; why it failed, empty where it did not."""
    if not command:
        return "没有找到 C 编译器"
    made = subprocess.run(  # noqa: S603 - the compiler of this machine
        [*command, "-O2", "-std=c11", "-shared", "-fPIC", "-o", str(built), str(source)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return made.stderr.strip() or f"{command[0]} 返回 {made.returncode}" if made.returncode else ""


class CompileFlow(BuildHookInterface):
    """The hook that hatchling calls."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - as hatchling calls it
        """Compile, and put what comes of it into the wheel."""
        source = Path(self.root) / SOURCE
        # The name that greatest.py looks for: no code compiled from another text is ever loaded.
        digest = hashlib.sha256(source.read_bytes()).hexdigest()[:12]
        built = source.with_name(f"lib{source.stem}-{digest}.so")
        for old in source.parent.glob(f"lib{source.stem}-*.so"):
            old.unlink()
        if why := failing(compiler(), source, built):
            self.app.display_warning(f"没有编译最大流程序，改用 SciPy 的（慢几倍）：装上 C 编译器后重装即可。{why}")
            return
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"
        build_data["artifacts"].append(str(built.relative_to(self.root)))
