"""Units of supply; they stand alone so that every amount in the house has one meaning.

Gas is counted in 万立方米 (10⁴ m³) at 20 °C and 101.325 kPa, the reference conditions of GB 17820 and of Chinese
contracts; a rate is 万立方米/日 unless it says per hour. LNG is counted in tonnes and converted by a stated figure.
"""

from __future__ import annotations

REFERENCE = "20 ℃、101.325 kPa"
"""The conditions under which every volume is counted."""

VOLUME = "万立方米"
RATE = "万立方米/日"
LNG = "吨"

M3_PER_TONNE_LNG = 1400.0
"""m³ (at the reference conditions) that one tonne of LNG gives, where the system states no figure of its own.

An ideal gas at 20 °C and 101.325 kPa fills 24.055 L/mol; an LNG of mean molar mass 17.2 g/mol gives
24.055 / 17.2 × 1000 ≈ 1,400 m³ a tonne, pure methane (16.04 g/mol) 1,500.
"""

HOURS_PER_DAY = 24


def volume_of_lng(tonnes: float, m3_per_tonne: float = M3_PER_TONNE_LNG) -> float:
    """The volume of regasified LNG in 万立方米 at the reference conditions.

    Args:
        tonnes: mass of LNG in tonnes.
        m3_per_tonne: m³ at the reference conditions that one tonne gives.
    """
    return tonnes * m3_per_tonne / 1e4


def at_reference(volume: float, celsius: float, kilopascal: float = 101.325) -> float:
    """A volume stated at other conditions, at 20 °C and 101.325 kPa, by the ideal gas law.

    Args:
        volume: in any unit of volume; the result has the same.
        celsius: the temperature at which it was stated (0 for 标立方 Nm³).
        kilopascal: the absolute pressure at which it was stated.
    """
    return volume * (293.15 / (celsius + 273.15)) * (kilopascal / 101.325)
