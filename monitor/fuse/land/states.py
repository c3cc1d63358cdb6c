"""How much of each track and lot was in use at each clear observation, with its interval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import pandas as pd

from monitor.core.aoi import Aoi, Zone
from monitor.core.arrays import Floats
from monitor.core.geo.geodesy import WGS84, reproject
from monitor.core.tables import LAND_STATES
from monitor.detect.land.layout import AROUND, GROUND, LOT, TRACK, Places, layout
from monitor.detect.land.profiles import CLOUD, NO_DATA, SNOW
from monitor.fuse.land.elements import Elements, area_elements, track_elements
from monitor.fuse.land.lots import lot_use
from monitor.fuse.land.occupancy import Use, in_use
from monitor.fuse.land.rules import LOT as LOT_USE
from monitor.fuse.land.rules import RAIL, YARD, LotRule, ShareRule, UseRule
from monitor.fuse.land.scene_effects import bare_light
from monitor.fuse.land.series import LandSeries, land_series

_OBSERVED, _PARTLY = 0.9, 0.5
"""Clear share of a zone from which it counts as observed, and as observed in part; as in COVERAGE."""
Lights: TypeAlias = Mapping[str, tuple[tuple[str, ...], Floats]]
"""Bands, and the factor in each of `scene_effects.bare_light`, by scene."""


@dataclass(frozen=True, slots=True)
class StateRules:
    """How tracks and lots are read.

    Attributes
    ----------
    rail, lot : LotRule
        For rail zones and for open storage.
    """

    rail: UseRule = field(default=RAIL)
    yard: UseRule = field(default=YARD)
    lot: LotRule = field(default=LOT_USE)
    yard_tracks: int = 3

    def of(self, pieces: Elements) -> UseRule | LotRule:
        """The rule for the pieces of a zone."""
        if not pieces.is_track:
            return self.lot
        return self.yard if pieces.tracks >= self.yard_tracks else self.rail


def land_states(aoi: Aoi, profiles: pd.DataFrame, rules: StateRules = StateRules()) -> pd.DataFrame:
    """LAND_STATES of one place: every rail and open-storage zone at every observation that LAND_PROFILES has of it.

    Parameters
    ----------
    aoi : Aoi
    profiles : LAND_PROFILES table
        Of the AOI.
    rules : StateRules

    Notes
    -----
    A share rests on all clear observations of the zone by the same sensor, later ones too: an earlier share may change
    when new ones come. A track that is in use more often than not shows its ground rarely; see `occupancy`. Where the
    interval of a share is too wide to say anything, none is stated, and the reason is "uncertain".
    """
    rows: list[dict[str, object]] = []
    lights = _lights(profiles)
    for places in layout(aoi):
        if places.part in (TRACK, LOT):
            for series in land_series(profiles, places.part, places.zone_id):
                rows += _zone_rows(aoi, aoi.zone(places.zone_id), places, series, rules, lights)
    return LAND_STATES.conform(pd.DataFrame(rows)) if rows else LAND_STATES.empty()


def _zone_rows(
    aoi: Aoi, zone: Zone, places: Places, series: LandSeries, rules: StateRules, lights: Lights
) -> list[dict[str, object]]:
    local = reproject(zone.geometry, WGS84, aoi.epsg)
    if series.flags.shape[1] != len(places.xy):
        return []
    pieces = track_elements(local, places.xy, places.side_m) if places.part == TRACK else None
    pieces = pieces or area_elements(local, places.xy, places.side_m)
    if pieces is None:
        return []
    rule = rules.of(pieces)
    shown = _clear_share(series, pieces)
    usable = shown >= _PARTLY
    use = _use(series.only(usable), places, pieces, rule, lights) if usable.sum() >= rule.least_observations else None
    rows, number = [], 0
    for at, scene in enumerate(series.scene_ids):
        state = "observed" if shown[at] >= _OBSERVED else "partly" if usable[at] else "not observed"
        others = max(int(usable.sum()) - int(usable[at]), 0)
        row: dict[str, object] = {
            "scene_id": scene,
            "aoi_id": aoi.id,
            "zone_id": zone.id,
            "kind": zone.kind,
            "acquired_at": series.times[at],
            "sensor": series.sensor,
            "state": state,
            "observations": others,
            "reason": "" if state == "observed" else _reason(series, pieces, at),
            **_share(zone, pieces, None),
        }
        if usable[at]:
            chance = use.probability[number] if use is not None and use.seen[number].any() else None
            row |= _share(zone, pieces, chance, rule.share, others=others)
            row["reason"] = row["reason"] or ("uncertain" if pd.isna(row["share"]) else "") if use else "no past"
            number += 1
        rows.append(row)
    return rows


def _lights(profiles: pd.DataFrame) -> Lights:
    """What bare ground of the place showed in each scene: bands and factors by scene, of each sensor with enough."""
    out: dict[str, tuple[tuple[str, ...], Floats]] = {}
    around = {series.sensor: series for series in land_series(profiles, AROUND)}
    for series in land_series(profiles, GROUND) or around.values():
        values, clear = series.values, series.clear
        other = around.get(series.sensor)
        if other is not None and other.scene_ids == series.scene_ids and other.bands == series.bands:
            values, clear = np.concatenate([values, other.values], axis=2), np.concatenate([clear, other.clear], axis=1)
        found = bare_light(values, clear, series.bands)
        if found is not None:
            out.update({scene: (series.bands, row) for scene, row in zip(series.scene_ids, found, strict=True)})
    return out


def _use(series: LandSeries, places: Places, pieces: Elements, rule: UseRule | LotRule, lights: Lights) -> Use:
    light = None
    if all(lights.get(scene, ((), None))[0] == series.bands for scene in series.scene_ids):
        light = np.stack([lights[scene][1] for scene in series.scene_ids])
    if isinstance(rule, LotRule):
        own = pieces.main_pixel
        chance = lot_use(series.values[:, :, own], series.clear[:, own], pieces.neighbour, rule=rule, light=light)
        return Use(chance, np.isfinite(chance))
    return in_use(series.values, series.clear, pieces, xy=places.xy, side_m=places.side_m, rule=rule, light=light)


def _clear_share(series: LandSeries, pieces: Elements) -> np.ndarray:
    """(time,) share of a zone that was clear."""
    pixels = np.unique(pieces.pixel[pieces.weight > 0.5 * pieces.weight.max(axis=1, keepdims=True)])
    return np.asarray(series.clear[:, pixels].mean(axis=1))


def _reason(series: LandSeries, pieces: Elements, at: int) -> str:
    flags = series.flags[at][np.unique(pieces.pixel)]
    names = {CLOUD: "cloud", NO_DATA: "no data", SNOW: "snow"}
    number = {name: int((flags == flag).sum()) for flag, name in names.items()}
    return max(number, key=lambda name: number[name])


def _share(
    zone: Zone, pieces: Elements, chance: Floats | None, rule: ShareRule | None = None, *, others: int = 0
) -> dict[str, object]:
    """Share and its interval, and the area of a lot; NaN where there is no past or the interval says nothing."""
    middle = low = high = float("nan")
    if chance is not None and rule is not None:
        found = share_of(chance, pieces.size_m, rule, others=others)
        if found[2] - found[1] <= rule.widest:
            middle, low, high = found
    area = float(pieces.size_m.sum()) if zone.kind == "open_storage" else float("nan")
    names = ("", "_low", "_high")
    shares = dict(zip((f"share{name}" for name in names), (middle, low, high), strict=True))
    areas = {f"area{name}_m2": area * value for name, value in zip(names, (middle, low, high), strict=True)}
    return {**shares, **areas}


def share_of(chance: Floats, size_m: Floats, rule: ShareRule, *, others: int) -> tuple[float, float, float]:
    """Share of a zone in use and its 90 % interval, in which what was hidden may be in use or not.

    Parameters
    ----------
    chance : Floats
        (piece,) that it was in use; NaN where it was not seen.
    size_m : Floats
        (piece,) length or area.
    rule : ShareRule
    others : int
        Clear observations that it rests on beside its own.
    """
    seen = np.isfinite(chance)
    known = float(size_m[seen].sum() / size_m.sum())
    size, likely = size_m[seen] / size_m[seen].sum(), chance[seen]
    middle = rule.cover * float((likely * size).sum())
    unsure = rule.alike * float((size**2 * likely * (1.0 - likely)).sum())
    few = rule.few / max(others, 1)
    error = float(np.sqrt(unsure + rule.fixed**2 + (rule.in_use * middle) ** 2 + few**2))
    low, high = max(middle - rule.below * error, 0.0), min(middle + rule.above * error, 1.0)
    return middle, low * known, high * known + 1.0 - known
