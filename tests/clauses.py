"""The clause numbers that stand in a source text, found without knowing the pack."""

from __future__ import annotations

import re
from pathlib import Path

HEADING = re.compile(r"^\s*(\d{1,2}(?:\.\d{1,2}){0,3})(?![\d.])\s*([^\d\s,，、（(%/\-].*)$")
CHINESE = "一二三四五六七八九十"
ITEM = re.compile(r"[（(](\d{1,2}|[一二三四五六七八九十]{1,2})[)）]")
DOTTED = re.compile(r"^[-\s]*(\d{1,2})\.(?!\d)\s*\D")
ANNEX = re.compile(r"^附\s*件\s*\d$")
NOTICE = re.compile(rf"^([{CHINESE}])、(.*)$")


def lines_of(file: Path, span: str) -> list[str]:
    text = file.read_text("utf-8").splitlines()
    if span != "all":
        first, last = (int(part) for part in span.split("-"))
        text = text[first - 1 : last]
    return text


def clauses(lines: list[str]) -> dict[str, str]:
    """Clause number → its first words. Headings must follow one another as numbers do; items count from (1)."""
    notice = not any(re.match(r"^\s*1\.1\s", line) for line in lines)
    found: dict[str, str] = {}
    heading = ""
    upper = ""  # （一） within the heading
    stem = ""  # what the running list hangs on
    last = 0
    lists: dict[str, int] = {}
    label = ""
    for index, line in enumerate(lines):
        stripped = line.strip()
        if re.match(r"^附录\s*8\.1\s*$", stripped):
            break
        if re.match(r"^附\s*件\s*1\s*$", stripped):
            found |= {match[0].replace(" ", ""): "" for rest in lines[index:] if (match := ANNEX.match(rest.strip()))}
            break
        if notice:
            if match := NOTICE.match(stripped):
                heading, upper = match[1], ""
                found[heading] = match[2][:16]
            elif (match := ITEM.match(stripped)) and match[1][0] in CHINESE and heading:
                found[f"{heading}({match[1]})"] = stripped[match.end() :][:16]
            continue
        if (match := HEADING.match(line)) and _follows(heading, match[1]):
            heading, upper, stem, last, label = match[1], "", match[1], 0, ""
            found[heading] = match[2].strip()[:16]
            continue
        if not heading:
            continue
        if "响应措施" in stripped[:8]:
            label = "措施"
        elif (match := DOTTED.match(line)) and int(match[1]) in {1, last + 1}:
            number = int(match[1])
            if number == 1:
                stem = f"{upper or heading}{label if lists.get(upper or heading) else ''}"
                lists[upper or heading] = 1
            if number == 1 or last:
                last = number
                found.setdefault(f"{stem}({number})", stripped[match.end() - 1 :][:16])
            continue
        for match in ITEM.finditer(line):
            before = line[: match.start()].rstrip(" -")
            if before and before[-1] not in "；。：;:,，":
                continue
            words = line[match.end() :].strip()[:16]
            if match[1][0] in CHINESE:
                if not before:
                    upper = f"{heading}({match[1]})"
                    stem, last = upper, 0
                    found[upper] = words
                continue
            number = int(match[1])
            base = upper or heading
            if number == 1:
                stem = f"{base}{label if lists.get(base) else ''}"
                if stem == base and lists.get(base):
                    continue
                lists[base] = 1
                last = 1
            elif number == last + 1:
                last = number
            else:
                continue
            found.setdefault(f"{stem}({number})", words)
    return found


def _follows(last: str, new: str) -> bool:
    if not last:
        return new == "1"
    parts = [int(part) for part in last.split(".")]
    candidates = [[*parts, 1]]
    for depth in range(len(parts)):
        candidates.append([*parts[:depth], parts[depth] + 1])
    return [int(part) for part in new.split(".")] in candidates
