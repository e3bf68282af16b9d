"""The description of the API is whole, is what is shipped, and its examples fit it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from web.night import Night

from zhishou.web.schema import OPEN, described


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    return described()


def operations(description: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in description["paths"].items():
        for method, one in methods.items():
            yield method, path, one


def test_every_route_says_what_it_is_in_chinese(description: dict[str, Any]):
    tags = {tag["name"] for tag in description["tags"]}
    names = set()
    for _, path, one in operations(description):
        assert any("\u4e00" <= sign <= "\u9fff" for sign in one["summary"]), path
        assert set(one["tags"]) <= tags, path
        names.add(one["operationId"])
    assert len(names) == len(list(operations(description)))


def test_every_route_tells_its_errors_in_the_one_shape(description: dict[str, Any]):
    for method, path, one in operations(description):
        failures = {status: answer for status, answer in one["responses"].items() if status >= "400"}
        wanted = {"405"} if (method, path) in OPEN else {"401", "403", "404", "405", "409", "422", "429", "503"}
        assert wanted <= set(failures), path
        if "application/json" in one.get("requestBody", {}).get("content", {}):
            assert {"400", "413", "415", "422"} <= set(failures), path
        for status, given in failures.items():
            answer = (
                description["components"]["responses"][given["$ref"].rsplit("/", 1)[1]] if "$ref" in given else given
            )
            schema = answer["content"]["application/json"]["schema"]
            assert schema["$ref"].endswith("/ErrorBody") or (path, status) == ("/healthz", "503"), (path, status)
            assert answer["description"]
        assert any(status < "300" for status in one["responses"])


def test_every_body_has_an_example_that_fits(description: dict[str, Any]):
    count = 0
    for _, _path, one in operations(description):
        content = one.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            continue
        schema = {**content["schema"], "components": description["components"]}
        example = content.get("example") or _of_fields(content["schema"], description)
        Draft202012Validator(schema).validate(example)
        count += 1
    assert count > 80


def _of_fields(schema: dict[str, Any], description: dict[str, Any]) -> dict[str, Any]:
    """The example that the fields of a form give, each by itself."""
    form = description["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return {name: one["examples"][0] for name, one in form["properties"].items() if one.get("examples")}


def test_every_field_of_a_command_is_told(description: dict[str, Any]):
    schemas = description["components"]["schemas"]
    assert schemas["EndLevel"]["properties"]["confirmed"]["description"] == (
        "Condition of the plan → how it was confirmed."
    )
    assert schemas["UpdateCasualties"]["properties"]["counts"]


def test_what_is_shipped_is_what_the_server_says(repository: Path, description: dict[str, Any], night: Night):
    shipped = json.loads((repository / "docs" / "openapi.json").read_text("utf-8"))
    assert shipped == description, "run `make docs`"
    assert night.http.get("/api/openapi.json").json() == description


def test_headers_and_login_are_described(description: dict[str, Any]):
    one = description["paths"]["/api/incidents/{id}/add_note"]["post"]
    headers = {part["name"]: part["required"] for part in one["parameters"] if part["in"] == "header"}
    assert headers == {"Idempotency-Key": True, "If-Match": False, "X-Happened-At": False}
    assert one["security"] == [{"cookie": []}, {"token": []}]
    assert set(description["components"]["securitySchemes"]) == {"cookie", "token"}
