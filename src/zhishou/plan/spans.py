"""A length of time as a pack has it, in words: it stands alone because pages, papers and the comparison of plans say it alike."""

from __future__ import annotations

SPANS = {"immediately": "立即", "promptly": "及时", "regularly": "定期", "by_rule": "按有关规定"}
"""How the text puts it where it gives no length."""
UNITS = {"min": "分钟", "h": "小时", "d": "日", "month": "个月", "months": "个月", "year": "年", "years": "年"}


def span(within: str) -> str:
    """30分钟, 2小时, or the text's own word."""
    if within in SPANS:
        return SPANS[within]
    amount, _, unit = within.partition(" ")
    return f"{amount}{UNITS.get(unit, unit)}"
