"""Stops and passes to rows of AIR_CALLS, with their evidence, alternatives and wording."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from monitor.aviation import wording
from monitor.aviation.calls.overflights import Overflight
from monitor.aviation.calls.reachability import Candidate, Fix
from monitor.aviation.calls.stays import UNLISTED, Track
from monitor.aviation.calls.stops import Stop
from monitor.aviation.daylight import light
from monitor.aviation.reception import FieldReception, NearbyTraffic
from monitor.core.geo.solar import sun_elevation_deg
from monitor.core.timerange import isoformat
from monitor.core.wording import either


@dataclass(frozen=True, slots=True)
class CallRule:
    """What the evidence of a call rests on; all chosen.

    Attributes
    ----------
    reception_radius_m, low_radius_m : float
        Other traffic within these distances shows reception at a field, and reception of an approach.
    longest_reception_s : float
        Of a longer silence the first part is examined.
    away_s : float
        A stay silent for longer could hide a short flight.
    least_share, most_alternatives : float
        Other fields are listed from this share of the weight on, so many at most.
    """

    reception_radius_m: float = 80000.0
    low_radius_m: float = 40000.0
    longest_reception_s: float = 36 * 3600.0
    away_s: float = 2 * 3600.0
    least_share: float = 0.005
    most_alternatives: int = 6


RULE = CallRule()


@dataclass(frozen=True, slots=True)
class Airframe:
    """One airframe of one address: its positions, as a table and as arrays, and how it is named."""

    icao24: str
    number: int
    registration: str
    kind: str
    rows: pd.DataFrame
    track: Track
    shared: bool


class RowMaker:
    """One airframe's stops and passes to rows of AIR_CALLS."""

    def __init__(
        self, airframe: Airframe, airfields: pd.DataFrame, reception: list[FieldReception], examined: bool
    ) -> None:
        self.airframe, self.airfields, self.reception, self.examined = airframe, airfields, reception, examined
        self.who = wording.who(airframe.icao24, airframe.registration, airframe.kind)
        words = {word for text in airframe.rows["flags"] for word in text.split()}
        self.flags = " ".join(sorted(words - {"address-shared"} | ({"address-shared"} if airframe.shared else set())))

    def low_traffic(self, start: float, end: float) -> frozenset[int]:
        """The fields near which others were received low in these hours."""
        fields = range(len(self.reception))
        return frozenset(k for k in fields if self._traffic(k, start, end, radius_m=RULE.low_radius_m).is_low)

    def _traffic(
        self, place: int, start: float, end: float, *, radius_m: float = RULE.reception_radius_m
    ) -> NearbyTraffic:
        return self.reception[place].traffic(start, min(end, start + RULE.longest_reception_s), radius_m=radius_m)

    def id_of(self, place: int) -> str:
        """The airfield's id; "" off every listed airfield."""
        return "" if place == UNLISTED else str(self.airfields["airfield_id"].iloc[place])

    def when(self, t: float, place: int) -> str:
        """Unix seconds as a phrase: UTC, and local time at the airfield."""
        zone = wording.zone_of(self.airfields, self.id_of(place))
        return wording.utc_and_local(moment(t), zone)

    def stop(self, stop: Stop) -> dict[str, object]:
        """The AIR_CALLS row of one stop."""
        place = self.id_of(stop.place)
        lon, lat = self._where(stop)
        start = _start(stop)
        sun, day = self._sun(stop, lon, lat)
        low_h, high_h = _ground_h(stop)
        return {
            **self._common(start, stop.status.replace(" ", "-") if "track" in stop.status else "call"),
            "status": stop.status,
            "airfield_id": place,
            "candidates": self._candidates(stop),
            "lon": lon,
            "lat": lat,
            "arrived_not_before": stop.arrived[0],
            "arrived_not_after": stop.arrived[1],
            "departed_not_before": stop.departed[0],
            "departed_not_after": stop.departed[1],
            "ground_low_h": low_h,
            "ground_high_h": high_h,
            "sun_deg": sun,
            "light": day,
            "closest_km": stop.closest_m / 1000.0,
            "weight": _weight(stop),
            "reception": self._reception(stop),
            "evidence": "; ".join(self._evidence(stop)),
            "alternatives": "; ".join(self._alternatives(stop)),
            "claim": self._claim(stop),
        }

    def passed(self, found: Overflight) -> dict[str, object]:
        """The AIR_CALLS row of one overflight."""
        place = self.id_of(found.place)
        airfield = self.airfields.iloc[found.place]
        name, when = wording.field_name(self.airfields, place), self.when(found.t_s, found.place)
        template = wording.PASSED_LOW if found.low else wording.OVERFLIGHT
        sun = sun_elevation_deg(float(airfield["lon"]), float(airfield["lat"]), moment(found.t_s))
        return {
            **self._common(found.t_s, "overflight"),
            "status": "overflight",
            "airfield_id": place,
            "candidates": place,
            "lon": float(airfield["lon"]),
            "lat": float(airfield["lat"]),
            **dict.fromkeys(("arrived_not_before", "arrived_not_after"), found.t_s),
            **dict.fromkeys(("departed_not_before", "departed_not_after"), found.t_s),
            "ground_low_h": 0.0,
            "ground_high_h": 0.0,
            "sun_deg": sun,
            "light": light(sun),
            "closest_km": found.metres / 1000.0,
            "weight": 1.0,
            "reception": "received throughout",
            "evidence": f"positions before and after the closest one, at most {found.silence_s / 60:.0f} min apart",
            "alternatives": "",
            "claim": template.format(
                who=self.who, km=found.metres / 1000.0, field=name, height=found.height_m, when=when
            ),
        }

    def _common(self, start: float, kind: str) -> dict[str, object]:
        airframe = self.airframe
        stamp = isoformat(moment(start)).replace(":", "").replace("-", "")
        return {
            "call_id": f"air-{airframe.icao24}-{airframe.number}-{stamp}-{kind}",
            "icao24": airframe.icao24,
            "registration": airframe.registration,
            "body": airframe.number,
            "flags": self.flags,
        }

    def _where(self, stop: Stop) -> tuple[float, float]:
        if stop.place != UNLISTED and "track" not in stop.status:
            airfield = self.airfields.iloc[stop.place]
            return float(airfield["lon"]), float(airfield["lat"])
        fix = stop.before or stop.after
        if stop.seen is not None:
            return float(self.airframe.track.lon[stop.seen.first]), float(self.airframe.track.lat[stop.seen.first])
        return (fix.lon, fix.lat) if fix is not None else (np.nan, np.nan)

    def _sun(self, stop: Stop, lon: float, lat: float) -> tuple[float, str]:
        if not np.isfinite(stop.arrived).all() or "track" in stop.status:
            return np.nan, ""
        t = pd.to_datetime(np.linspace(*stop.arrived, 9), unit="s", utc=True)
        sun = sun_elevation_deg(lon, lat, pd.DatetimeIndex(t))
        words = {light(float(s)) for s in sun}
        return float(sun[4]), words.pop() if len(words) == 1 and "clock-unstated" not in self.flags else ""

    def _candidates(self, stop: Stop) -> str:
        return " ".join(self.id_of(c.index) for c in stop.found) if stop.found else self.id_of(stop.place)

    def _reception(self, stop: Stop) -> str:
        if stop.status != "consistent" and "track" not in stop.status:
            return "received at the field"
        if not self.examined:
            return "not examined: no other traffic was given"
        if stop.place == UNLISTED:
            return "no field to examine"
        start = stop.before.t_s if stop.before else (stop.after.t_s - 3600.0 if stop.after else 0.0)
        end = stop.after.t_s if stop.after else start + 3600.0
        return self._traffic(stop.place, start, end).words(RULE.reception_radius_m / 1000.0)

    def _evidence(self, stop: Stop) -> list[str]:
        if stop.seen is not None:
            run = f"{stop.seen.last - stop.seen.first + 1} positions, the nearest {stop.closest_m / 1000:.1f} km away"
            return [f"{stop.seen.rest} positions at rest" if stop.seen.rest else "low and slow", run]
        found = stop.found[0] if stop.found else None
        words = []
        if stop.before is not None:
            words.append(f"last position {_fix_words(stop.before, found.before_m if found else np.nan)}")
        if stop.after is not None:
            words.append(f"next position {_fix_words(stop.after, found.after_m if found else np.nan)}")
        if stop.before is not None and stop.after is not None:
            words.append(f"silent for {(stop.after.t_s - stop.before.t_s) / 3600:.1f} h")
        return words

    def _alternatives(self, stop: Stop) -> list[str]:
        if stop.status == "landed":
            away = f"away and back unseen within the {stop.silent_s / 3600:.1f} h in which nothing was received"
            return [away] if stop.silent_s > RULE.away_s else []
        shown = [c for c in (*stop.found[1:], *stop.others) if c.weight >= RULE.least_share][: RULE.most_alternatives]
        words = [f"{self.id_of(c.index)} (share {c.weight:.2f})" for c in shown]
        if stop.status == "consistent":
            hours = (stop.after.t_s - stop.before.t_s) / 3600 if stop.after and stop.before else np.nan
            words += ["a field that is not listed"]
            words += [f"in the air for the whole {hours:.1f} h"] if hours < 12 else []
            words += ["the silence is one of reception, not of the aircraft"]
        return words

    def _claim(self, stop: Stop) -> str:
        name = wording.field_name(self.airfields, self.id_of(stop.place))
        left = self.when(stop.before.t_s, stop.place) if stop.before else ""
        back = self.when(stop.after.t_s, stop.place) if stop.after else ""
        if stop.seen is not None:
            template = wording.LANDED_AT_REST if stop.seen.rest else wording.LANDED_LOW
            when = self.when(float(self.airframe.track.t_s[stop.seen.first]), stop.place)
            return template.format(who=self.who, field=name, when=when)
        if stop.status == "consistent":
            best = stop.found[0]
            fields = either([wording.field_name(self.airfields, self.id_of(c.index)) for c in stop.found])
            return wording.CONSISTENT.format(
                who=self.who,
                before_km=best.before_m / 1000,
                after_km=best.after_m / 1000,
                field=name,
                fields=fields,
                left=left,
                back=back,
            )
        template = wording.TRACK_ENDS if stop.status == "track ends" else wording.TRACK_BEGINS
        return template.format(who=self.who, left=left, back=back, toward=self._toward(stop))

    def _toward(self, stop: Stop) -> str:
        if not stop.found:
            return ""
        ends = stop.status == "track ends"
        way = "and heading toward it" if ends else "and coming from its direction"

        def km(c: Candidate) -> float:
            return (c.before_m if ends else c.after_m) / 1000.0

        parts = [f"{km(c):,.0f} km from {wording.field_name(self.airfields, self.id_of(c.index))}" for c in stop.found]
        return f", {' and '.join(parts[:2])} {way}"


def _start(stop: Stop) -> float:
    fix = stop.before or stop.after
    known = [t for t in (*stop.arrived, *stop.departed) if np.isfinite(t)]
    if stop.seen is not None and np.isfinite(stop.arrived[1]):
        return stop.arrived[1]
    return fix.t_s if fix is not None else min(known)


def _ground_h(stop: Stop) -> tuple[float, float]:
    """Shortest and longest time on the ground, hours; NaN where a side is open."""
    low = (stop.departed[0] - stop.arrived[1]) / 3600.0
    high = (stop.departed[1] - stop.arrived[0]) / 3600.0
    return max(low, 0.0) if np.isfinite(low) else np.nan, high


def _fix_words(fix: Fix, metres: float) -> str:
    parts = [f"{metres / 1000:,.0f} km away" if np.isfinite(metres) else "in the air"]
    if np.isfinite(fix.altitude_m):
        parts.append(f"at {fix.altitude_m:,.0f} m")
    if np.isfinite(fix.climb_ms) and abs(fix.climb_ms) > 2.5:
        parts.append("sinking" if fix.climb_ms < 0 else "climbing")
    return " ".join(parts)


def _weight(stop: Stop) -> float:
    if stop.found:
        return stop.found[0].weight
    return 1.0 if stop.status == "landed" and stop.place != UNLISTED else 0.0


def moment(t_s: float) -> datetime:
    """Unix seconds as an instant, to the second."""
    return datetime.fromtimestamp(round(t_s), UTC)
