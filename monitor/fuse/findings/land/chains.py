"""Findings on chains: what follows what more often than chance gives."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import pandas as pd

from monitor.core.aoi import Aoi
from monitor.core.findings import Finding
from monitor.core.tables import CHAIN_LINKS, CHAINS
from monitor.core.tableset import TableSet
from monitor.core.timerange import TimeRange
from monitor.core.wording import plural
from monitor.fuse.findings.land import wording
from monitor.fuse.findings.land.rules import LandFindingRule


def chain_findings(
    aois: Collection[Aoi], tables: TableSet, *, period: TimeRange, rule: LandFindingRule | None = None
) -> Iterator[Finding]:
    """The chains that beat chance after the correction for all comparisons, and have a part in a period.

    Parameters
    ----------
    aois : collection of Aoi
        Name the places; an airfield goes by its id.
    tables : TableSet
        CHAINS and CHAIN_LINKS.
    period : TimeRange
        What the findings are about.
    rule : LandFindingRule, optional
    """
    rule = rule or LandFindingRule()
    names = {aoi.id: aoi.name or aoi.id for aoi in aois}
    found = CHAINS.within(tables[CHAINS], period)
    links = tables[CHAIN_LINKS]
    for row in found[beats_chance(found, rule)].to_dict("records"):
        places = tuple(names.get(str(row[key]), str(row[key])) for key in ("from_aoi", "to_aoi"))
        numbers = [float(str(row[f"chance_{name}"])) for name in ("followed", "low", "high")]
        days = [float(str(row[f"fit_{name}_days"])) for name in ("low", "high")]
        departures, adjusted = int(str(row["departures"])), float(str(row["p_adjusted"]))
        is_sure = adjusted <= rule.sure_chain_level and departures >= rule.many_departures
        unseen = int(str(row["not_observable"]))
        tested = wording.chance_of_chain(float(str(row["p_value"])), adjusted, int(str(row["comparisons"])))
        hidden = (f"{plural(unseen, 'further departure')} of which nothing could be observed",) if unseen else ()
        mine = links[(links["chain_id"] == row["chain_id"]) & (links["state"] == "followed")]
        yield Finding(
            str(row["chain_id"]),
            "chain",
            str(row["from_aoi"]),
            pd.Timestamp(str(row["first"])).to_pydatetime(),
            pd.Timestamp(str(row["last"])).to_pydatetime(),
            wording.chain(
                (str(row["from_kind"]), str(row["to_kind"])),
                (places[0], places[1]),
                (float(str(row["followed"])), departures),
                (*numbers, *days),
            ),
            "",
            "moderate" if is_sure else "low",
            (tested, *hidden, wording.CHAIN_CAVEAT.rstrip(".")),
            tuple(mine["link_id"].astype(str)),
            wording.CHAIN_ALTERNATIVES,
        )


def beats_chance(chains: pd.DataFrame, rule: LandFindingRule) -> pd.Series:
    """Whether each row of CHAINS passes after the correction, with more followed than chance gives."""
    return (chains["p_adjusted"] <= rule.chain_level) & (chains["followed"] > chains["chance_followed"])
