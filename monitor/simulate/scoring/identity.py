"""Stated identities of ships against a season's truth."""

from __future__ import annotations

import pandas as pd

from monitor.simulate.scoring.pairing import Figure, Tables, pair_visits, sent_numbers, share

ANOTHER = "another ship"
"""The candidate that stands for every ship that no list names."""
_NAMED, _BY_AIS = "identified by", "identified by AIS"


def identity_figures(identity: pd.DataFrame, visits: pd.DataFrame, truth: Tables) -> list[Figure]:
    """Names that no evidence supports, and whether the true ship is among the candidates of a stay.

    Parameters
    ----------
    identity : IDENTITY table
    visits : VISITS table
        Its ids are the subjects.
    truth : mapping of str to DataFrame
        The tables of `simulate.truth`.

    Notes
    -----
    A name is supported when its wording names a reviewer, or AIS for a stay that has an MMSI. A true ship
    that no row of the table lists, by name or MMSI, is rightly covered by "another ship"; one that is listed
    elsewhere is not.
    """
    by_ais = set(visits.loc[visits["mmsi"].notna(), "visit_id"])
    named = identity[identity["wording"].str.contains(_NAMED, regex=False)]
    ais = named["wording"].str.contains(_BY_AIS, regex=False)
    wrongly = named[ais & ~named["subject_id"].isin(by_ais)]
    others = named[~ais & ~named["wording"].str.contains("a reviewer", regex=False)]
    names = truth["vessels"].drop_duplicates("mmsi").set_index("mmsi")["name"].to_dict()
    sent = sent_numbers(truth["vessels"])
    true = truth["visits"].reset_index(drop=True)
    listed = set(identity["candidate"]) | {int(m) for m in identity["mmsi"].dropna()}
    among, given, right = [], [], []
    for row, other in pair_visits(visits.reset_index(drop=True), true).items():
        mine = identity[identity["subject_id"] == visits["visit_id"].iloc[row]]
        if mine.empty:
            continue
        own = int(true.loc[other, "mmsi"])
        number, name = sent.get(own, own), names.get(own, "")
        hit = (mine["candidate"] == name) | (mine["mmsi"] == number).fillna(False).astype(bool)
        if not hit.any() and not {name, number} & listed:
            hit = mine["candidate"] == ANOTHER
        among.append(bool(hit.any()))
        given.append(float(mine.loc[hit, "probability"].sum()))
        if mine["wording"].str.contains(_BY_AIS, regex=False).any():
            right.append(bool((mine["mmsi"] == number).any()))
    mean = sum(given) / len(given) if given else float("nan")
    return [
        ("identity", "named without AIS or a reviewer", float(len(wrongly) + len(others)), len(identity)),
        ("identity", "true ship among the candidates", share(sum(among), len(among)), len(among)),
        ("identity", "probability given to it, mean", mean, len(given)),
        ("identity", "named by AIS, rightly", share(sum(right), len(right)), len(right)),
    ]


def candidate_figures(candidates: pd.DataFrame, dark: pd.DataFrame, truth: Tables, pairs: pd.Series) -> list[Figure]:
    """Whether the ship that lay there is among the candidates of a dark event, and first of them.

    Parameters
    ----------
    candidates : GAP_CANDIDATES table
    dark : DARK_EVENTS table
    truth : mapping of str to DataFrame
        The tables of `simulate.truth`.
    pairs : Series
        The true MMSI by ``detection_id``, of `pair_vessels`.

    Notes
    -----
    Judged are events that have candidates and whose ship had switched its AIS off at that instant.
    """
    sent, off = sent_numbers(truth["vessels"]), truth["dark_intervals"]
    among, first = [], []
    for event in dark.itertuples():
        mine = candidates[candidates["event_id"] == event.event_id]
        own = int(pairs.get(event.detection_id, 0))
        silent = off[(off["mmsi"] == own) & (off["start"] <= event.acquired_at) & (off["end"] > event.acquired_at)]
        if mine.empty or silent.empty:
            continue
        hit = mine["mmsi"] == sent.get(own, own)
        among.append(bool(hit.any()))
        first.append(bool((hit & (mine["rank"] == 1)).any()))
    return [
        ("gap_candidates", "right ship among them", share(sum(among), len(among)), len(among)),
        ("gap_candidates", "right ship first", share(sum(first), len(first)), len(first)),
    ]
