"""Reading packs and the lexicon from files: the one place in the pure rooms that touches the disk."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from zhishou.errors import NotFoundError, PackError, ZhishouError
from zhishou.plan import marks, references
from zhishou.plan.base import Model
from zhishou.plan.lexicon import Area, CustomerClass, Fact, Grades, Lexicon, Organisation, Subject
from zhishou.plan.pack import FILES, Pack
from zhishou.plan.wrong import translated

M = TypeVar("M", bound=Model)

SHIPPED = Path(__file__).resolve().parent.parent / "packs"


def packs_folder() -> Path:
    """Where the packs are: `$ZHISHOU_PACKS`, or those shipped with the house."""
    return Path(os.environ.get("ZHISHOU_PACKS") or SHIPPED)


@dataclass(frozen=True)
class Library:
    """All packs and the lexicon they share."""

    lexicon: Lexicon
    packs: Mapping[str, Pack]
    folder: Path

    def pack(self, name: str) -> Pack:
        """The pack of this id, or of this last part of an id where only one has it.

        Raises:
            NotFoundError: there is none, or more than one.
        """
        if name in self.packs:
            return self.packs[name]
        found = [pack for id_, pack in self.packs.items() if id_.rsplit("/", 1)[-1] == name or pack.plan.short == name]
        if len(found) == 1:
            return found[0]
        raise NotFoundError(f"没有“{name}”这个预案", mend=f"现有：{'、'.join(self.packs)}")

    def for_area(self, area: str) -> tuple[Pack, ...]:
        """The packs of an area and of those that hold it, its own first."""
        chain = self.lexicon.upward(area)
        found = [pack for pack in self.packs.values() if pack.plan.area in chain]
        return tuple(sorted(found, key=lambda pack: chain.index(pack.plan.area)))

    @cached_property
    def lock(self) -> Mapping[str, Mapping[str, str]]:
        """The content lock: pack id → version and digest of its rules."""
        file = self.folder / "lock.yaml"
        return marks.read(file.read_text("utf-8"), file.name).data or {} if file.exists() else {}


def library(folder: Path | None = None) -> Library:
    """Load the lexicon and every pack.

    Raises:
        PackError: with every problem found, each with file, line and mend.
    """
    root = folder or packs_folder()
    if not (root / "lexicon").is_dir():
        raise NotFoundError(f"{root} 里没有 lexicon 文件夹", mend="检查环境变量 ZHISHOU_PACKS")
    lexicon = read_lexicon(root / "lexicon")
    packs: dict[str, Pack] = {}
    problems: list[ZhishouError] = []
    for home in sorted({file.parent for file in root.glob("**/*.y*ml")} - {root}):
        if home.is_relative_to(root / "lexicon"):
            continue
        try:
            pack = read_pack(home, root, lexicon)
        except PackError as error:
            problems += error.problems
        else:
            packs[pack.id] = pack
    if problems:
        raise PackError(problems)
    return Library(lexicon, packs, root)


def read_pack(folder: Path, root: Path, lexicon: Lexicon) -> Pack:
    """Load one pack and check that everything it names exists.

    Raises:
        PackError: with every problem found.
    """
    id_ = folder.relative_to(root).as_posix()
    problems: list[ZhishouError] = []
    read: dict[str, marks.Marked] = {}
    parts: dict[str, Any] = {}
    for file in sorted(folder.glob("*.y*ml")):
        name = f"{id_}/{file.name}"
        if file.stem not in FILES or file.suffix != ".yaml":
            mend = f"文件有：{'、'.join(f'{stem}.yaml' for stem in FILES)}"
            problems.append(ZhishouError("预案包里没有这种文件", where=name, mend=mend))
            continue
        try:
            read[file.stem] = marked = _marked(file, name)
            parts[file.stem] = _model(FILES[file.stem], marked)
        except PackError as error:
            problems += error.problems
    for needed in ("plan", "ledger"):
        if needed not in read and not problems:
            problems.append(ZhishouError(f"缺少 {needed}.yaml", where=id_, mend="补上这个文件"))
    if not problems and parts["plan"].id != id_:
        problems.append(
            ZhishouError(
                f"id 写作“{parts['plan'].id}”，与文件夹不符", where=read["plan"].place(("id",)), mend=f"改为 {id_}"
            )
        )
    if problems:
        raise PackError(problems)
    digest = _digest({stem: mark.data for stem, mark in read.items() if stem != "cases"})
    pack = Pack(**parts, lexicon=lexicon, digest=digest, marks=read)
    if problems := references.problems(pack):
        raise PackError(problems)
    return pack


def read_lexicon(folder: Path) -> Lexicon:
    """Load the lexicon: facts/, organisations/, areas.yaml, grades.yaml, subjects.yaml, customers.yaml.

    Raises:
        PackError: with every problem found.
    """
    problems: list[ZhishouError] = []
    places: Places = {}
    facts = _entries(Fact, folder, folder.glob("facts/*.yaml"), problems, places)
    organisations = _entries(Organisation, folder, folder.glob("organisations/*.yaml"), problems, places)
    areas = _entries(Area, folder, [folder / "areas.yaml"], problems, places)
    subjects = _entries(Subject, folder, [folder / "subjects.yaml"], problems, places)
    customers = _entries(CustomerClass, folder, [folder / "customers.yaml"], problems, places)
    grades = _file(Grades, folder / "grades.yaml", problems)
    if problems or grades is None:
        raise PackError(problems)
    data = {
        "facts": facts, "organisations": organisations, "areas": areas, "subjects": subjects,
        "customer_classes": customers, "grades": grades,
    }  # fmt: skip
    digest = hashlib.sha256()
    for file in sorted(folder.glob("**/*.yaml")):
        digest.update(file.read_bytes())
    lexicon = Lexicon.model_validate({**data, "digest": digest.hexdigest()})
    loose = [
        ZhishouError(message, where=places.get((kind, key), f"lexicon/{kind}.yaml"), mend=mend)
        for kind, key, message, mend in references.lexicon_problems(lexicon)
    ]
    if loose:
        raise PackError(loose)
    return lexicon


_KINDS: Mapping[type[Model], str] = {
    Fact: "facts",
    Organisation: "organisations",
    Area: "areas",
    Subject: "subjects",
    CustomerClass: "customers",
}

Places = dict[tuple[str, str], str]
"""Kind of entry and id → file:line."""


def _marked(file: Path, name: str) -> marks.Marked:
    try:
        return marks.read(file.read_text("utf-8"), name)
    except FileNotFoundError:
        raise PackError([ZhishouError("缺少这个文件", where=name, mend="补上这个文件")]) from None
    except UnicodeDecodeError:
        raise PackError([ZhishouError("不是 UTF-8 文本", where=name, mend="另存为 UTF-8 编码")]) from None


def _entries(
    model: type[M], folder: Path, files: Iterable[Path], problems: list[ZhishouError], places: Places
) -> dict[str, M]:
    entries: dict[str, M] = {}
    for file in sorted(files):
        try:
            marked = _marked(file, f"lexicon/{file.relative_to(folder).as_posix()}")
        except PackError as error:
            problems += error.problems
            continue
        try:
            found = TypeAdapter(dict[str, model]).validate_python(marked.data or {})  # type: ignore[valid-type]
        except ValidationError as error:
            problems += translated(error, marked)
            continue
        for id_ in found.keys() & entries.keys():
            problems.append(ZhishouError(f"“{id_}”已在别的词库文件里", where=marked.place((id_,)), mend="删去一处"))
        entries |= found
        places |= {(_KINDS[model], id_): marked.place((id_,)) for id_ in found}
    return entries


def _file(model: type[M], file: Path, problems: list[ZhishouError]) -> M | None:
    try:
        return _model(model, _marked(file, f"lexicon/{file.name}"))
    except PackError as error:
        problems += error.problems
        return None


def _model(model: type[M], marked: marks.Marked) -> M:
    try:
        return model.model_validate(marked.data if marked.data is not None else {})
    except ValidationError as error:
        raise PackError(translated(error, marked)) from None


def _digest(data: Mapping[str, Any]) -> str:
    rules = {**data, "plan": {key: value for key, value in data["plan"].items() if key != "version"}}
    text = json.dumps(rules, ensure_ascii=False, sort_keys=True, default=str, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
