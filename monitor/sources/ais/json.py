"""Positions in JSON of any known layout: messages a line, pages of an API, tracks; and NMEA within JSON."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from monitor.core.errors import DataError
from monitor.core.instants import TimeStyle, date_orders, settle_order
from monitor.core.limits import DEFAULT_LIMITS, Limits
from monitor.sources.ais.nmea import NmeaParser
from monitor.sources.ais.rows import Parsed, empty_raw, to_rows
from monitor.sources.ais.signalk import signalk_rows
from monitor.sources.tabular.cells import Fields, by_field
from monitor.sources.tabular.layouts import Layout, LayoutBook
from monitor.sources.tabular.records import Record, flatten, in_batches, read_records, to_cells

_SENTENCE = re.compile(r"(?:\\[^\\]*\\)?![A-Z-]{2}VD[MO],")
_STAMPS = ("rxuxtime", "rxtime", "timestamp", "time", "datetime", "received_at", "t", "ts")


@dataclass(slots=True)
class JsonReader:
    """Reads one JSON file; holds what later rows need: the last time report, the layout and its order of dates.

    Attributes
    ----------
    book : LayoutBook
        The known layouts.
    style : TimeStyle
        What the user says of times.
    nmea : NmeaParser
        For messages that hold their sentences and no decoded place.
    where : str
        Names the file in errors.
    limits : Limits
        What a document may take in memory.
    """

    book: LayoutBook
    style: TimeStyle
    nmea: NmeaParser
    where: str
    limits: Limits = DEFAULT_LIMITS
    _layout: Layout | None = None
    _times: TimeStyle | None = None
    _reported: str = ""
    _counts: Counter[str] = field(default_factory=Counter)

    def read(self, blocks: Iterator[bytes]) -> tuple[str, Iterator[Parsed]]:
        """The layout's name and raw rows, batch after batch.

        Raises
        ------
        DataError
            Not JSON, or no object in it has a place, a time and an MMSI.
        """
        by_line, records = read_records(blocks, self.book, self.where, _expand, self.limits)
        batches = in_batches(records)
        first = next(batches, [])
        self._layout = self._common_layout(first)
        name = self._layout.name if self._layout else "nmea"
        return name + (", json lines" if by_line else ", json"), self._batches(chain([first], batches))

    def _common_layout(self, records: Iterable[Record | None]) -> Layout | None:
        """The layout of most records; None when they hold sentences only."""
        names: Counter[frozenset[str]] = Counter()
        sentences = unaware = False
        reported = False
        for record in records:
            if record is None:
                continue
            reported |= record.get("class") == "TPV" and "time" in record
            sentences = sentences or bool(_nmea_of(record))
            unaware |= record.get("class") == "AIS"
            names[frozenset(record) | ({"time"} if reported else set())] += 1
        votes: Counter[Layout] = Counter()
        for keys, count in names.items():
            layout = self.book.fitting(keys)
            if layout:
                votes[layout] += count
        if votes:
            return votes.most_common(1)[0][0]
        if sentences:
            return None
        cure = (
            "; gpsd's AIS messages have no time: record with its TPV reports (gpspipe -w), or NMEA with times "
            "(gpspipe -r -T)"
            if unaware
            else ""
            if names
            else "; rows need names, as MarineTraffic gives them with protocol:jsono or csv"
        )
        raise DataError(
            f"{self.where}: JSON without positions; expected objects with a place, a time and an MMSI{cure}"
        )

    def _batches(self, batches: Iterable[list[Record | None]]) -> Iterator[Parsed]:
        for records in batches:
            good = [record for record in records if record is not None]
            rows = [row for row in good if self._is_row(row)]
            whole = [_located(row) or not _nmea_of(row) for row in rows]
            decoded = [row for row, is_whole in zip(rows, whole, strict=True) if is_whole]
            sentences = [row for row, is_whole in zip(rows, whole, strict=True) if not is_whole]
            if sentences:
                yield from self.nmea.parse_blocks(iter([_sentences(sentences)]))
            yield self._rows(decoded, len(records) - len(good))

    def _is_row(self, record: Record) -> bool:
        """Whether a record is a message; a report of the time fills in those after it that have none."""
        if record.get("class") in ("TPV", "SKY", "VERSION", "DEVICES", "WATCH", "DEVICE", "PPS"):
            self._reported = record.get("time", self._reported)
            self._counts["time line" if record["class"] == "TPV" else "report of the receiver"] += 1
            return False
        if self._reported and "time" not in record and "timestamp" not in record and "rxtime" not in record:
            record["time"] = self._reported
        return True

    def _rows(self, records: list[Record], bad: int) -> Parsed:
        if self._layout is None or not (records or bad):
            made = Parsed(empty_raw(), empty_raw(), rows=bad + len(records))
            made.rejected.update({"bad line": bad + len(records)} if bad or records else {})
        else:
            fields = by_field(to_cells(records, self._layout, bad), self._layout)
            made = to_rows(fields, self._settled(fields), bad_lines=bad, where=self.where, placeless_static=True)
        made.other.update(self._counts)
        made.rows += self._counts.total()
        self._counts.clear()
        return made

    def _settled(self, fields: Fields) -> TimeStyle:
        """How times are written, the order of dates by the first batch."""
        if self._times is None:
            style = fields.layout.time
            order = settle_order(date_orders(fields.words("t")), self.style.order or style.order, self.where)
            self._times = TimeStyle(pattern=style.pattern, order=order, zone=style.zone or self.style.zone)
        return self._times


def _nmea_of(record: Record) -> list[str]:
    """The sentences that stand in a record, as lists of AIS-catcher or under any name."""
    return [record[key] for key in sorted(record) if _SENTENCE.match(record[key])]


def _located(record: Record) -> bool:
    return any(name.rpartition(".")[2] in ("lat", "latitude") for name in record)


def _sentences(records: Iterable[Record]) -> bytes:
    """Lines of NMEA, each after the time at which its message was received."""
    lines = []
    for record in records:
        stamp = next((record[name] for name in _STAMPS if name in record), "")
        lines += [f"{stamp} {sentence}" for sentence in _nmea_of(record)]
    return "\n".join(lines).encode("utf-8", "replace")


def _expand(value: Mapping[str, object]) -> Iterable[Record] | None:
    """Rows of a track, one a vertex, or both ends of a gap event of Global Fishing Watch."""
    if value.get("type") == "Feature":
        return _vertices(value)
    if (signalk := signalk_rows(value)) is not None:
        return signalk
    if value.get("type") == "gap" and isinstance(value.get("gap"), dict):
        return _ends(value)
    return None


def _vertices(feature: Mapping[str, object]) -> list[Record] | None:
    geometry, properties = feature.get("geometry"), feature.get("properties")
    if not isinstance(geometry, dict) or not isinstance(properties, dict):
        return None
    along = properties.get("coordinateProperties")
    along = along if isinstance(along, dict) else {}
    times = along.get("times") or along.get("timestamp")
    coordinates = geometry.get("coordinates")
    if not isinstance(times, list) or not isinstance(coordinates, list):
        return None
    rows = []
    for i, (place, time) in enumerate(zip(coordinates, times, strict=False)):
        if not isinstance(place, list) or len(place) < 2:
            continue
        row = {"lon": str(place[0]), "lat": str(place[1]), "timestamp": str(time)}
        row["ssvid"] = str(properties.get("ssvid") or properties.get("mmsi") or "")
        for key in ("speed", "course"):
            values = along.get(key) or along.get(f"{key}s")
            if isinstance(values, list) and i < len(values):
                row[key] = str(values[i])
        rows.append(row)
    return rows


def _ends(event: Mapping[str, object]) -> list[Record] | None:
    flat, _ = flatten(event)
    rows = []
    for end, time in (("gap.offposition", "start"), ("gap.onposition", "end")):
        if f"{end}.lon" in flat and time in flat:
            place = {"position.lon": flat[f"{end}.lon"], "position.lat": flat.get(f"{end}.lat", "")}
            rows.append({**flat, **place, "start": flat[time]})
    return rows or None
