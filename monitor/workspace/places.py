"""The places of a workspace: what is measured at each by its zones, and which zone to draw next."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from monitor.core.aoi import Aoi, how_to_draw, measures, missing, read_aoi
from monitor.core.errors import DataError
from monitor.core.wording import plural


@dataclass(frozen=True, slots=True)
class PlaceReport:
    """One place.

    Attributes
    ----------
    id : str
        Of the place.
    measured : tuple of str
        What is measured there; empty where its zones allow nothing.
    draw_next : str
        The zone to draw next and how; "" where none is missing or the file does not say what kind of place it is.
    vague : int
        Watched zones of low confidence.
    fault : str
        Why the file could not be read, "" where it could.
    """

    id: str
    measured: tuple[str, ...] = ()
    draw_next: str = ""
    vague: int = 0
    fault: str = ""

    @property
    def text(self) -> str:
        """What is measured, in a line."""
        if self.fault:
            return self.fault
        vague = f"; {plural(self.vague, 'zone')} of low confidence: redraw before use" if self.vague else ""
        return ("; ".join(self.measured) or "nothing is measured") + vague

    def as_row(self) -> dict[str, object]:
        """For a table or JSON."""
        return {
            "place": self.id,
            "measured": list(self.measured),
            "draw_next": self.draw_next,
            "low_confidence": self.vague,
            "fault": self.fault,
        }


def report_places(folder: Path) -> tuple[PlaceReport, ...]:
    """The places in a folder's ``*.geojson`` files, by id, those that cannot be read among them."""
    return tuple(_of_file(path) for path in sorted(folder.glob("*.geojson")))


def _of_file(path: Path) -> PlaceReport:
    try:
        return _of(read_aoi(path))
    except DataError as error:
        return PlaceReport(path.stem, fault=str(error))


def _of(aoi: Aoi) -> PlaceReport:
    lacking = missing(aoi)
    vague = sum(zone.confidence == "low" for zone in aoi.watched)
    return PlaceReport(aoi.id, measures(aoi), f"{lacking[0]}: {how_to_draw(lacking[0])}" if lacking else "", vague)
