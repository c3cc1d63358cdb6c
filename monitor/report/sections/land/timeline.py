"""What the one timeline has of land: ground that changed, and links of the chains that beat chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from monitor.core.tables import CHAIN_LINKS, CHAINS, LAND_CHANGES
from monitor.core.tables.aviation import TIMELINE
from monitor.core.wording import minute
from monitor.fuse.findings.land import wording
from monitor.fuse.findings.land.chains import beats_chance
from monitor.fuse.findings.rules import FindingRule

_RULE = FindingRule().land


def change_rows(changes: pd.DataFrame) -> pd.DataFrame:
    """TIMELINE rows (lane ``ground``) of the LAND_CHANGES that are likely, over the interval in which each began."""
    made = LAND_CHANGES.conform(changes)
    made = made[made["probability"] >= _RULE.least_probability]
    rows = []
    for row in made.to_dict("records"):
        area = wording.hectares((row["area_m2"], row["area_low_m2"], row["area_high_m2"]))
        words = f"{wording.ground_word(row['kind'])}, {area}, began between the two observations.".capitalize()
        evidence, others = row["change_id"], row["alternatives"]
        start, end = row["began_after"], row["began_before"]
        rows.append((evidence, start, end, "ground", row["aoi_id"], row["zone_id"], row["kind"], words, "", others))
    return _table(rows)


def chain_rows(chains: pd.DataFrame, links: pd.DataFrame, *, names: Mapping[str, str]) -> pd.DataFrame:
    """TIMELINE rows (lane ``chain``) of the links that were followed, of the chains that beat chance.

    From the earliest departure to the latest arrival that the observations allow; never evidence of cause.

    Parameters
    ----------
    chains : CHAINS table
    links : CHAIN_LINKS table
    names : mapping of str to str
        What the places are called, by id.
    """
    rows = []
    for link in followed(chains, links).to_dict("records"):
        first, then = (names.get(link[end], link[end]) for end in ("from_aoi", "to_aoi"))
        words = (
            f"{link['from_kind'].capitalize()}, {first}, by {minute(link['left_before'])}; "
            f"{link['to_kind']}, {then}, by {minute(link['came_before'])}. {wording.CHAIN_CAVEAT}"
        )
        ends, evidence = f"{link['from_aoi']} {link['to_aoi']}", f"{link['left_evidence']} {link['came_evidence']}"
        start, end = link["left_after"], link["came_before"]
        rows.append((link["link_id"], start, end, "chain", ends, link["chain_id"], "", words, evidence, ""))
    return _table(rows)


def followed(chains: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """The CHAIN_LINKS that were followed, of the CHAINS that beat chance, with the ends and kinds of their chain."""
    tested = CHAINS.conform(chains)
    strong = tested[tested["p_adjusted"].notna() & beats_chance(tested, _RULE)]
    made = CHAIN_LINKS.conform(links)
    ends = strong[["chain_id", "from_aoi", "from_kind", "to_aoi", "to_kind"]]
    return made[made["state"] == "followed"].merge(ends, on="chain_id").sort_values(["left_after", "link_id"])


def _table(rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    if not rows:
        return TIMELINE.empty()
    table = pd.DataFrame(rows, columns=list(TIMELINE.columns))
    for column in ("start", "end"):
        table[column] = pd.to_datetime(table[column], utc=True).astype("datetime64[us, UTC]")
    return TIMELINE.conform(table.sort_values(["start", "row_id"], kind="stable"))
