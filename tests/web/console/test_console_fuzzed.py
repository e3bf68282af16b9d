"""Every form of the console filled with what nobody should send: a page with the mend, never a failure of the server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from web.console.conftest import Visits
from web.console.served import INCIDENT, Evening

from zhishou.acts import Command
from zhishou.incident.index import COMMANDS
from zhishou.journal import verify
from zhishou.watch.commands import COMMANDS as ROOM_COMMANDS
from zhishou.web import console
from zhishou.web.console.router import PAGES

TIMES = 6
"""How often each form is sent; every time all of its fields say something else."""
Own = tuple[Evening, Visits]
NASTY = (
    "", "nan", "1e400", "-1", "9" * 99, "\x00", "🔥é市", "<script>alert(1)</script>", "9999-12-31T23:59", "0001-01-01T00:00",
    '{"a": [1], "plan": {}}', "[]", "字" * 300, "//x\t\r\n",
)  # fmt: skip
FILLED = {
    "id": INCIDENT, "area": "jincheng", "account": "qin.ji", "code": "812-3f9a2c1e", "held": "h1", "list": "k1", "act": "rename",
}  # fmt: skip
WHO = {
    "/people": "admin",
    "/callout": "admin",
    "/r/": "lingchuan",
    "/desk": "cheng.jia",
    "/rooms": "cheng.jia",
    "/login": "",
}
"""Where somebody else than the office's director fills in the form."""
GOING = {"/logout", "/me/sessions/end", "/me/second_factor", "/me/recovery_codes"}
"""Nothing is typed there, or the login that the others need ends."""
SOUND = {
    "incident": INCIDENT, "area": "jincheng", "plan": "jincheng/gas-winter-2021", "subject": "gas_supply_shortage",
    "place": "yangcheng", "kind": "follow_up", "person": "qin.ji", "sender": "陵川县人民政府", "_about": "{}", "level": "II",
    "ladder": "response", "fact": "city_gas_gap_pct", "category": "call", "of": "county_lingchuan",
}  # fmt: skip
"""What every other form says of things that exist, so that the rest of it goes deep."""
ABOUT = {"facts:city_gas_gap_pct", "facts:beyond_city_area", "counts:deaths", "items:地点", "figure:total_demand:"}


def routes() -> Iterator[tuple[str, type[Command] | None]]:
    """The path of every form, and its command; a path that takes any command once for each."""
    for route in (one for router in PAGES for one in router.routes):
        path = getattr(route, "path", "")
        if "POST" not in getattr(route, "methods", ()) or path in GOING:
            continue
        many = COMMANDS.values() if path.startswith("/incidents") else ROOM_COMMANDS
        yield from ((path, kind) for kind in many) if path.endswith("/do/{name}") else ((path, None),)


def names() -> frozenset[str]:
    """The names of every field that stands in a template."""
    folder = Path(console.__file__).parent / "templates"
    found = {name for file in folder.glob("*.html") for name in re.findall(r'name="([\w-]+)"', file.read_text("utf-8"))}
    return frozenset(found | ABOUT)


def test_nothing_that_is_typed_breaks_a_page(own_night: Own) -> None:
    one, visit = own_night
    people = {person: visit(person) for person in {"guo.yi", *WHO.values()}}
    words = {
        person: browser.open("/theme" if not person else "/r").csrf if person else ""
        for person, browser in people.items()
    }
    fields = names() - {"_csrf"}
    broken: list[tuple[str, str, int]] = []
    number = 0
    for path, kind in routes():
        person = next((who for start, who in WHO.items() if path.startswith(start)), "guo.yi")
        filled = FILLED | ({"name": kind.name} if kind else {})
        where = re.sub(r"\{(\w+)(?::\w+)?\}", lambda part, filled=filled: filled[part[1]], path)  # type: ignore[misc]
        own = (
            fields
            | set(kind.model_fields if kind else ())
            | {f"{name}+" for name in (kind.model_fields if kind else ())}
        )
        for _ in range(1 if kind else TIMES):
            number += 1
            given = {name: NASTY[(place * 5 + number) % len(NASTY)] for place, name in enumerate(sorted(own))}
            given |= (SOUND if number % 2 or kind else {}) | {"_csrf": words[person], "_step": "do"}
            headers = {"hx-request": "true"} if number % 3 else {}
            answer = people[person].http.post(
                where, data=given, headers=headers | _cookie(people[person].cookies), params={"area": "jincheng", "of": "county_lingchuan"},
            )  # fmt: skip
            people[person].http.cookies.clear()
            if answer.status_code >= 500:
                broken.append((path, kind.name if kind else "", number))
    assert not broken
    assert verify(one.house.journal).good


def _cookie(cookies: dict[str, str]) -> dict[str, str]:
    sent = cookies or {"zhishou-form": "x"}
    return {"cookie": "; ".join(f"{name}={value}" for name, value in sent.items())}
