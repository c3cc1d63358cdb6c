"""What is measured at a place follows from its zones: which measures it has, and which zones to draw next."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import cast

from monitor.core.aoi.zones import PLACE_KINDS, Aoi
from monitor.core.errors import DataError

_MEASURES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "berth": ("stays of ships", "berth"),
        "oil_berth": ("stays of tankers", "oil berth"),
        "yard": ("container stacks", "yard"),
        "anchorage": ("ships at anchor", "anchorage"),
        "rail": ("share of tracks that is occupied", "rail zone"),
        "storage": ("lasting change of the ground", "storage zone"),
        "open_storage": ("area in use and lasting change", "open-storage zone"),
        "tank": ("lasting change of the ground", "tank zone"),
    }
)
"""Kind of zone -> what is measured there, and the zone in the singular."""

_SHARES = ("rail", "open_storage")
"""Kinds of zone of which a share is measured: only where their place is known well enough."""

_DRAWN: Mapping[str, str] = MappingProxyType(
    {
        "water": "the water in which ships are searched for, a polygon; without it water is read from each scene",
        "pier": "decks of piers, polygons",
        "berth": "a strip of water about 45 m wide along each quay, a polygon with azimuth_deg",
        "oil_berth": "a strip of water about 45 m wide along each oil jetty, a polygon with azimuth_deg",
        "yard": "ground where containers stand, polygons",
        "anchorage": "waters where ships wait, polygons",
        "rail": "tracks as lines (width_m is 15 m when not given), a yard as one MultiLineString or a polygon",
        "storage": "bunkers, revetments and sheds, polygons",
        "open_storage": "ground where goods lie in the open, polygons",
        "tank": "tank farms, polygons",
        "gate": "where wagons and lorries pass in, a line or point",
        "road": "roads within, lines",
    }
)
"""Kind of zone -> what to draw."""

_EXPECTED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "port": ("water", "berth", "pier", "yard", "anchorage"),
        "depot": ("rail", "storage", "open_storage", "gate", "road"),
        "railyard": ("rail", "open_storage", "storage", "gate"),
        "terminal": ("water", "oil_berth", "tank", "pier", "anchorage"),
    }
)
"""Kind of place -> the zones that make it one, the one that matters most first."""


_KNOWN = ("name", "source", "date", "uncertainty_m", "confidence", "note")
"""What a file should say of each zone."""


def measures(aoi: Aoi) -> tuple[str, ...]:
    """What is measured at a place, such as ``stays of ships at 11 berths``; empty where its zones allow nothing."""
    made = ["ships in its water"] if aoi.has_water else []
    for kind, (what, word) in _MEASURES.items():
        zones = aoi.of_kind(kind)
        number = sum(zone.is_located for zone in zones) if kind in _SHARES else len(zones)
        made += [f"{what} at {number} {word}{'' if number == 1 else 's'}"] if number else []
    return tuple(made)


def missing(aoi: Aoi) -> tuple[str, ...]:
    """Kinds of zones that a place of its kind has and its file lacks, the one to draw next first.

    Empty where nothing is missing, or the file does not say what kind of place it is.
    """
    return tuple(kind for kind in _EXPECTED.get(aoi.place, ()) if not aoi.of_kind(kind))


def how_to_draw(kind: str) -> str:
    """What to draw for a zone of a kind of `KINDS`, in a phrase; "" for one that no place lacks."""
    return _DRAWN.get(kind, "")


def started(document: Mapping[str, object], place: str) -> dict[str, object]:
    """A place's GeoJSON with its kind, and a comment on the zones that are expected there.

    Parameters
    ----------
    document : mapping of str to object
        As `as_collection` gives it: an outline, or zones as well.
    place : str
        One of `PLACE_KINDS`.

    Raises
    ------
    DataError
        There is no such kind of place.
    """
    if place not in PLACE_KINDS:
        raise DataError(f"{place!r} is no kind of place; use {', '.join(PLACE_KINDS)}")
    expected = [f"{kind}: {_DRAWN[kind]}" for kind in _EXPECTED[place]]
    comment = [
        f"A {place}: the polygon of kind aoi is the watched area. Add a feature for each zone, with kind, id and name,",
        "and say of each how it is known: source, date, uncertainty_m, confidence (high, medium or low) and note.",
        "Zones of a " + place + ", the most needed first:",
        *expected,
        "monitor doctor prints what is measured here and which zone to draw next.",
    ]
    members = {name: value for name, value in document.items() if name not in ("type", "comment", "place", "features")}
    features = [_with_blanks(feature) for feature in cast("list[Mapping[str, object]]", document["features"])]
    return {"type": "FeatureCollection", "place": place, "comment": comment, **members, "features": features}


def _with_blanks(feature: Mapping[str, object]) -> dict[str, object]:
    """A feature in which what should be known of it stands empty, to be filled in, where it is not given."""
    given = cast("Mapping[str, object]", feature.get("properties") or {})
    return {**feature, "properties": {**given, **{name: "" for name in _KNOWN if name not in given}}}
