"""The duty desk: the one place where every command enters, and what may be read of its state."""

from zhishou.desk.by_itself import BY_THE_DESK
from zhishou.desk.desk import Desk
from zhishou.desk.keeping import Given
from zhishou.desk.rooms import Kept

__all__ = ["BY_THE_DESK", "Desk", "Given", "Kept"]
