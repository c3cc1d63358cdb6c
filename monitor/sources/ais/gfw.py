"""Global Fishing Watch's API, version 3: AIS gaps, port visits and radar presence. Optional; it needs a token.

Data: Global Fishing Watch, CC BY-NC 4.0; say so where they are shown (https://globalfishingwatch.org/our-apis/).
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import requests
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from monitor.core.errors import SettingsError, SourceError
from monitor.core.tables import GAPS, PORT_CALLS, RADAR_PRESENCE
from monitor.core.timerange import TimeRange
from monitor.sources.retry import backoff_s

log = logging.getLogger(__name__)

URL = "https://gateway.api.globalfishingwatch.org/v3"
TOKEN_VARIABLE = "MONITOR_GFW__TOKEN"
ATTRIBUTION = "Global Fishing Watch, CC BY-NC 4.0, www.globalfishingwatch.org"
_GAPS = "public-global-gaps-events:latest"
_VISITS = "public-global-port-visits-events:latest"
_RADAR = "public-global-sar-presence:latest"
_PAGES = 10_000
_KM = 1000.0
_INSTANTS = ("start", "end", "arrived_at", "departed_at")
_LONGEST_WAIT_S = 120.0

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class GfwClient:
    """Asks the API, page after page, with patience. Holds nothing open, so it crosses processes.

    Attributes
    ----------
    token : str
        Never printed.
    url : str
        The API's root.
    page : int
        Events a page.
    attempts : int
        Tries of one request; the pauses between them grow, and ``Retry-After`` is obeyed.
    pause_s : float
        First pause, in seconds.
    timeout_s : float
        Longest wait for an answer.
    """

    token: str = field(repr=False)
    url: str = URL
    page: int = 99
    attempts: int = 5
    pause_s: float = 2.0
    timeout_s: float = 60.0
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False, compare=False)

    @classmethod
    def from_environment(cls, *, url: str = URL) -> GfwClient:
        """The client with the token of the environment variable ``MONITOR_GFW__TOKEN``.

        Raises
        ------
        SettingsError
            There is none.
        """
        token = os.environ.get(TOKEN_VARIABLE, "").strip()
        if not token:
            raise SettingsError(
                f"Global Fishing Watch: no token; get one at globalfishingwatch.org/our-apis and set {TOKEN_VARIABLE}"
            )
        return cls(token, url)

    def gaps(self, period: TimeRange, area: BaseGeometry) -> pd.DataFrame:
        """GAPS that begin in an area, as Global Fishing Watch publishes them (`gap_id` starts with ``gfw-``).

        `positions_before_12h` counts satellite positions only, as theirs does. Events that lack a position, an MMSI or
        a time are passed over with a warning.

        Raises
        ------
        SourceError
            The API cannot be asked, refuses, or answers something else.
        """
        return GAPS.conform(self._table(_GAPS, period, area, _gap_row, GAPS.empty()).sort_values(["start", "mmsi"]))

    def port_visits(self, period: TimeRange, area: BaseGeometry) -> pd.DataFrame:
        """PORT_CALLS in an area; `port_id` is Global Fishing Watch's name of the port, e.g. ``prk-najin``.

        Raises
        ------
        SourceError
            As `gaps`.
        """
        table = self._table(_VISITS, period, area, _visit_row, PORT_CALLS.empty())
        return PORT_CALLS.conform(table.sort_values(["arrived_at", "mmsi"]))

    def radar_presence(self, period: TimeRange, area: BaseGeometry) -> pd.DataFrame:
        """RADAR_PRESENCE: Sentinel-1 detections by cell and hour, with the MMSI where they were matched to AIS.

        Raises
        ------
        SourceError
            As `gaps`.
        """
        parameters = {
            "datasets[0]": _RADAR,
            "date-range": f"{period.start.isoformat()},{period.end.isoformat()}",
            "format": "JSON",
            "group-by": "VESSEL_ID",
            "spatial-resolution": "HIGH",
            "temporal-resolution": "HOURLY",
        }
        answer = self._post("4wings/report", parameters, {"geojson": mapping(area)})
        rows = [row for entry in _entries(answer) for row in _radar_rows(entry)]
        table = pd.DataFrame(rows) if rows else RADAR_PRESENCE.empty()
        if rows:
            table["mmsi"] = table["mmsi"].astype("Int64")
        return RADAR_PRESENCE.conform(table.sort_values(["t", "lat", "lon"], kind="stable"))

    def _table(
        self,
        dataset: str,
        period: TimeRange,
        area: BaseGeometry,
        row_of: Callable[[Json], dict[str, object] | None],
        empty: pd.DataFrame,
    ) -> pd.DataFrame:
        rows, unusable = [], 0
        for event in self._events(dataset, period, area):
            row = row_of(event)
            unusable += row is None
            if row is not None:
                rows.append(row)
        if unusable:
            log.warning(
                "Global Fishing Watch: %d events of %s without place, MMSI or time passed over", unusable, dataset
            )
        if not rows:
            return empty
        table = pd.DataFrame(rows).drop_duplicates()
        return table.assign(**{c: pd.to_datetime(table[c], utc=True) for c in _INSTANTS if c in table})

    def _events(self, dataset: str, period: TimeRange, area: BaseGeometry) -> Iterator[Json]:
        body = {
            "datasets": [dataset],
            "startDate": f"{period.start:%Y-%m-%d}",
            "endDate": f"{_day_after(period):%Y-%m-%d}",
            "geometry": mapping(area),
        }
        offset = 0
        for _ in range(_PAGES):
            answer = self._post("events", {"limit": str(self.page), "offset": str(offset)}, body)
            yield from _entries(answer)
            following = answer.get("nextOffset")
            if following is None:
                return
            if not isinstance(following, int) or following <= offset:
                raise SourceError(f"Global Fishing Watch: page after {offset} begins at {following!r}; try again later")
            offset = following
        raise SourceError(f"Global Fishing Watch: more than {_PAGES} pages; ask for a shorter period")

    def _post(self, path: str, parameters: Mapping[str, str], body: Json) -> Json:
        problem = ""
        for attempt in range(self.attempts):
            wait: float | None = None
            try:
                answer = requests.post(
                    f"{self.url}/{path}",
                    params=dict(parameters),
                    json=body,
                    timeout=self.timeout_s,
                    headers={"Authorization": f"Bearer {self.token}"},
                )
            except (requests.ConnectionError, requests.Timeout) as error:
                problem = f"no answer ({type(error).__name__})"
            else:
                if answer.status_code < 300:
                    return _parsed(answer)
                problem = f"status {answer.status_code}"
                if answer.status_code != 429 and answer.status_code < 500:
                    raise SourceError(f"Global Fishing Watch {path}: {problem}; {_advice(answer)}")
                wait = _asked_wait_s(answer)
            if attempt + 1 < self.attempts:
                self.sleep(backoff_s(attempt + 1, self.pause_s) if wait is None else wait)
        raise SourceError(f"Global Fishing Watch {path}: {problem} after {self.attempts} tries", transient=True)


def _day_after(period: TimeRange) -> datetime:
    """The first midnight at or after the end: the API's end date is exclusive."""
    midnight = period.end.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight if midnight == period.end else midnight + timedelta(days=1)


def _asked_wait_s(answer: requests.Response) -> float | None:
    """Seconds of a ``Retry-After``, two minutes at most; None when there is none."""
    text = answer.headers.get("Retry-After", "").strip()
    return min(float(text), _LONGEST_WAIT_S) if text.isdigit() else None


def _parsed(answer: requests.Response) -> Json:
    try:
        value = answer.json()
    except ValueError as error:
        raise SourceError("Global Fishing Watch: the answer is not JSON; try again later", transient=True) from error
    if not isinstance(value, dict):
        raise SourceError("Global Fishing Watch: the answer is not an object; is the address right?")
    return value


def _advice(answer: requests.Response) -> str:
    if answer.status_code == 401:
        return f"the token is refused; renew it and set {TOKEN_VARIABLE}"
    if answer.status_code == 403:
        return "the token may not read this dataset; ask Global Fishing Watch for access"
    return f"it says: {answer.text[:200]}"


def _entries(answer: Json) -> list[Json]:
    entries = answer.get("entries", [])
    if not isinstance(entries, list):
        raise SourceError("Global Fishing Watch: an answer without entries; is the address right?")
    return [entry for entry in entries if isinstance(entry, dict)]


def _inner(value: Json, *path: str) -> object:
    found: object = value
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _number(value: Json, *path: str) -> float:
    found = _inner(value, *path)
    try:
        return float(str(found))
    except ValueError:
        return float("nan")


def _mmsi(value: object) -> int | None:
    text = str(value or "")
    return int(text) if text.isdigit() else None


def _instant(value: object) -> pd.Timestamp:
    stamp = pd.to_datetime(str(value), utc=True, errors="coerce") if value else pd.NaT
    return stamp


def _gap_row(event: Json) -> dict[str, object] | None:
    mmsi, start, end = _mmsi(_inner(event, "vessel", "ssvid")), _instant(event.get("start")), _instant(event.get("end"))
    off = [_number(event, "gap", "offPosition", axis) for axis in ("lon", "lat")]
    if mmsi is None or pd.isna(start) or np.isnan(off).any():
        return None
    on = [_number(event, "gap", "onPosition", axis) for axis in ("lon", "lat")]
    before = _number(event, "gap", "positions12HoursBeforeSat")
    return {
        "gap_id": f"gfw-{event.get('id')}",
        "mmsi": mmsi,
        "start": start,
        "end": end,
        "is_closed": not pd.isna(end),
        "duration_h": _number(event, "gap", "durationHours"),
        "distance_m": _number(event, "gap", "distanceKm") * _KM,
        "implied_kn": _number(event, "gap", "impliedSpeedKnots"),
        "start_lon": off[0],
        "start_lat": off[1],
        "end_lon": on[0],
        "end_lat": on[1],
        "positions_before_12h": 0 if np.isnan(before) else int(before),
    }


def _visit_row(event: Json) -> dict[str, object] | None:
    mmsi, start, end = _mmsi(_inner(event, "vessel", "ssvid")), _instant(event.get("start")), _instant(event.get("end"))
    places = [_inner(event, "port_visit", f"{which}Anchorage", "id") for which in ("intermediate", "start", "end")]
    port = next((str(place) for place in places if place), "")
    confidence = _number(event, "port_visit", "confidence")
    if mmsi is None or pd.isna(start) or not port or np.isnan(confidence):
        return None
    return {
        "mmsi": mmsi,
        "port_id": port,
        "arrived_at": start,
        "departed_at": end,
        "confidence": int(confidence),
        "has_gap": False,
        "silent_h": np.nan,
        "silent_after_h": np.nan,
    }


def _radar_rows(entry: Json) -> Iterator[dict[str, object]]:
    """Rows of one entry, which holds a list under the dataset's name, or is a row itself."""
    lists = [value for value in entry.values() if isinstance(value, list)]
    rows = [row for rows in lists for row in rows if isinstance(row, dict)] if lists else [entry]
    for row in rows:
        t, lon, lat = _instant(row.get("date")), _number(row, "lon"), _number(row, "lat")
        if not pd.isna(t) and np.isfinite(lon) and np.isfinite(lat):
            count = _number(row, "detections")
            yield {
                "t": t,
                "lon": lon,
                "lat": lat,
                "detections": 0 if np.isnan(count) else int(count),
                "mmsi": _mmsi(row.get("mmsi")),
                "name": str(row.get("shipName") or ""),
            }
