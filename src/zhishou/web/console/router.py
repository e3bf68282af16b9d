"""Every page of the console, in one place."""

from __future__ import annotations

from fastapi import APIRouter

from zhishou.web.console.account import account
from zhishou.web.console.alerts import alerts
from zhishou.web.console.answering import answering
from zhishou.web.console.board import board
from zhishou.web.console.board_ahead import board_ahead
from zhishou.web.console.calls import calls
from zhishou.web.console.cuts import cuts
from zhishou.web.console.duty_desk import duty_desk
from zhishou.web.console.entrance import entrance
from zhishou.web.console.held import held
from zhishou.web.console.incident import incident
from zhishou.web.console.incidents import incidents
from zhishou.web.console.my_calls import my_calls
from zhishou.web.console.papers import papers
from zhishou.web.console.people import people
from zhishou.web.console.plans import plans
from zhishou.web.console.reporter import reporter
from zhishou.web.console.reporter_new import reporter_new
from zhishou.web.console.rooms import rooms
from zhishou.web.console.statics import statics
from zhishou.web.console.supply import supply
from zhishou.web.console.supply_ahead import supply_ahead
from zhishou.web.console.supply_balance import balance
from zhishou.web.console.supply_storage import storage
from zhishou.web.console.what_if import what_if

PAGES: tuple[APIRouter, ...] = (
    statics, entrance, answering, board, board_ahead, incidents, what_if, incident, papers, alerts, calls, my_calls, rooms, account, people,
    supply, held, balance, storage, supply_ahead, cuts, plans, duty_desk, reporter, reporter_new,
)  # fmt: skip
"""In the order in which an address is looked for."""
