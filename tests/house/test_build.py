"""What is built for others: a wheel with the compiled flow, and one without it where there is no compiler."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from zhishou.supply.curtail.greatest import library

ROOT = Path(__file__).resolve().parents[2]
FLOW = "zhishou/supply/curtail/greatest.c"


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as it is checked out, with nothing compiled yet and only as many packages as the build looks at."""
    copy = tmp_path_factory.mktemp("tree")
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(ROOT / name, copy)
    shutil.copytree(ROOT / "src/zhishou/supply", copy / "src/zhishou/supply", ignore=shutil.ignore_patterns("*.so"))
    return copy


def built(tree: Path, folder: Path, **environment: str) -> tuple[Path, str]:
    run = subprocess.run(  # noqa: S603 - our own build
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=tree, env={**os.environ, **environment}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    (wheel,) = folder.glob("*.whl")
    return wheel, run.stdout + run.stderr


def test_a_wheel_brings_the_compiled_flow_for_its_machine(tree: Path, tmp_path: Path):
    wheel, told = built(tree, tmp_path)
    if "没有找到 C 编译器" in told and not os.environ.get("CI"):
        pytest.skip("没有 C 编译器")
    with zipfile.ZipFile(wheel) as files:
        files.extractall(tmp_path)
    compiled = library(tmp_path / FLOW)
    assert compiled.is_file()
    assert ctypes.CDLL(str(compiled)).greatest_flow
    assert "-py3-none-" in wheel.name
    assert not wheel.name.endswith("-any.whl")


def test_without_a_compiler_the_wheel_says_so_and_does_without(tree: Path, tmp_path: Path):
    wheel, told = built(tree, tmp_path, CC="no-such-compiler")
    assert "没有找到 C 编译器" in told
    assert wheel.name.endswith("-py3-none-any.whl")
    with zipfile.ZipFile(wheel) as files:
        assert FLOW in files.namelist()
        assert not [name for name in files.namelist() if name.endswith(".so")]


def test_code_that_does_not_compile_leaves_nothing_half_made(tree: Path, tmp_path: Path):
    broken = tmp_path / "tree"
    shutil.copytree(tree, broken)
    (broken / "src" / FLOW).write_text("int greatest_flow(", encoding="utf-8")
    wheel, told = built(broken, tmp_path)
    assert "error" in told
    assert wheel.name.endswith("-py3-none-any.whl")
