"""From an address and a folder to a working house: the only place where rooms are wired together."""

from zhishou.bootstrap.founding import first_start
from zhishou.bootstrap.house import House, database_url, open_house
from zhishou.bootstrap.settings import HouseSettings, read_settings

__all__ = ["House", "HouseSettings", "database_url", "first_start", "open_house", "read_settings"]
