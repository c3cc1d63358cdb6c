"""Single container boxes by yard and stack, where the pixels of an observation show them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from monitor.core.aoi import Aoi
from monitor.core.scenes.sensors import sensor
from monitor.core.tables import CONTAINER_COUNTS
from monitor.core.wording import minute, plural
from monitor.report.page.blocks import Cell, Section, Table, Text
from monitor.report.page.model import BriefInput
from monitor.report.page.wording import FINE_LIMIT

_MOST_STACKS = 40


def containers(given: BriefInput, aoi: Aoi) -> tuple[Section, ...]:
    """Counts of the period's observations with fine pixels, newest first; nothing where there is none.

    Parameters
    ----------
    given : BriefInput
        What the brief states.
    aoi : Aoi
        The port.
    """
    made = CONTAINER_COUNTS.within(given.tables[CONTAINER_COUNTS], given.period)
    made = made[made["aoi_id"] == aoi.id]
    if made.empty:
        return ()
    made = made.sort_values(["acquired_at", "yard_id", "place_id"], ascending=[False, True, True])
    names = {zone.id: zone.name or zone.id for zone in aoi.of_kind("yard")} | {"": "outside the drawn yards"}
    name = aoi.name or aoi.id
    columns = ("Yard", "Observation", "Boxes seen", "of 40 ft", "On top", "Containers", "Change", "Model's error")
    yards = Table(
        f"{name}: container boxes by yard and observation",
        columns,
        tuple(_row(row, names, names[row["yard_id"]]) for row in made[made["kind"] == "yard"].to_dict("records")),
        "Boxes seen from above. On top: with slots that show none and, where measured, the model's false and missed "
        "ones. Containers: on up to three tiers. Change: since the last observation by the same sensor that showed the "
        "whole yard.",
        numeric=(2, 3),
        compact=True,
        empty="The port's file names no yards; boxes are counted by stack.",
    )
    of_stacks = made[made["kind"] == "stack"]
    stacks = Table(
        f"{name}: container boxes by stack",
        ("Stack", *columns[1:]),
        tuple(_row(row, names, row["place_id"]) for row in of_stacks.head(_MOST_STACKS).to_dict("records")),
        f"{len(of_stacks) - _MOST_STACKS} more are in the exports." if len(of_stacks) > _MOST_STACKS else "",
        numeric=(2, 3),
        compact=True,
        empty="No box was marked.",
    )
    words = (_measured(made), FINE_LIMIT)
    return (Section(f"{aoi.id}-containers", "Containers counted", (yards, stacks, Text(words, "limit"))),)


def _row(row: Mapping[Hashable, Any], names: Mapping[str, str], place: str) -> tuple[Cell, ...]:
    at = f"{minute(row['acquired_at'])}, {sensor(row['sensor']).name}"
    head = (Cell(place), Cell(at if row["kind"] == "yard" else f"{at}, {names[row['yard_id']]}"))
    if pd.isna(row["boxes_seen"]):
        return (*head, Cell("not observed", "none"), *(Cell("–") for _ in range(5)))
    part = row["state"] == "partly" and row["kind"] == "yard"
    return (
        *head,
        Cell(f"{row['boxes_seen']}{' (seen in part)' if part else ''}", "part" if part else ""),
        Cell(str(row["long_boxes"])),
        Cell(f"{row['boxes_low']:.0f}–{row['boxes_high']:.0f}"),
        Cell(f"{row['boxes_low']:.0f}–{row['containers_high']:.0f}"),
        Cell(_change(row)),
        Cell(str(row["error"]), "" if row["error"] == "measured" else "part"),
    )


def _change(row: Mapping[Hashable, Any]) -> str:
    if pd.isna(row["change"]):
        return "–"
    low, high = row["change_low"], row["change_high"]
    if low == high == 0:
        return "none"
    shown = "" if low > 0 or high < 0 else ", none shown"
    return f"{row['change']:+d} ({low:+.0f} to {high:+.0f}){shown}"


def _measured(made: pd.DataFrame) -> str:
    """What the bounds rest on, sensor by sensor."""
    lacking = sorted({sensor(kind).name for kind in made.loc[made["error"] != "measured", "sensor"]})
    observations = plural(made["scene_id"].nunique(), "observation")
    if not lacking:
        return f"{observations}; the model's own error was measured and is in the bounds."
    return (
        f"{observations}; no error with single boxes was measured for the model of {', '.join(lacking)}: false and "
        "missed boxes are not in the bounds. `monitor evaluate` on labelled scenes measures it."
    )
