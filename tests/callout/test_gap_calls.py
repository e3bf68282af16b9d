"""Every party that does not answer is named by a report, however many there are and whenever it is found out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from calling_rooms import GAS, NIGHT, City, jincheng, members, shortage

from zhishou.callout.calls import Call
from zhishou.incident.directives import IssueDirective

QUICK, LATE = range(6), range(6, 12)


def city() -> City:
    """Some units have nobody; of others everybody is silent, which is found out later; the rest answer."""
    made = jincheng(City())
    for number, post in enumerate(members()):
        if number not in QUICK:
            made.appoint("jincheng", post, f"u{number}", "sms")
        if number not in LATE:
            made.answers[f"u{number}"] = 1
    return made


def unheeded() -> City:
    """Nobody answers the reports themselves."""
    made = city()
    made.answers = {who: after for who, after in made.answers.items() if who[1:].isdigit()}
    return made


def reports(made: City, incident: str) -> list[Call]:
    return [one for one in made.out.of(incident) if one.matter is not None and one.matter.kind == "gap"]


def silent(made: City, incident: str) -> dict[str, str]:
    found = (one for one in made.out.of(incident) if one.matter is not None and one.matter.kind == "directive")
    return {
        one.id: one.matter.party.label
        for one in found
        if one.matter is not None and one.status != "answered" and (one.round > 1 or one.status != "calling")
    }


def named(found: Iterable[Call]) -> dict[str, str]:
    return {
        id_: name
        for one in found
        if one.matter is not None
        for id_, name in zip(one.matter.calls, one.matter.names, strict=True)
    }


def ordered(made: City) -> str:
    incident = shortage(made)
    made.give(incident, "zhihui", IssueDirective(plan=GAS, text="到岗", to=("members",)))
    return incident


def test_a_report_names_every_party_and_the_next_whoever_fell_silent_since():
    made = city()
    incident = ordered(made)
    made.pump()
    (first,) = reports(made, incident)
    assert first.matter is not None
    assert named([first]) == silent(made, incident)
    assert len(first.matter.names) == len(QUICK)
    assert f"等 {len(QUICK)} 家" in first.matter.what
    made.until(NIGHT + timedelta(hours=2))
    assert set(silent(made, incident)) > set(first.matter.calls)
    assert named(reports(made, incident)) == silent(made, incident)


def test_while_a_report_is_under_way_it_notes_them_and_an_answer_to_it_brings_the_next_at_once():
    made = unheeded()
    incident = ordered(made)
    made.until(NIGHT + timedelta(minutes=45))
    (first,) = reports(made, incident)
    assert first.matter is not None
    assert first.open
    assert set(first.more) == set(silent(made, incident)) - set(first.matter.calls)
    assert set(first.more.values()) <= set(silent(made, incident).values())
    assert first.more
    message = next(one.id for one in first.messages.values() if one.told)
    made.out.answer(message, "link", made.at)
    closed, second = reports(made, incident)
    assert not closed.open
    assert named([second]) == dict(first.more)
    assert second.opened == made.at


def test_whoever_answered_meanwhile_is_not_reported():
    made = unheeded()
    incident = ordered(made)
    made.until(NIGHT + timedelta(minutes=45))
    (first,) = reports(made, incident)
    for stream in first.more:
        told = next(one.id for one in made.out.calls.get(stream).messages.values() if one.told)
        made.out.answer(told, "link", made.at)
    made.out.answer(next(one.id for one in first.messages.values() if one.told), "link", made.at)
    assert len(reports(made, incident)) == 1


def test_a_mail_and_the_page_have_every_name():
    made = city()
    made.book.own["zhiban"] = []
    made.book.add("zhiban", "mail")
    made.answers.clear()
    incident = ordered(made)
    made.until(NIGHT + timedelta(minutes=30))
    first = reports(made, incident)[0]
    assert first.matter is not None
    (text,) = {one.text for one in made.gateways["mail"].given if one.kind == "gap"}
    assert all(name in text for name in first.matter.names)
