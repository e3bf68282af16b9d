"""What every decision of the duty room looks at, and the questions that they share."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from zhishou.acts import Actor
from zhishou.errors import RefusedError
from zhishou.plan.lexicon import Lexicon
from zhishou.plan.pack import Pack
from zhishou.plan.posts import duty_post, post_label
from zhishou.watch.holding import posts_of
from zhishou.watch.state import State


@dataclass(frozen=True, slots=True)
class Asked:
    """A command's surroundings."""

    state: State
    actor: Actor
    at: datetime
    packs: Mapping[str, Pack]
    lexicon: Lexicon
    reporters: Collection[str] = ()
    """Ids of those who send returns to the room's area."""

    def next_id(self, letter: str) -> str:
        """The id of what the command brings into being: a letter and the version of the stream that begins it."""
        return f"{letter}{self.state.version + 1}"

    @property
    def on_shift(self) -> bool:
        """Whether the actor is on watch."""
        return self.state.on_watch(self.actor.person)

    def label(self, post: str) -> str:
        """A post as people call it."""
        return post_label(post, self.packs, self.lexicon)

    def keeps_watch(self, person: str, at: datetime) -> bool:
        """Whether a person is a duty officer of the room at a moment."""
        return duty_post(self.state.area) in posts_of(self.state, person, at)


def needed(**fields: str) -> None:
    """Refuses what is left blank.

    Args:
        fields: Chinese name of the field → what was filled in.

    Raises:
        RefusedError: something is blank; all that is blank is named.
    """
    blank = [name for name, text in fields.items() if not text.strip()]
    if blank:
        raise RefusedError(f"没有填{'、'.join(blank)}", mend="请补填后再提交", code="missing")


def spoken(moment: datetime) -> str:
    """A moment in a message."""
    return f"{moment:%Y-%m-%d %H:%M}"
