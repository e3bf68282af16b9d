"""Balance: demand, supply, storage and the gap of a gas day or hour, for counties, groups of counties and the city."""

from zhishou.supply.balance.day import balances
from zhishou.supply.balance.figures import NOTHING_WITHHELD, Figures, Withheld, figures
from zhishou.supply.balance.ranges import Range
from zhishou.supply.balance.result import Balance, Balances
from zhishou.supply.balance.scopes import Scope, scopes

__all__ = [
    "NOTHING_WITHHELD", "Balance", "Balances", "Figures", "Range", "Scope", "Withheld", "balances", "figures", "scopes",
]  # fmt: skip
