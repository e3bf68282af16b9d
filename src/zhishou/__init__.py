"""Zhishou 值守: official emergency plans as data that decides, explains and is checked."""

__version__ = "0.1.0"
