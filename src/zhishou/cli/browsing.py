"""zhishou plan list|show|facts|compare|ledger|schema|where|lock: looking things up in the packs."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typer
import yaml

from zhishou.cli import showing
from zhishou.cli.words import STATUS
from zhishou.errors import NotFoundError
from zhishou.plan import compare as comparing
from zhishou.plan import lock as locking
from zhishou.plan import schema as schemas
from zhishou.plan import where as finding
from zhishou.plan.load import Library, library, read_pack
from zhishou.plan.pack import Pack
from zhishou.plan.references import citations


def _print(data: Any) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))


def _wanted(shelf: Library, names: list[str]) -> tuple[Pack, ...]:
    return tuple(shelf.pack(name) for name in names) or tuple(shelf.packs.values())


def list_plans(area: str | None, *, as_json: bool) -> None:
    """List the plans."""
    shelf = library()
    packs = shelf.for_area(shelf.lexicon.area(area)) if area else tuple(shelf.packs.values())
    if as_json:
        _print(
            [
                {
                    "id": p.id, "title": p.plan.title, "number": p.plan.number, "area": p.plan.area,
                    "issued": p.plan.issued, "version": p.plan.version, "digest": p.digest,
                    "ladders": {kind: [level.level for level in ladder.levels] for kind, ladder in p.ladders.items()},
                }
                for p in packs
            ]
        )  # fmt: skip
        return
    for pack in packs:
        ladders = "，".join(
            f"{'预警' if kind == 'warning' else '响应'} {len(ladder.levels)} 级"
            for kind, ladder in pack.ladders.items()
        )
        typer.echo(
            f"{pack.id}\n    《{pack.plan.title}》{pack.plan.number}　{pack.plan.issued} 印发　{ladders or '无分级'}"
        )


def show(name: str, *, as_json: bool) -> None:
    """Show one plan."""
    pack = library().pack(name)
    if as_json:
        _print({file: mark.data for file, mark in pack.marks.items()})
    else:
        typer.echo(showing.told(pack))


def facts(query: str, *, as_json: bool) -> None:
    """List the facts of the lexicon."""
    shelf = library()
    found = {id_: fact for id_, fact in shelf.lexicon.facts.items() if query in id_ or query in fact.label}
    if as_json:
        _print({id_: fact.model_dump(exclude_defaults=True) for id_, fact in found.items()})
        return
    if not found:
        raise NotFoundError(f"没有名称或编号含“{query}”的要素", mend="换几个字，或不写，列出全部要素")
    for id_, fact in found.items():
        values = f"　取值 {'、'.join(fact.values)}" if fact.values else f"　单位 {fact.unit}" if fact.unit else ""
        typer.echo(
            f"{fact.label}　{id_}　{fact.kind}{values}　时效 {fact.shelf_life}\n    {fact.meaning}（由{'、'.join(fact.stated_by)}提供）"
        )


def compare(left: str, right: str, *, as_json: bool) -> None:
    """Compare two plans or two versions."""
    shelf = library()
    one, other = _pack(shelf, left), _pack(shelf, right)
    differences = comparing.compare(one, other)
    if as_json:
        _print({"left": one.id, "right": other.id, "differences": [asdict(item) for item in differences]})
        return
    typer.echo(
        f"甲　《{one.plan.title}》{one.plan.number} {one.plan.version}\n乙　《{other.plan.title}》{other.plan.number} {other.plan.version}"
    )
    subject = ""
    for item in differences:
        if item.subject != subject:
            subject = item.subject
            typer.echo(f"\n{subject}")
        typer.echo(f"  {item.item}\n    甲　{item.left or '（无）'}\n    乙　{item.right or '（无）'}")
    if not differences:
        typer.echo("没有差别。")


def _pack(shelf: Library, name: str) -> Pack:
    folder = Path(name)
    if (folder / "plan.yaml").is_file():
        folder = folder.resolve()
        id_ = str((yaml.safe_load((folder / "plan.yaml").read_text("utf-8")) or {}).get("id", ""))
        depth = id_.count("/")
        return read_pack(folder, folder.parents[depth], shelf.lexicon)
    return shelf.pack(name)


def ledger(names: list[str], *, as_json: bool) -> None:
    """Print the clause ledger, or how far it covers every plan."""
    shelf = library()
    packs = _wanted(shelf, names)
    if as_json:
        _print({pack.id: _ledger(pack) for pack in packs})
        return
    if not names:
        for pack in packs:
            count: Counter[str] = Counter(entry.status for entry in pack.ledger.clauses.values())
            told = "　".join(f"{STATUS[status]} {count[status]}" for status in STATUS if count[status])
            typer.echo(f"{pack.id}　共 {len(pack.ledger.clauses)} 条，全部有着落\n    {told}")
        return
    for pack in packs:
        typer.echo(f"《{pack.plan.title}》")
        for clause, row in _ledger(pack).items():
            carried = "、".join(row["places"][:4]) + (f" 等 {len(row['places'])} 处" if len(row["places"]) > 4 else "")
            typer.echo(
                f"  {clause:<14} {STATUS[row['status']]}　{row['title']}\n      {carried or row['why'] or '背景，无须规则'}"
            )


def _ledger(pack: Pack) -> dict[str, dict[str, Any]]:
    places: dict[str, list[str]] = {}
    for clause, file, path in citations(pack):
        place = pack.place(file, *path)
        if place not in places.setdefault(clause, []):
            places[clause].append(place)
    found: dict[str, dict[str, Any]] = {}
    for clause, entry in pack.ledger.clauses.items():
        own = places.get(entry.within or clause, [])
        if not own and entry.status != "background":
            own = [p for other, ps in places.items() if other.startswith((f"{clause}.", f"{clause}(")) for p in ps]
        found[clause] = {"status": entry.status, "title": entry.title, "why": entry.why, "places": own}
    return found


def schema(name: str, write: Path | None) -> None:
    """Print or write JSON Schemas."""
    from zhishou.assess import report

    every = {**schemas.schemas(), "assessment": report.schema()}
    if write is not None:
        for id_, found in every.items():
            file = write / f"{id_}.schema.json"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", "utf-8")
        typer.echo(f"写入 {len(every)} 个文件到 {write}")
    elif not name:
        typer.echo("\n".join(every))
    elif name in every:
        _print(every[name])
    else:
        raise NotFoundError(f"没有“{name}”的格式", mend=f"可写：{'、'.join(every)}")


def where(query: str, names: list[str], *, as_json: bool) -> None:
    """Print where a rule stands."""
    shelf = library()
    places = [place for pack in _wanted(shelf, names) for place in finding.where(pack, query)]
    if not places:
        raise NotFoundError(
            f"哪里都没有“{query}”", mend="写成 “response III”、“预警 II”、条款号 4.2.1(1)、要素名或单位名"
        )
    if as_json:
        _print([asdict(place) for place in places])
        return
    for place in places:
        clause = f"　〔{'、'.join(place.clause)}〕" if place.clause else ""
        typer.echo(f"{place.place}　{place.what}{clause}")
        for case in place.cases:
            typer.echo(f"    用例 {case}")


def lock() -> int:
    """Renew the content lock, unless rules changed under an old version."""
    shelf = library()
    found = list(locking.problems(shelf.packs, shelf.lock))
    changed = [problem for problem in found if "规则改了" in problem.message]
    for problem in changed:
        typer.echo(f"错误：{problem}", err=True)
    if changed:
        return 2
    text = yaml.safe_dump(locking.entries(shelf.packs), allow_unicode=True, sort_keys=True)
    (shelf.folder / "lock.yaml").write_text(f"# 内容锁：zhishou plan lock 生成，勿手改\n{text}", "utf-8")
    typer.echo(f"内容锁已更新，{len(shelf.packs)} 个预案包。")
    return 0
