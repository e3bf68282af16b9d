"""One situation against every shipped plan, with the full explanation."""

from __future__ import annotations

from reading import decision, everything
from timing import Row, Subject, duration, seconds

from zhishou import clock
from zhishou.assess import assess, assess_all, situation
from zhishou.plan.load import library

AT = clock.moment("2026-01-15T20:00")

NIGHT = {
    "city_gas_gap_pct": 7.5, "province_gas_gap_pct": 12, "beyond_city_area": False, "accident_occurred": True,
    "deaths": 2, "serious_injuries": 11, "incident_capacity_exceeded": False, "heat_restore_hours": 20,
}  # fmt: skip
"""A bad night: gas short, a heating failure, and an accident of which the loss is not yet known."""


GAS_NIGHT = {
    "city_gas_gap_pct": 7, "cross_county_gas_gap_pct": 12, "province_gas_gap_pct": 2.4, "cross_city_gas_gap_pct": 6,
    "province_gas_response_level": "IV", "storage_fill_pct": 62, "government_storage_days": 2.1,
}  # fmt: skip
"""What a city's duty room knows on a night short of gas."""


def measure() -> Subject:
    """All plans, and the plan that takes longest."""
    packs = library()
    found = situation({"facts": NIGHT}, packs.lexicon)
    plans = list(packs.packs.values())
    gas = situation({"facts": GAS_NIGHT}, packs.lexicon)
    short = seconds(lambda: [everything(answer) for answer in assess_all(plans, gas, AT)], times=20)
    quick = seconds(lambda: [decision(answer) for answer in assess_all(plans, found, AT)], times=20)
    whole = seconds(lambda: [everything(answer) for answer in assess_all(plans, found, AT)], times=20)
    single = {plan.id: seconds(lambda plan=plan: everything(assess(plan, found, AT)), times=50) for plan in plans}
    slowest = max(single, key=lambda id_: single[id_])
    return Subject(
        "One situation against all plans, fully explained",
        [
            Row(f"assess, all {len(plans)} plans, a night short of gas", duration(short), "≤ 2 ms"),
            Row(f"assess, all {len(plans)} plans, everything at once", duration(whole), "≤ 2 ms"),
            Row("the same, levels and reasons alone", duration(quick)),
            Row("assess, the slowest plan", duration(single[slowest]), note=slowest),
            Row(
                "reading the situation", duration(seconds(lambda: situation({"facts": NIGHT}, packs.lexicon), times=50))
            ),
        ],
    )
