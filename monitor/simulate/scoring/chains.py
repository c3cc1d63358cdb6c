"""Chains between places against the shipments of a season."""

from __future__ import annotations

import pandas as pd

from monitor.simulate.scoring.pairing import Figure, share
from monitor.simulate.scoring.rule import RULE

_LONG_AGO, _FAR_ON = pd.Timestamp("1990-01-01", tz="UTC"), pd.Timestamp("2100-01-01", tz="UTC")
_ENDS = ("from_aoi", "from_kind", "to_aoi", "to_kind")


def chain_figures(chains: pd.DataFrame, links: pd.DataFrame, truth: pd.DataFrame) -> list[Figure]:
    """Whether what CHAINS show above chance are places that shipments link, and whether CHAIN_LINKS are true links.

    Parameters
    ----------
    chains : CHAINS table
    links : CHAIN_LINKS table
    truth : DataFrame
        ``chain_links`` of the truth.

    Notes
    -----
    A chain is stated below a p-value of 0.05, corrected for all pairs compared where the table has it. Places are
    linked when three shipments or more went from the one to the other; zones count where both the chain and the truth
    name one. A link is right when a shipment left and came within its intervals. Recall is of the shipments of linked
    places whose departure some link of a chain holds.
    """
    true = truth[truth["to_aoi"] != ""]
    counts = {str(row.chain_id): _shipments(row, true) for row in chains.itertuples()}
    linked = chains["chain_id"].map({name: len(rows) >= RULE.chain_links for name, rows in counts.items()}).astype(bool)
    stated = chains["p_adjusted" if "p_adjusted" in chains else "p_value"] < RULE.chain_p
    followed = links[links["state"] == "followed"]
    right = [_shown(row, counts[row.chain_id]) for row in followed.itertuples() if row.chain_id in counts]
    could = {(name, n) for name, rows in counts.items() for n in _left_in(links[links["chain_id"] == name], rows)}
    found = {
        (row.chain_id, n)
        for row, shown in zip(followed[followed["chain_id"].isin(counts)].itertuples(), right, strict=True)
        for n in shown
    }
    return [
        ("chains", "linked places, stated", share(int((stated & linked).sum()), int(linked.sum())), int(linked.sum())),
        (
            "chains",
            "other places, stated",
            share(int((stated & ~linked).sum()), int((~linked).sum())),
            int((~linked).sum()),
        ),
        ("chain_links", "precision", share(sum(len(shown) > 0 for shown in right), len(right)), len(right)),
        ("chain_links", "recall of shipments", share(len(found & could), len(could)), len(could)),
    ]


def _shipments(chain: object, true: pd.DataFrame) -> pd.DataFrame:
    """The shipments between the places of a chain, by row."""
    mine = pd.Series(True, index=true.index)
    for column in _ENDS:
        mine &= true[column] == getattr(chain, column)
    for column in ("from_zone", "to_zone"):
        zone = getattr(chain, column)
        mine &= (true[column] == zone) | (zone == "") | (true[column] == "")
    return true[mine]


def _between(value: pd.Series, low: pd.Timestamp, high: pd.Timestamp) -> pd.Series:
    return value.between(_LONG_AGO if pd.isna(low) else low, _FAR_ON if pd.isna(high) else high)


def _shown(link: object, shipments: pd.DataFrame) -> set[int]:
    """The shipments that a link shows, by row of the truth."""
    left = _between(shipments["left_at"], getattr(link, "left_after"), getattr(link, "left_before"))  # noqa: B009
    came = _between(shipments["came_at"], getattr(link, "came_after"), getattr(link, "came_before"))  # noqa: B009
    return set(shipments.index[left & came])


def _left_in(links: pd.DataFrame, shipments: pd.DataFrame) -> set[int]:
    """The shipments whose departure a link of the chain holds."""
    held: set[int] = set()
    for row in links.itertuples():
        held |= set(shipments.index[_between(shipments["left_at"], row.left_after, row.left_before)])
    return held
