"""A browser without scripts for tests: opens pages, fills in the forms that stand on them, follows where they lead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx


@dataclass
class Form:
    """A form of a page: where it goes and what it carries."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.text: list[str] = []
        self.links: list[str] = []
        self._select = ""
        self._area = ""
        self._open = False
        self._skip = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(got.get("action", ""), got.get("method", "get")))
            self._open = True
        elif tag == "a" and "href" in got:
            self.links.append(got["href"])
        if not self._open:
            return
        form = self.forms[-1]
        name = got.get("name", "")
        if name:
            form.names.add(name)
        if tag == "input" and name and (got.get("type") not in {"checkbox", "radio"} or "checked" in dict(attrs)):
            form.fields.append((name, got.get("value", "")))
        elif tag == "select":
            self._select = name
            form.choices[name] = []
        elif tag == "option" and self._select:
            form.choices[self._select].append(got.get("value", ""))
            if "selected" in dict(attrs) or len(form.choices[self._select]) == 1:
                form.fields = [one for one in form.fields if one[0] != self._select]
                form.fields.append((self._select, got.get("value", "")))
        elif tag == "textarea":
            self._area = name
            form.fields.append((name, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if self._area and self._open:
            name, value = self.forms[-1].fields[-1]
            self.forms[-1].fields[-1] = (name, value + data)


@dataclass
class Page:
    """A page that came."""

    answer: httpx.Response

    def __post_init__(self) -> None:
        reader = _Reader()
        reader.feed(self.answer.text)
        self.forms, self.links = reader.forms, reader.links
        self.text = " ".join(" ".join(reader.text).split())

    @property
    def status(self) -> int:
        return self.answer.status_code

    @property
    def csrf(self) -> str:
        """What its forms carry."""
        return next(dict(form.fields)["_csrf"] for form in self.forms if "_csrf" in form.names)

    def form(self, part: str) -> Form:
        """The form whose address holds some text."""
        return next(form for form in self.forms if part in form.action)


@dataclass
class Visitor:
    """Somebody with a browser."""

    http: httpx.Client
    cookies: dict[str, str] = field(default_factory=dict)

    def open(self, path: str, **headers: str) -> Page:
        """Open a page."""
        return Page(self._call("GET", path, headers))

    def send(self, form: Form, filled: Mapping[str, Any] | None = None, **headers: str) -> Page:
        """Send a form with some fields filled in."""
        given = dict(filled or {})
        body: dict[str, Any] = {}
        for name, value in form.fields:
            body.setdefault(name, value)
        body |= given
        return Page(self._call("POST", form.action, headers, body))

    def upload(
        self, form: Form, files: Mapping[str, tuple[str, bytes]], filled: Mapping[str, Any] | None = None
    ) -> Page:
        """Send a form with files."""
        body = {name: value for name, value in form.fields if name not in files} | dict(filled or {})
        return Page(self._call("POST", form.action, {}, body, files))

    def _call(
        self,
        method: str,
        path: str,
        more: Mapping[str, str],
        body: Mapping[str, Any] | None = None,
        files: Mapping[str, tuple[str, bytes]] | None = None,
    ) -> httpx.Response:
        headers = {name.replace("_", "-"): value for name, value in more.items()}
        if self.cookies:
            headers["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.http.cookies.clear()  # several people share the connection
        answer = self.http.request(method, path, headers=headers, data=body, files=files)
        for name, value in answer.cookies.items():
            self.cookies[name] = value
        return answer

    def do(self, incident: str, name: str, filled: Mapping[str, Any] | None = None, **query: str) -> Page:
        """Open the form of a command and send it; where it asks again, confirm."""
        path = f"/incidents/{incident}/do/{name}"
        opened = self.open(path + ("?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else ""))
        sent = self.send(opened.form(path), filled)
        if sent.status == 200 and any(path in form.action for form in sent.forms):
            sent = self.send(sent.form(path))
        return sent
