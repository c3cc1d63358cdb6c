"""Fields of aircraft tables to AIR_POSITIONS, and what every reader's positions must pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from monitor.core.columns import naive
from monitor.core.errors import DataError
from monitor.core.geo.geodesy import KNOT_MS, distance_m
from monitor.core.instants import TimeStyle, believable, parse_instants
from monitor.core.tables.aviation import AIR_POSITIONS
from monitor.sources.tabular.cells import Fields, is_wrong_unit, parse_numbers, unit_ratio
from monitor.sources.tabular.layouts import METRES_PER_FOOT

Box = tuple[float, float, float, float]
NOT_WATCHED = "not on the watch list"
_LARGEST = 400.0
"""The largest factor between two units in use: feet a minute for metres a second is 197."""
_STEPS_S = (1.0, 120.0)
_FAST_MS, _CLIMB_MS = 30.0, 3.0
_STEEP_MS = 60.0
"""No traffic has a median rate above this (12 000 ft a minute), level flight left out; chosen."""
_GROUND = {"true": True, "1": True, "t": True, "false": False, "0": False, "f": False, "g": True, "a": False}
"""Flightradar24 writes G on the ground and A in the air."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which aircraft are kept: those with these names (lower case; None for all), and all within these boxes."""

    names: frozenset[str] | None = None
    around: Sequence[Box] = field(default_factory=tuple)

    def near(self, lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Which places lie in a box."""
        inside = np.zeros(len(lon), dtype=bool)
        for west, south, east, north in self.around:
            inside |= (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
        return inside


def keep_wanted(fields: Fields, wanted: Wanted, counts: Counter[str]) -> Fields:
    """The rows of the aircraft that are wanted; the others are counted. By text, before anything is converted.

    Parameters
    ----------
    fields : Fields
        Text by field.
    wanted : Wanted
        Which aircraft.
    counts : Counter
        Counted up.
    """
    if wanted.names is None:
        return fields
    names = pa.array(sorted({*wanted.names, *(f"0x{name}" for name in wanted.names)}))
    mask = np.zeros(fields.rows, dtype=bool)
    for key in ("icao24", "registration"):
        text = pc.utf8_lower(pc.utf8_trim_whitespace(fields.words(key)))
        mask |= np.asarray(pc.fill_null(pc.is_in(text, value_set=names), False), dtype=bool)
    unnamed = pc.binary_join_element_wise("~", pc.utf8_lower(pc.utf8_trim_whitespace(fields.words("callsign"))), "")
    mask |= np.asarray(pc.fill_null(pc.is_in(unnamed, value_set=names), False), dtype=bool)
    if wanted.around:
        mask |= wanted.near(*_places(fields))
    counts[NOT_WATCHED] += int((~mask).sum())
    kept = {name: column.filter(pa.array(mask)) for name, column in fields.text.items()}
    return Fields(kept, fields.layout, int(mask.sum()))


def to_positions(fields: Fields, style: TimeStyle, counts: Counter[str], where: str) -> pd.DataFrame:
    """AIR_POSITIONS of some fields; rows without a time or a place are counted.

    Parameters
    ----------
    fields : Fields
        Text by field of `layouts.FIELDS`.
    style : TimeStyle
        How instants are written.
    counts : Counter
        Counted up by reason.
    where : str
        The file's name; goes into `source_file`.

    Raises
    ------
    DataError
        The order of day and month cannot be told, or a zone is no IANA name.
    """
    if not fields.rows:
        return AIR_POSITIONS.empty()

    def text(name: str) -> pd.Series:
        return pd.Series(fields.words(name).to_pylist(), dtype="str").fillna("").str.strip()

    zones = text("time_zone").tolist() if "time_zone" in fields.text else ()
    instants = parse_instants(fields.words("t"), style, zones=zones, where=where)
    lon, lat = _places(fields)
    barometric = _first(fields.numbers("altitude_m"), fields.numbers("altitude_ft") * METRES_PER_FOOT)
    altitude = _first(barometric, fields.numbers("geometric_m"))
    kind = np.where(np.isfinite(barometric), "barometric", np.where(np.isfinite(altitude), "geometric", ""))
    on_ground = text("altitude_ft").str.lower().eq("ground") | text("altitude_m").str.lower().eq("ground")
    callsign = text("callsign")
    address = text("icao24").str.lower().str.removeprefix("0x")
    unnamed = address.eq("") & text("registration").eq("") & callsign.ne("")
    made = pd.DataFrame(
        {
            "icao24": address.mask(unnamed, "~" + callsign.str.lower()),
            "t": instants.t,
            "lon": lon,
            "lat": lat,
            "altitude_m": altitude,
            "altitude_kind": kind,
            "on_ground": text("on_ground").str.lower().map(_GROUND).astype("boolean").mask(on_ground, True),
            "speed_kn": _first(fields.numbers("speed_kn"), fields.numbers("speed_ms") / KNOT_MS),
            "track_deg": fields.numbers("track_deg"),
            "climb_ms": _first(fields.numbers("climb_ms"), fields.numbers("climb_fpm") * METRES_PER_FOOT / 60),
            "registration": text("registration"),
            "callsign": callsign,
            "clock": instants.clock,
            "citation": text("citation"),
        }
    )
    nowhere = made["lon"].isna() | made["lat"].isna() | (made["lon"].eq(0) & made["lat"].eq(0))
    untimed = made["t"].isna()
    counts["no time"] += int(untimed.sum())
    counts["no position"] += int((nowhere & ~untimed).sum())
    made = made.loc[~untimed & ~nowhere]
    return AIR_POSITIONS.conform(made.assign(is_stale=False, new_leg=False, position_type="", source_file=where))


def _first(values: npt.NDArray[np.float64], others: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.where(np.isfinite(values), values, others)


def _places(fields: Fields) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    if "lat_lon" not in fields.text:
        return fields.numbers("lon"), fields.numbers("lat")
    parts = pc.split_pattern(fields.text["lat_lon"], ",")
    pairs = pc.equal(pc.list_value_length(parts), 2)
    column = pc.if_else(pairs, fields.text["lat_lon"], pa.scalar(None, pa.string()))
    lat = pc.replace_substring_regex(column, r"^([^,]*),.*$", r"\1")
    lon = pc.replace_substring_regex(column, r"^[^,]*,(.*)$", r"\1")
    return parse_numbers(pc.utf8_trim_whitespace(lon)), parse_numbers(pc.utf8_trim_whitespace(lat))


def screened(positions: pd.DataFrame, latest: datetime, counts: Counter[str]) -> pd.DataFrame:
    """The positions whose instants can be believed; the others are counted as ``impossible time``.

    Parameters
    ----------
    positions : AIR_POSITIONS table
        Of any reader.
    latest : datetime
        Later instants are impossible.
    counts : Counter
        Counted up.
    """
    good = believable(positions["t"], latest)
    if good.all():
        return positions
    counts["impossible time"] += int((~good).sum())
    return positions[good].reset_index(drop=True)


def check_units(positions: pd.DataFrame, where: str) -> None:
    """Nothing, when speeds can be knots and rates of climb metres a second.

    Parameters
    ----------
    positions : AIR_POSITIONS table
        Of one file.
    where : str
        Names the file in errors.

    Raises
    ------
    DataError
        The distances or heights between positions show another unit, or half of the rates are impossible.
    """
    table = positions.sort_values(["icao24", "registration", "t"], kind="stable")
    before, after = table.iloc[:-1].reset_index(drop=True), table.iloc[1:].reset_index(drop=True)
    step = (naive(after["t"]) - naive(before["t"])) / np.timedelta64(1, "s")
    pairs = (before["icao24"] == after["icao24"]) & (before["registration"] == after["registration"])
    pairs &= (step >= _STEPS_S[0]) & (step <= _STEPS_S[1])
    before, after, step = before[pairs], after[pairs], step[pairs.to_numpy()]
    for name, unit, stated, implied, least in _rates(before, after, step):
        ratio = unit_ratio(stated, implied, least=least)
        if is_wrong_unit(ratio, largest=_LARGEST):
            raise DataError(
                f"{where}: {name} is {ratio:.2g} times what the positions show; it is not in {unit}. Name the unit in "
                '[flights.layouts.NAME] of monitor.toml, e.g. units = {climb_ms = "ft/min"}'
            )
    climbs = positions["climb_ms"].abs()
    climbs = climbs[climbs > 1.0]
    if len(climbs) >= 10 and climbs.median() > _STEEP_MS:
        raise DataError(
            f"{where}: half of the rates of climb are over {climbs.median():.0f} m/s; they are not in the unit of the "
            'layout. Name it in [flights.layouts.NAME] of monitor.toml, e.g. units = {climb_ms = "ft/min"}'
        )


def _rates(
    before: pd.DataFrame, after: pd.DataFrame, step: npt.NDArray[np.float64]
) -> list[tuple[str, str, npt.NDArray[np.float64], npt.NDArray[np.float64], float]]:
    """Name, unit, stated and implied value of what can be compared, and the least that says something."""
    if not len(step):
        return []
    moved = distance_m(before["lon"], before["lat"], after["lon"], after["lat"]) / step
    same = (before["altitude_kind"] == after["altitude_kind"]).to_numpy()
    rise = np.where(same, after["altitude_m"].to_numpy() - before["altitude_m"].to_numpy(), np.nan) / step
    speed = (before["speed_kn"].to_numpy() + after["speed_kn"].to_numpy()) / 2
    climb = (before["climb_ms"].to_numpy() + after["climb_ms"].to_numpy()) / 2
    return [
        ("ground speed", "knots", speed, moved / KNOT_MS, _FAST_MS / KNOT_MS),
        ("rate of climb", "m/s", climb, rise, _CLIMB_MS),
    ]
