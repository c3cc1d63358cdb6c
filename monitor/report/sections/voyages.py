"""Voyages between ports, the links that compete with them, and shuttles."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from monitor.core.findings import likelihood_word
from monitor.core.geo.geodesy import METRES_PER_NAUTICAL_MILE
from monitor.core.tables import SHUTTLES, VOYAGE_LINKS, VOYAGES
from monitor.core.wording import hours, minute, number, plural
from monitor.fuse.voyages.told import WITHHELD
from monitor.report.page.blocks import Block, Cell, Section, Table, Text
from monitor.report.page.model import BriefInput

_MOST_VOYAGES, _MOST_LINKS, _MOST_RIVALS = 60, 12, 3
_LEAST_PROBABILITY = 0.05
_BY_CHANCE = "By chance: the probability that the same stays have with one port's observations moved in time."


def voyages(given: BriefInput) -> Section:
    """Shuttles known by the period's end, voyages that touch it, and what competes with those from imagery."""
    names = given.place_names
    made = touching(given)
    blocks: list[Block] = [_shuttles(given, names), _voyages(made, names)]
    rivals = _links(given, made, names)
    if rivals is not None:
        blocks.append(rivals)
    blocks.append(
        Text(
            (
                "A pair of stays from imagery is feasible in time, water and length; that it is one ship is "
                "inferred, and a "
                "ship of like length, or a call at a third port, explains it as well. Counts are lower bounds.",
            ),
            "limit",
        )
    )
    return Section("voyages", "Voyages and shuttles", tuple(blocks))


def touching(given: BriefInput) -> pd.DataFrame:
    """The VOYAGES that touch the period, in order of time."""
    return VOYAGES.within(given.tables[VOYAGES], given.period).sort_values(["departed_at", "voyage_id"])


def _voyages(made: pd.DataFrame, names: Mapping[str, str]) -> Table:
    rows = tuple(
        (
            Cell(f"{names.get(r.from_port, r.from_port)} → {names.get(r.to_port, r.to_port)}"),
            Cell(minute(r.departed_at)),
            Cell(minute(r.arrived_at)),
            Cell(hours(r.duration_h)),
            Cell("not known" if pd.isna(r.mmsi) else f"MMSI {r.mmsi}"),
            Cell("AIS" if r.evidence == "ais" else str(r.evidence)),
            Cell("on AIS" if r.evidence == "ais" else _word(r.probability)),
            Cell(number(r.by_chance, 2)),
            Cell("–" if pd.isna(r.silent_h) else hours(r.silent_h)),
        )
        for r in made.head(_MOST_VOYAGES).itertuples()
    )
    left = f" {len(made) - len(rows)} more are in the exports." if len(made) > len(rows) else ""
    return Table(
        "Voyages",
        (
            "From and to",
            "Left",
            "Arrived",
            "Lasted",
            "Vessel",
            "Evidence",
            "Likelihood",
            "By chance",
            "Longest silence",
        ),
        rows,
        f"Instants from imagery alone are the middle of their intervals. {_BY_CHANCE}{left}",
        numeric=(3, 7, 8),
        empty="None that the data at hand support.",
        compact=True,
    )


def _word(probability: float) -> str:
    return "–" if pd.isna(probability) else f"{likelihood_word(probability)} ({probability:.2f})"


def _links(given: BriefInput, made: pd.DataFrame, names: Mapping[str, str]) -> Table | None:
    """The links chosen for voyages from imagery, each with the best of those that compete for its ends."""
    links = given.tables[VOYAGE_LINKS]
    mine = made[made["evidence"] != "ais"]
    ends = set(zip(mine["from_visit"], mine["to_visit"], strict=True))
    pairs = pd.Series(list(zip(links["from_visit"], links["to_visit"], strict=True)), index=links.index, dtype=object)
    chosen = links[links["is_chosen"] & pairs.isin(list(ends))].sort_values("probability", ascending=False)
    rows = []
    for link in chosen.head(_MOST_LINKS).to_dict("records"):
        rivals = links[
            ((links["from_visit"] == link["from_visit"]) | (links["to_visit"] == link["to_visit"]))
            & ~links["is_chosen"]
            & (links["probability"] >= _LEAST_PROBABILITY)
        ].sort_values("probability", ascending=False)
        rows.append(_link_row(link, names, "chosen"))
        rows += [_link_row(row, names, "competes") for row in rivals.head(_MOST_RIVALS).to_dict("records")]
    if not rows:
        return None
    return Table(
        "Links from imagery and what competes with them",
        ("From and to", "Link", "Likelihood", "By chance", "At most", "Over", "Speed needed", "Note"),
        tuple(rows),
        f"A link joins a stay that ended to a stay that began elsewhere. A competing link shares one of its ends. "
        f"{_BY_CHANCE}",
        numeric=(3, 4, 5, 6),
        compact=True,
    )


def _link_row(link: Mapping[object, object], names: Mapping[str, str], word: str) -> tuple[Cell, ...]:
    value = {str(key): cell for key, cell in link.items()}
    ports = " → ".join(names.get(str(value[key]), str(value[key])) for key in ("from_port", "to_port"))
    miles = float(str(value["distance_m"])) / METRES_PER_NAUTICAL_MILE
    return (
        Cell(ports),
        Cell(word, "" if word == "chosen" else "part"),
        Cell(_word(float(str(value["probability"])))),
        Cell(number(float(str(value["by_chance"])), 2)),
        Cell(number(float(str(value["longest_h"])), 1, "h")),
        Cell(number(miles, 0, "nmi")),
        Cell(number(float(str(value["required_kn"])), 1, "kn")),
        Cell(str(value["reason"]) or "–"),
    )


def _told(legs: int, status: str) -> str:
    if status == WITHHELD:
        return "withheld: repeated inferences do not agree"
    return plural(legs, "leg") if legs else "none by itself"


def _shuttles(given: BriefInput, names: Mapping[str, str]) -> Table:
    made = given.tables[SHUTTLES]
    made = made[made["first"] < pd.Timestamp(given.period.end)]
    rows = []
    for r in made.sort_values(["first", "shuttle_id"]).itertuples():
        low, middle, high = (
            number(value, 0) for value in (r.crossings_low_90, r.crossings_median, r.crossings_high_90)
        )
        rows.append(
            (
                Cell(f"{names.get(r.port_a, r.port_a)} ⇄ {names.get(r.port_b, r.port_b)}"),
                Cell("–" if r.status == WITHHELD else f"{middle} ({low}–{high})"),
                Cell(_told(int(r.legs), str(r.status))),
                Cell(_word(r.probability)),
                Cell(number(r.by_chance, 2)),
                Cell(minute(r.first)),
                Cell(minute(r.last)),
                Cell(number(r.period_days, 1, "days")),
                Cell("not known" if pd.isna(r.mmsi) else f"MMSI {r.mmsi}"),
            )
        )
    return Table(
        "Shuttles: the same pair of ports again and again",
        ("Ports", "Crossings (90 %)", "Legs shown", "Likelihood", "By chance", "First", "Last", "Rhythm", "Vessel"),
        tuple(rows),
        "One row a ship. By chance: the mean probability with one port's observations moved in time, which is what "
        "unrelated ships give.",
        numeric=(4, 7),
        compact=True,
        empty="No shuttle is shown by the data at hand. Where observations are days apart, legs can go unseen.",
    )
