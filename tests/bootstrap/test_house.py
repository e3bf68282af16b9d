"""The house opened from an address and a folder: its settings, its first start, and what it refuses."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import make_url

from zhishou import clock, database
from zhishou.bootstrap import database_url, first_start, open_house, read_settings
from zhishou.bootstrap.settings import NAME, HouseSettings
from zhishou.errors import JournalError, NotFoundError, PackError, ZhishouError
from zhishou.incident.context import HouseRules
from zhishou.people.passwords import Cost
from zhishou.plan.load import Library

CHEAP = Cost(memory_kib=64, passes=1, lanes=1)


def test_the_file_that_is_written_first_says_the_defaults(tmp_path: Path):
    first = read_settings(tmp_path)
    assert first == HouseSettings()
    text = (tmp_path / NAME).read_text("utf-8")
    for name in HouseSettings.model_fields:
        assert f"{name}:" in text, name
    assert read_settings(tmp_path) == first


def test_an_edited_file_is_kept(tmp_path: Path):
    (tmp_path / NAME).write_text(
        "areas: chengqu\nimmediately: 15 min\nanchors: {every: 2 h, files: /mnt/a.txt}\n", "utf-8"
    )
    found = read_settings(tmp_path)
    assert (found.areas, found.immediately, found.anchors.files) == (("chengqu",), "15 min", ("/mnt/a.txt",))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("area: jincheng", "不认识的键“area”"), ("areas: []", "areas"), ("idle: soon", "时长写成"),
        ("longest: 0 min", "时长写成"), ("anchors: {evry: 1 h}", "不认识的键"), ("plain_http: 也许", "plain_http"),
        ("areas: [jincheng\n", NAME), ("areas: [a]\nareas: [b]", NAME),
    ],
)  # fmt: skip
def test_a_wrong_file_is_told_with_its_line(tmp_path: Path, text: str, words: str):
    (tmp_path / NAME).write_text(text, "utf-8")
    with pytest.raises(PackError) as wrong:
        read_settings(tmp_path)
    assert words in str(wrong.value)
    assert f"{NAME}:" in str(wrong.value)


def test_an_area_that_is_none_is_told(tmp_path: Path, packs: Library):
    (tmp_path / NAME).write_text("areas: [atlantis]", "utf-8")
    with pytest.raises(NotFoundError, match="atlantis"):
        open_house(database_url(None, tmp_path), tmp_path, plans=packs)


def test_the_house_s_own_spans_rule_where_a_plan_gives_none(tmp_path: Path, packs: Library):
    (tmp_path / NAME).write_text("immediately: 15 min\npromptly: 1 h\nidle: 2 h\nlongest: 12 h\n", "utf-8")
    house = open_house(database_url(None, tmp_path), tmp_path, plans=packs)
    assert house.desk._keeping.rules == HouseRules("15 min", "1 h")  # noqa: SLF001 - what the desk goes by
    assert (house.gate.sessions.rules.idle, house.gate.sessions.rules.absolute) == (clock.span(120), clock.span(720))
    house.close()


def test_of_several_that_start_at_once_one_makes_the_administrator(empty_url: str, tmp_path: Path, packs: Library, monkeypatch: pytest.MonkeyPatch):  # fmt: skip
    monkeypatch.setenv("ZHISHOU_KEY", "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=")
    (tmp_path / NAME).write_text("areas: [jincheng, chengqu]", "utf-8")
    issued, errors = [], []

    def start() -> None:
        try:
            house = open_house(empty_url, tmp_path, plans=packs, cost=CHEAP)
            found = first_start(house)
            if found is not None:
                issued.append(found)
            house.close()
        except BaseException as error:  # noqa: BLE001 - the test raises it
            errors.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(issued) == 1
    house = open_house(empty_url, tmp_path, plans=packs)
    assert house.desk.areas() == ("chengqu", "jincheng")
    assert house.desk.actor("admin", "某").posts == {"admin:jincheng", "admin:chengqu"}
    assert [one.type for one in house.journal.read("people")] == ["founded"]
    assert [one.type for one in house.journal.read("watch/jincheng")] == ["duty_room_opened", "post_appointed"]
    house.close()


def test_a_start_that_was_cut_off_half_way_is_finished_by_the_next(tmp_path: Path, packs: Library):
    house = open_house(database_url(None, tmp_path), tmp_path, plans=packs, cost=CHEAP)
    house.gate.accounts.first_administrator("chief", "首任", house.now())
    assert first_start(house) is None
    assert house.desk.actor("chief", "首任").posts == {"admin:jincheng"}
    house.close()


def test_an_exercise_is_no_real_record_and_the_other_way_round(tmp_path: Path, packs: Library):
    url = database_url(None, tmp_path, exercise=True)
    assert url != database_url(None, tmp_path)
    house = open_house(url, tmp_path, exercise=True, plans=packs)
    assert house.exercise
    house.close()
    with pytest.raises(JournalError, match="演练记录"):
        open_house(url, tmp_path, plans=packs)


def test_the_environment_names_the_database_but_never_an_exercise_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ZHISHOU_DATABASE", "postgresql://desk@host/real")
    assert database_url(None, tmp_path) == "postgresql://desk@host/real"
    assert database_url("sqlite:///x.db", tmp_path) == "sqlite:///x.db"
    assert database_url(None, tmp_path, exercise=True).startswith("sqlite:///")


def test_the_password_of_a_database_may_lie_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "secret").write_text("a/b:c@d\n", "utf-8")
    monkeypatch.setenv("ZHISHOU_DATABASE_PASSWORD_FILE", str(tmp_path / "secret"))
    made = [make_url(database_url(f"postgresql://{who}@host/real", tmp_path)) for who in ("desk", "desk:own")]
    assert [one.password for one in made] == ["a/b:c@d", "own"]
    assert database_url(None, tmp_path).startswith("sqlite:///")
    monkeypatch.setenv("ZHISHOU_DATABASE_PASSWORD_FILE", str(tmp_path / "none"))
    with pytest.raises(ZhishouError, match="口令文件"):
        database_url("postgresql://desk@host/real", tmp_path)


def test_a_house_that_cannot_be_opened_lets_go_of_its_database(
    tmp_path: Path, packs: Library, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ZHISHOU_KEY", "no key")
    let_go = []
    made = database.engine(database_url(None, tmp_path))
    monkeypatch.setattr(made, "dispose", lambda: let_go.append(1))
    monkeypatch.setattr(database, "engine", lambda _: made)
    with pytest.raises(ZhishouError, match="部署密钥不对"):
        open_house("", tmp_path, plans=packs)
    assert let_go == [1]
    monkeypatch.undo()
    made.dispose()
