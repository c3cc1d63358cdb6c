"""Places and their zones: what a place is made of decides what is watched there."""

from __future__ import annotations

from dataclasses import dataclass

from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from monitor.core.errors import DataError
from monitor.core.geo.geodesy import WGS84, reproject, utm_epsg

BERTH_KINDS = ("berth", "oil_berth")
"""Zones where ships lie alongside."""
LAND_KINDS = ("rail", "storage", "open_storage", "tank")
"""Zones on land whose cover, and its change, is watched."""
WATCHED_KINDS = (*BERTH_KINDS, "yard", "anchorage", *LAND_KINDS)
"""Zones that have a row of their own in COVERAGE, in its order."""
KINDS = (
    "aoi",
    "aoi_wide",
    "water",
    "pier",
    "berth",
    "oil_berth",
    "yard",
    "anchorage",
    "gate",
    "rail",
    "storage",
    "open_storage",
    "tank",
    "road",
    "site",
    "island",
    "reference_point",
    "alternative",
)
POLYGONS = frozenset(KINDS) - {"gate", "rail", "road", "reference_point"}
"""Kinds that are areas; a gate or a road may be a line or a point as well, a track a line."""
_AT_SEA = frozenset({"water", "pier", "anchorage", *BERTH_KINDS})
PLACE_KINDS = ("port", "depot", "railyard", "terminal")
"""What a place may say that it is, so that the zones that it lacks can be named."""
_WET_PLACES, _DRY_PLACES = frozenset({"port", "terminal"}), frozenset({"depot", "railyard"})
WHOLE_KINDS = ("water", "aoi")
"""Kinds of the COVERAGE row of a whole place: its water, or the watched area of a place that has none."""
LOCATED_M = 50.0
"""Of a zone whose outline may be off by more, no share in use is measured: it is ground in which tracks or goods lie.
Chosen: a siding is some 20 to 50 m wide."""
TRACK_WIDTH_M = 15.0
"""Width of the ground along a line that is watched as its zone, where its own `width_m` is not given.

Chosen: a train and the ballast beside it are one and a half pixels of Sentinel-2.
"""


@dataclass(frozen=True, slots=True)
class Zone:
    """One feature of a place.

    Attributes
    ----------
    id : str
        Unique within the file.
    kind : str
        One of `KINDS`.
    name : str
        As analysts call it; the id when the file gives none.
    geometry : BaseGeometry
        In EPSG:4326.
    source, confidence, date, note : str
        Where the outline comes from, and when; "" when not given.
    uncertainty_m : float, optional
        How far the outline may be off.
    azimuth_deg : float, optional
        Of a quay face, clockwise from true north.
    length_m : float, optional
        Of a quay.
    width_m : float, optional
        Of the ground along a line, such as a track; `TRACK_WIDTH_M` when not given.
    """

    id: str
    kind: str
    name: str
    geometry: BaseGeometry
    source: str = ""
    uncertainty_m: float | None = None
    confidence: str = ""
    date: str = ""
    note: str = ""
    azimuth_deg: float | None = None
    length_m: float | None = None
    width_m: float | None = None

    @property
    def outline(self) -> BaseGeometry:
        """The ground that is watched, in EPSG:4326: an area, a line with its `width_m` around it, or a point."""
        if self.geometry.geom_type not in ("LineString", "MultiLineString"):
            return self.geometry
        middle = self.geometry.centroid
        epsg, width = utm_epsg(middle.x, middle.y), TRACK_WIDTH_M if self.width_m is None else self.width_m
        return reproject(reproject(self.geometry, WGS84, epsg).buffer(width / 2.0, cap_style="flat"), epsg, WGS84)

    @property
    def is_located(self) -> bool:
        """Whether its outline is good to `LOCATED_M`, so that shares of it mean something, or nothing says how good."""
        return self.uncertainty_m is None or self.uncertainty_m <= LOCATED_M

    @property
    def title(self) -> str:
        """The name, with the kind where it is an oil berth among berths: ``Jetty 2 (oil berth)``."""
        return f"{self.name} ({self.kind_words})" if self.kind == "oil_berth" else self.name

    @property
    def kind_words(self) -> str:
        """The kind for people: ``oil berth``."""
        return self.kind.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Aoi:
    """A place: the watched area and the zones within; a port, a yard, a depot or a terminal.

    Attributes
    ----------
    id : str
        The name of its file.
    name : str
        For people.
    geometry : Polygon or MultiPolygon
        The watched area in EPSG:4326.
    zones : tuple of Zone
        In the file's order, the watched area among them.
    epsg : int
        Of the UTM zone in which the port's scenes are stored.
    timezone : str
        IANA name for local times in a brief.
    attribution, country : str
        "" when not given.
    place : str
        One of `PLACE_KINDS`, "" when the file does not say.
    """

    id: str
    name: str
    geometry: Polygon | MultiPolygon
    zones: tuple[Zone, ...]
    epsg: int
    timezone: str = "UTC"
    attribution: str = ""
    country: str = ""
    place: str = ""

    def of_kind(self, kind: str) -> tuple[Zone, ...]:
        """The zones of one kind, in the file's order; empty when there are none."""
        return tuple(zone for zone in self.zones if zone.kind == kind)

    def zone(self, zone_id: str) -> Zone:
        """The zone of that id.

        Raises
        ------
        DataError
            There is none.
        """
        for zone in self.zones:
            if zone.id == zone_id:
                return zone
        raise DataError(f"AOI {self.id}: no zone {zone_id!r}; there are {', '.join(z.id for z in self.zones)}")

    @property
    def berths(self) -> tuple[Zone, ...]:
        """The zones where ships lie alongside: berths and oil berths, in the file's order."""
        return tuple(zone for zone in self.zones if zone.kind in BERTH_KINDS)

    @property
    def watched(self) -> tuple[Zone, ...]:
        """The zones that have a row of their own in COVERAGE, by `WATCHED_KINDS`; empty when there are none."""
        return tuple(zone for kind in WATCHED_KINDS for zone in self.of_kind(kind))

    @property
    def has_water(self) -> bool:
        """Whether ships are searched for: a zone lies at the water, or nothing says that the place is on land.

        A place is on land where it says that it is a depot or railyard, or says nothing and has `LAND_KINDS` alone.
        """
        kinds = {zone.kind for zone in self.zones}
        if kinds & _AT_SEA or self.place in _WET_PLACES:
            return True
        return self.place not in _DRY_PLACES and not kinds & set(LAND_KINDS)

    @property
    def whole(self) -> tuple[str, BaseGeometry]:
        """Kind and ground of a whole place's COVERAGE row: ``water``, or ``aoi`` where ships are not searched for.

        The watched area stands for the water where the file has no water zones.
        """
        if not self.has_water:
            return "aoi", self.geometry
        return "water", self.geometry if self.water is None else self.water

    @property
    def water(self) -> BaseGeometry | None:
        """The union of the water zones; None without, and then it is read from the scene where `has_water`."""
        water = self.of_kind("water")
        return unary_union([zone.geometry for zone in water]) if water else None

    @property
    def has_berths(self) -> bool:
        """Whether the file names berths or oil berths."""
        return bool(self.berths)
