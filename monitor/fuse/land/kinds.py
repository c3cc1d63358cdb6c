"""What a change of the ground looks like, and what else looks alike there and then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from monitor.core.arrays import Pixels

BARE, STRUCTURE, BURNT, CLEARED, OTHER = "bare ground", "structure", "burnt", "cleared", "other"
GROWTH = "growth"
"""More vegetation than before: no change that is stated."""
HARVEST, SNOW, SHADOW, SMOKE, FLOOD = "harvest or work in fields", "snow", "shadow", "smoke", "flood"


@dataclass(frozen=True, slots=True)
class KindRule:
    """Where kinds of ground part, in reflectance and indices.

    Attributes
    ----------
    greener : float
        Rise of NDVI from which vegetation grew.
    less_green : float
        Fall of NDVI from which vegetation was lost.
    bare : float
        Most NDVI of bare ground.
    burnt_fall, burnt_visible, burnt_infrared : float
        Fall of NBR, and most of the visible bands and of B08, of burnt ground: char is dark in all of them.
    flat : float
        Most B11 over B04 of roofs and concrete; soil rises more.
    blue : float
        Least B02 over B04 of roofs and concrete; soil is redder.
    bright : float
        Rise of the visible bands from which the ground became brighter.
    """

    greener: float = 0.1
    less_green: float = 0.1
    bare: float = 0.33
    burnt_fall: float = 0.1
    burnt_visible: float = 0.07
    burnt_infrared: float = 0.13
    flat: float = 1.7
    blue: float = 0.72
    bright: float = 0.01


KINDS = KindRule()


@dataclass(frozen=True, slots=True)
class Ground:
    """What a spectrum says of the ground.

    Attributes
    ----------
    ndvi, nbr : float
        Indices; NBR with B11 where there is no B12, NaN without either.
    visible, infrared, shortwave : float
        Mean of blue, green and red; B08; B11 (NaN without).
    slope, blue : float
        B11 over B04, and B02 over B04; NaN without those bands.
    water : bool
        Whether B03 exceeds B08 (McFeeters' NDWI above 0): on water and on nothing that is dry.
    """

    ndvi: float
    nbr: float
    visible: float
    infrared: float
    shortwave: float
    slope: float
    blue: float
    water: bool

    @classmethod
    def of(cls, spectrum: Pixels, bands: Sequence[str]) -> Ground:
        """The ground of one spectrum.

        Parameters
        ----------
        spectrum : Pixels
            (band,) reflectance.
        bands : sequence of str
            Their names, B04 and B08 among them.
        """
        known = dict(zip(bands, np.maximum(spectrum, 1e-3).tolist(), strict=True))
        nan = float("nan")
        red, infrared = known["B04"], known["B08"]
        short = known.get("B11", nan)
        far = known.get("B12", short)
        visible = [known[band] for band in ("B02", "B03", "B04") if band in known]
        return cls(
            ndvi=(infrared - red) / (infrared + red),
            nbr=(infrared - far) / (infrared + far),
            visible=float(np.mean(visible)),
            infrared=infrared,
            shortwave=short,
            slope=short / red,
            blue=known.get("B02", nan) / red,
            water=known.get("B03", 0.0) > infrared,
        )


def kind_of(before: Ground, after: Ground, rule: KindRule = KINDS) -> str:
    """The kind of change between two grounds: bare ground | structure | burnt | cleared | growth | flood | other.

    Parameters
    ----------
    before, after : Ground
    rule : KindRule

    Notes
    -----
    By spectral direction: fire darkens the near infrared and lowers NBR; roofs and concrete are flat from blue to
    shortwave where soil rises; felled forest stays partly green.
    """
    fall = before.ndvi - after.ndvi
    if after.water and after.infrared < rule.burnt_infrared:
        return FLOOD
    if -fall > rule.greener:
        return GROWTH
    charred = after.visible < rule.burnt_visible and after.infrared < rule.burnt_infrared
    built = after.slope < rule.flat and after.blue > rule.blue
    if built and after.visible > before.visible + rule.bright:
        return STRUCTURE
    if charred and before.nbr - after.nbr > rule.burnt_fall and after.visible < before.visible:
        return BURNT
    if fall > rule.less_green and after.ndvi > rule.bare:
        return CLEARED
    if fall > rule.less_green and after.ndvi <= rule.bare:
        return BARE if after.visible > before.visible + rule.bright else OTHER
    if before.ndvi <= rule.bare and after.visible > before.visible + rule.bright and not built:
        return BARE
    return OTHER


def alternatives(kind: str, after: Ground, at: datetime, latitude: float, fields: float) -> list[str]:
    """What else could look like a change here and then, likeliest first.

    Parameters
    ----------
    kind : str
        Of the change.
    after : Ground
    at : datetime
        When it was first seen.
    latitude : float
        Degrees north.
    fields : float
        Share of similar ground around that changed alike within weeks.
    """
    out = []
    if fields > 0.02 and kind in (BARE, CLEARED, OTHER):
        out.append(HARVEST)
    if after.visible > 0.2 and abs(latitude) > 30.0 and _is_winter(at, latitude):
        out.append(SNOW)
    if after.visible < 0.08 and kind in (BURNT, OTHER):
        out.append(SHADOW)
        if after.shortwave < 0.08:
            out.append(FLOOD)
    if after.blue > 0.9 and kind in (STRUCTURE, OTHER) and after.visible < 0.2:
        out.append(SMOKE)
    return out


def _is_winter(at: datetime, latitude: float) -> bool:
    """November to April in the north, May to October in the south."""
    return (at.month >= 11 or at.month <= 4) == (latitude > 0)
