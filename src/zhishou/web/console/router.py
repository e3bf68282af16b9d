"""Every page of the console, in one place."""

from __future__ import annotations

from fastapi import APIRouter

from zhishou.web.console.account import account
from zhishou.web.console.board import board
from zhishou.web.console.entrance import entrance
from zhishou.web.console.incident import incident
from zhishou.web.console.incidents import incidents
from zhishou.web.console.papers import papers
from zhishou.web.console.people import people
from zhishou.web.console.rooms import rooms
from zhishou.web.console.statics import statics
from zhishou.web.console.what_if import what_if

PAGES: tuple[APIRouter, ...] = (statics, entrance, board, incidents, what_if, incident, papers, rooms, account, people)
"""In the order in which an address is looked for."""
