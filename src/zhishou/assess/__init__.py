"""Situation and plan → levels, reasons, what is unknown; one situation at a time or millions."""

from zhishou.assess.assessment import Assessment, assess, assess_all
from zhishou.assess.situation import Situation, situation

__all__ = ["Assessment", "Situation", "assess", "assess_all", "situation"]
