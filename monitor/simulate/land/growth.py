"""What grows on the made-up places through the year: woods, meadows, and fields that are sown, reaped and ploughed.

Days and shares are chosen, as in the plains at 41–46° N: winter wheat reaped in July, maize and sunflower in September
and October.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from monitor.core.arrays import Pixels
from monitor.simulate.land import spectra
from monitor.simulate.rng import generator

_WOOD = ((0, 105, 140, 262, 292, 315, 366), (0.0, 0.0, 1.0, 1.0, 0.45, 0.0, 0.0))
_TURNED = ((0, 262, 285, 305, 318, 366), (0.0, 0.0, 0.8, 0.5, 0.0, 0.0))
_MEADOW = ((0, 80, 135, 165, 215, 245, 280, 320, 366), (0.22, 0.25, 1.0, 0.9, 0.5, 0.45, 0.6, 0.35, 0.22))
_SPRING_SHIFT_DAYS, _DRYNESS = 5.0, 0.1


def day_of_year(at: datetime) -> float:
    """Days since the year began, 0 at its first instant."""
    return (at - datetime(at.year, 1, 1, tzinfo=UTC)) / timedelta(days=1)


def wood_colour(seed: int, at: datetime) -> Pixels:
    """(5,) reflectance × 10 000 of leaf woods; a year's spring may come days early or late."""
    day = _shifted(seed, at)
    green, turned = float(np.interp(day, *_WOOD)), float(np.interp(day, *_TURNED))
    turned *= 1.0 - green
    bare = 1.0 - green - turned
    return _mixed((green, spectra.WOOD_GREEN), (turned, spectra.WOOD_AUTUMN), (bare, spectra.WOOD_BARE))


def meadow_colour(seed: int, at: datetime) -> Pixels:
    """(5,) reflectance × 10 000 of meadows: green in May, drier in some summers than in others."""
    day = _shifted(seed, at)
    dry = float(generator(seed, "dry summer", at.year).normal(0.0, _DRYNESS)) * float(
        np.exp(-(((day - 220) / 40) ** 2))
    )
    green = float(np.clip(np.interp(day, *_MEADOW) - dry, 0.0, 1.0))
    return _mixed((green, spectra.MEADOW_GREEN), (1.0 - green, spectra.MEADOW_DRY))


def harvest_day(seed: int, place_id: str, field: int, year: int) -> float:
    """Day of the year on which a field is reaped.

    Parameters
    ----------
    seed : int
    place_id : str
    field : int
        Its number in the place.
    year : int
    """
    return _year_of(seed, place_id, field, year)[1]


def field_colour(seed: int, place_id: str, field: int, at: datetime) -> Pixels:
    """(5,) reflectance × 10 000 of one field at an instant.

    Parameters
    ----------
    seed : int
    place_id : str
    field : int
        Its number in the place.
    at : datetime
    """
    day = day_of_year(at)
    crop, reaped, ploughed = _year_of(seed, place_id, field, at.year)
    following = _year_of(seed, place_id, field, at.year + 1)[0]
    if day >= ploughed and following == "wheat":
        return _sprouting(0.45 * float(np.clip((day - max(ploughed, 272.0)) / 40.0, 0.0, 1.0)))
    if day >= ploughed:
        return spectra.PLOUGHED
    if day >= reaped:
        return spectra.STUBBLE
    start, full, ripe = (70.0, 120.0, reaped - 22.0) if crop == "wheat" else (132.0, 190.0, reaped - 25.0)
    least = 0.45 if crop == "wheat" else 0.0
    green = least + (1.0 - least) * float(np.clip((day - start) / (full - start), 0.0, 1.0))
    ripened = float(np.clip((day - ripe) / 18.0, 0.0, 1.0))
    grown = _sprouting(green)
    return _mixed((1.0 - ripened, grown), (ripened, spectra.CROP_RIPE))


def _year_of(seed: int, place_id: str, field: int, year: int) -> tuple[str, float, float]:
    """Crop, day of harvest and day of ploughing of a field in one year."""
    rng = generator(seed, "crop", place_id, field, year)
    if rng.random() < 0.55:
        reaped = float(rng.uniform(183.0, 212.0))
        return "wheat", reaped, reaped + float(rng.uniform(12.0, 65.0))
    reaped = float(rng.uniform(252.0, 292.0))
    return "maize", reaped, reaped + float(rng.uniform(6.0, 30.0))


def _sprouting(green: float) -> Pixels:
    return _mixed((green, spectra.CROP_GREEN), (1.0 - green, spectra.PLOUGHED))


def _shifted(seed: int, at: datetime) -> float:
    """The day of the year as plants have it: moved by the year's own spring."""
    early = float(generator(seed, "spring", at.year).normal(0.0, _SPRING_SHIFT_DAYS))
    return day_of_year(at) + early


def _mixed(*parts: tuple[float, Pixels]) -> Pixels:
    made: Pixels = np.asarray(sum(share * colour for share, colour in parts), dtype=np.float32)
    return made
