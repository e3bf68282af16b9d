"""contacts.yaml, stocks.yaml, forms.yaml: the annexes that people use on the night."""

from __future__ import annotations

from zhishou.plan.base import Clause, Model, Names


class Contact(Model):
    """The duty line of a unit. Personal mobile numbers are never kept here."""

    unit: str
    """The unit, under the name the annex uses."""
    phone: Names = ()
    """Duty telephone numbers, as printed."""
    fax: Names = ()
    """Fax numbers, as printed."""
    withheld: bool = False
    """True where the annex prints a personal mobile number, which is left out."""
    named_person: bool = False
    """True where the annex names a person instead of a duty line (the name is left out)."""
    note: str = ""
    """Day or night, and the like."""


class ContactList(Model):
    """One contact annex."""

    clause: Clause
    """The annex."""
    title: str
    """Its title."""
    contacts: tuple[Contact, ...]
    """The entries, in the order of the text."""


class Contacts(Model):
    """contacts.yaml."""

    lists: tuple[ContactList, ...] = ()
    """Contact annexes."""


class Stock(Model):
    """One line of a stock list."""

    name: str
    """What."""
    category: str = ""
    """The group it stands under."""
    model: str = ""
    """Model or specification, as printed."""
    quantity: float | None = None
    """How many; null where the list leaves it out."""
    unit: str = ""
    """Unit of the quantity; empty where the list leaves it out."""
    note: str = ""
    """What a reader should know about the printed line."""


class StockList(Model):
    """The stocks of one base."""

    unit: str
    """Whose they are."""
    clause: Clause
    """The annex."""
    items: tuple[Stock, ...]
    """The lines, in the order of the text."""


class Stocks(Model):
    """stocks.yaml."""

    lists: tuple[StockList, ...] = ()
    """Stock lists."""


class Form(Model):
    """A form that the plan prescribes."""

    id: str
    """English id: `flash_report`."""
    title: str
    """Its title."""
    fields: tuple[str, ...]
    """Its fields, in order."""
    clause: Clause
    """The annex."""


class Forms(Model):
    """forms.yaml."""

    forms: tuple[Form, ...] = ()
    """Forms."""
