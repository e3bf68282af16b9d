"""Every command answers, in text for people and in JSON that keeps to its schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner

from zhishou.assess import report
from zhishou.cli.app import app
from zhishou.plan import schema as schemas
from zhishou.plan.load import Library

RUN = CliRunner()


def said(*words: str, given: str | None = None) -> str:
    result = RUN.invoke(app, list(words), input=given, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def data(*words: str, given: str | None = None) -> Any:
    return json.loads(said(*words, "--format", "json", given=given))


NIGHTS = [
    "facts: {city_gas_gap_pct: 10, cross_county_gas_gap_pct: {at_least: 12}}",
    "facts: {accident_occurred: true, deaths: {at_least: 3, at_most: 12}, crosses_city: true}",
    "facts: {heat_restore_hours: 1.5 d, heat_outage_share_pct: 100}",
    "facts: {storage_fill_pct: {value: 61, at: 2020-12-01T08:00, source: 台账}}",
    "facts: {}",
]


@pytest.mark.parametrize("night", NIGHTS)
def test_the_json_answer_keeps_to_its_published_schema(packs: Library, night: str):
    answer = data("assess", *packs.packs, "--facts", "-", "--at", "2026-01-15T20:00", "--area", "晋城", given=night)
    jsonschema.validate(answer, report.schema())
    assert answer["schema"] == "zhishou.assessment/1"
    assert {plan["plan"]: plan["digest"] for plan in answer["plans"]} == {p.id: p.digest for p in packs.packs.values()}


def test_every_shipped_file_keeps_to_the_json_schema_that_editors_use(packs: Library):
    every = {name: jsonschema.Draft202012Validator(found) for name, found in schemas.schemas().items()}
    for pack in packs.packs.values():
        for name, mark in pack.marks.items():
            errors = [error.message for error in every[name].iter_errors(mark.data)]
            assert errors == [], f"{pack.id}/{name}"


def test_every_field_of_the_format_is_described():
    for model in schemas.models():
        missing = set(model.model_fields) - {
            name for name, info in model.model_fields.items() if (info.alias or name) in schemas.descriptions(model)
        }
        assert missing == set(), model.__name__


@pytest.mark.parametrize(
    ("area", "expected"),
    [
        ("晋城", {"jincheng", "shanxi"}),
        ("晋城市城区", {"chengqu", "jincheng", "shanxi"}),
        ("运城市", {"yuncheng", "shanxi"}),
        ("山西省", {"shanxi"}),
    ],
)
def test_an_area_is_ruled_by_its_own_plans_and_those_above_it(packs: Library, area: str, expected: set[str]):
    listed = {row["area"] for row in data("plan", "list", "--area", area)}
    assert listed == expected
    answer = data("assess", "--facts", "-", "--area", area, "--at", "2026-01-15T20:00", given="facts: {}")
    assert {packs.packs[plan["plan"]].plan.area for plan in answer["plans"]} == expected


def test_a_plan_rules_from_the_day_it_takes_effect():
    def ids(at: str) -> set[str]:
        answer = data("assess", "--facts", "-", "--area", "晋城市城区", "--at", at, given="facts: {}")
        return {plan["plan"].rsplit("/")[-1] for plan in answer["plans"]}

    assert "energy-2025" not in ids("2025-07-24T23:59")
    assert "energy-2025" in ids("2025-07-25T00:00")


def test_where_gives_the_line_on_which_the_rule_stands(packs: Library):
    for row in data("plan", "where", "response III"):
        file, line = row["place"].rsplit(":", 1)
        text = (packs.folder / file).read_text("utf-8").splitlines()[int(line) - 1]
        assert text.strip() == "- level: III"
        assert row["clause"]
        for case in row["cases"]:
            assert case.startswith(row["plan"])


def test_where_finds_a_clause_a_fact_and_a_unit_under_any_name():
    assert any(
        "response.yaml" in row["place"] for row in data("plan", "where", "4.2.1（1）", "--plan", "gas-winter-2021")
    )
    assert {row["plan"] for row in data("plan", "where", "全市天然气供需缺口")} == {"jincheng/gas-winter-2021"}
    one, other = (data("plan", "where", name) for name in ("市发改委", "市发展和改革委员会"))
    assert {row["place"] for row in one if row["plan"].startswith("jincheng/gas")} == {
        row["place"] for row in other if row["plan"].startswith("jincheng/gas")
    }


def test_compare_tells_what_sisters_do_not_share():
    found = data("plan", "compare", "hazchem-2020", "oil-gas-storage-2020")["differences"]
    conditions = {row["item"]: row for row in found if row["subject"] == "条件"}
    assert "跨市或跨省并需上级协调" in conditions["应急响应Ⅰ级"]["left"]
    assert "跨市或跨省并需上级协调" not in conditions["应急响应Ⅰ级"]["right"]


def test_a_plan_compared_with_itself_shows_nothing(packs: Library):
    for id_ in packs.packs:
        assert data("plan", "compare", id_, id_)["differences"] == []


def test_the_ledger_has_a_place_or_a_reason_for_every_clause(packs: Library):
    for id_, clauses in data("plan", "ledger").items():
        assert clauses.keys() == packs.packs[id_].ledger.clauses.keys()
        for clause, row in clauses.items():
            assert row["places"] or row["status"] == "background", f"{id_} {clause}"


def test_check_prints_what_it_found_and_never_fails_for_it():
    rows = data("plan", "check", "--all", "--on", "2026-11-21")["findings"]
    text = said("plan", "check", "--all", "--on", "2026-11-21")
    assert f"共 {len(rows)} 条" in text
    assert all(row["text"] in text and row["clause"] and row["english"] for row in rows)
    graver = data("plan", "check", "--severity", "high", "--on", "2026-11-21")["findings"]
    assert {row["severity"] for row in graver} == {"high"}


def test_show_names_every_level_with_who_decides(packs: Library):
    for pack in packs.packs.values():
        text = said("plan", "show", pack.id)
        for ladder in pack.ladders.values():
            for level in ladder.levels:
                assert f"■ {level.label}" in text


def test_schemas_are_written_for_an_editor(tmp_path: Path):
    said("plan", "schema", "--write", str(tmp_path))
    written = {file.relative_to(tmp_path).as_posix() for file in tmp_path.rglob("*.json")}
    assert {
        "response.schema.json",
        "ledger.schema.json",
        "lexicon/facts.schema.json",
        "assessment.schema.json",
    } <= written
    for file in tmp_path.rglob("*.json"):
        jsonschema.Draft202012Validator.check_schema(json.loads(file.read_text("utf-8")))


def test_facts_are_found_by_any_part_of_their_name():
    assert "city_gas_gap_pct" in data("plan", "facts", "缺口")
    assert set(data("plan", "facts", "no such thing")) == set()
