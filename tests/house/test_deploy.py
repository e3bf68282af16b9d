"""The deployment's files say what the software knows: commands, options, variables, places that exist."""

from __future__ import annotations

import json
import os
import re
import shlex
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from zhishou.cli.app import app


def options_of(words: list[str]) -> None:
    """Refuse a command line that `zhishou` would not take."""
    commands: Any = typer.main.get_command(app)
    assert words[0] == "serve"
    commands.commands["serve"].make_context("serve", words[1:])


@pytest.fixture(scope="module")
def unit(repository: Path) -> ConfigParser:
    parser = ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string((repository / "deploy/zhishou.service").read_text("utf-8"))
    return parser


@pytest.fixture(scope="module")
def compose(repository: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((repository / "deploy/compose.yaml").read_text("utf-8"))
    return found


def test_the_unit_starts_the_server_and_keeps_it_alive(unit: ConfigParser):
    assert set(unit.sections()) == {"Unit", "Service", "Install"}
    program, *words = shlex.split(unit["Service"]["ExecStart"])
    assert program.endswith("/zhishou")
    options_of(words)
    assert unit["Service"]["Restart"] == "always"
    assert unit["Service"]["User"] != "root"
    folder = unit["Service"]["Environment"].split("=", 1)
    assert folder == ["ZHISHOU_DATA", f"/var/lib/{unit['Service']['StateDirectory']}"]
    assert unit["Install"]["WantedBy"] == "multi-user.target"


def test_the_commands_in_the_unit_s_comments_are_commands(repository: Path):
    text = (repository / "deploy/zhishou.service").read_text("utf-8")
    for line in re.findall(r"#\s+ExecStart=(.*)", text):
        options_of(shlex.split(line)[1:])


def test_compose_starts_the_desk_after_its_database(compose: dict[str, Any], repository: Path):
    desk, database = compose["services"]["desk"], compose["services"]["database"]
    options_of(desk["command"])
    assert desk["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert (repository / "deploy" / desk["build"]["context"] / desk["build"]["dockerfile"]).resolve().exists()
    for service in (desk, database):
        assert service["restart"] == "unless-stopped"
        assert service["healthcheck"]["test"]
        assert set(service["secrets"]) <= set(compose["secrets"])
        named = {volume.split(":")[0] for volume in service["volumes"] if not volume.startswith(".")}
        assert named <= set(compose["volumes"])
    assert all(port.startswith("127.0.0.1:") for port in desk["ports"])
    assert "ports" not in database
    source = "\n".join(file.read_text("utf-8") for file in (repository / "src").rglob("*.py"))
    for name in desk["environment"]:
        assert f'"{name}"' in source, name


def test_the_image_takes_what_is_there_and_runs_as_nobody(repository: Path):
    lines = [
        line.split(None, 1)
        for line in (repository / "deploy/Dockerfile").read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    kinds = [kind for kind, _ in lines]
    assert set(kinds) <= {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "EXPOSE", "ENTRYPOINT", "CMD"}
    for kind, rest in lines:
        if kind == "COPY" and not rest.startswith("--from"):
            for name in rest.split()[:-1]:
                assert (repository / name).exists(), name
    said = dict(lines)
    assert said["USER"] == "zhishou"
    assert json.loads(said["ENTRYPOINT"]) == ["zhishou"]
    options_of(json.loads(said["CMD"]))
    assert os.path.basename(said["VOLUME"]) == "data"  # noqa: PTH119 - a path within the image
