"""Rail zones, storage and changes of the ground against a season's truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from shapely import area, intersection, union

from monitor.core.arrays import Floats
from monitor.simulate.scoring.pairing import Figure, Tables, f1, pair_visits, share
from monitor.simulate.scoring.rule import RULE

_OPEN_END = pd.Timestamp("2100-01-01", tz="UTC")
_LONG_AGO = pd.Timestamp("1990-01-01", tz="UTC")
_NAMES = {"rail": "rail", "open_storage": "open storage"}


def state_figures(states: pd.DataFrame, truth: pd.DataFrame) -> list[Figure]:
    """Error of the shares of LAND_STATES, whether their intervals hold the truth, and whether hidden zones are said so.

    Parameters
    ----------
    states : LAND_STATES table
    truth : DataFrame
        ``land_states`` of the truth.

    Notes
    -----
    A zone is clear where 0.7 of it was not hidden and less than 0.2 of open ground lay under snow; the error is that of
    clear zones for which a share is stated. Beside it stands the error of whoever states each zone's mean over the
    season, knowing it: an answer that is no better says nothing.
    """
    columns = ["scene_id", "zone_id", "kind", "share", "observed", "snow"]
    both = truth[columns].merge(states, on=["scene_id", "zone_id"], how="left", suffixes=("_true", ""))
    clear = (both["observed"] >= RULE.clear) & (both["snow"] < RULE.snowed)
    figures: list[Figure] = []
    for kind, name in _NAMES.items():
        mine = both[clear & (both["kind_true"] == kind)]
        stated = mine[mine["share"].notna()]
        off = (stated["share"] - stated["share_true"]).abs()
        flat = (stated["share_true"] - stated.groupby("zone_id")["share_true"].transform("mean")).abs()
        by_zone = off.groupby(stated["zone_id"]).mean()
        slack = RULE.share_slack
        inside = stated["share_true"].between(stated["share_low"] - slack, stated["share_high"] + slack)
        figures += [
            ("land_states", f"{name}, mean absolute error", _mean(off), len(off)),
            ("land_states", f"{name}, worst zone's mean error", float(by_zone.max()), len(by_zone)),
            ("land_states", f"{name}, error of each zone's mean", _mean(flat), len(flat)),
            ("land_states", f"{name}, interval holds the truth", share(int(inside.sum()), len(inside)), len(inside)),
            ("land_states", f"{name}, clear, with a share", share(len(stated), len(mine)), len(mine)),
        ]
    hidden = both[both["observed"] < RULE.hidden]
    said = (hidden["state"] == "not observed") & hidden["share"].isna()
    return [*figures, ("land_states", "hidden, said not observed", share(int(said.sum()), len(hidden)), len(hidden))]


def change_figures(changes: pd.DataFrame, truth: Tables) -> list[Figure]:
    """Precision, recall and intervals of LAND_CHANGES, and false alarms a place and year.

    Parameters
    ----------
    changes : LAND_CHANGES table
    truth : mapping of str to DataFrame
        The tables of `simulate.truth`.

    Notes
    -----
    Claims of 0.5 ha and more are paired one to one with true changes of any size in the same AOI, by the largest sum
    of intersection over union; a pair has 0.3 of it at least, and shares an instant: the claim's interval from
    `began_after` to `last_seen` with the time in which the change was there. Claims without a pair are false. Those to
    be found are the true changes of 0.5 ha and more, not upon an earlier one, with a clear observation before and two
    after. A false alarm counts as beside a harvest, a flood, snow or smoke where that happened within 16 days of its
    onset and covers 0.3 of it.
    """
    made = changes[changes["area_m2"] >= RULE.change_m2].reset_index(drop=True)
    true = truth["land_changes"].reset_index(drop=True)
    pairs = pair_changes(made, true)
    wanted = (true["area_m2"] >= RULE.change_m2) & (true["upon"] == "")
    wanted &= (true["clear_before"] >= 1) & (true["clear_after"] >= RULE.change_observations)
    could = set(np.flatnonzero(wanted))
    precision, recall = share(len(pairs), len(made)), share(len(could & set(pairs.values())), len(could))
    onset = [_holds(made, i, true.loc[j, "began_at"], "began_after", "began_before") for i, j in pairs.items()]
    sizes = [_holds(made, i, true.loc[j, "area_m2"], "area_low_m2", "area_high_m2") for i, j in pairs.items()]
    kinds = [made.loc[i, "kind"] == true.loc[j, "kind"] for i, j in pairs.items()]
    false = made.drop(index=list(pairs))
    years = _place_years(truth["land_states"])
    return [
        ("land_changes", "precision", precision, len(made)),
        ("land_changes", "recall of observable", recall, len(could)),
        ("land_changes", "F1", f1(precision, recall), len(could)),
        ("land_changes", "onset intervals hold the truth", share(sum(onset), len(onset)), len(onset)),
        ("land_changes", "area intervals hold the truth", share(sum(sizes), len(sizes)), len(sizes)),
        ("land_changes", "kind right", share(sum(kinds), len(kinds)), len(kinds)),
        ("land_changes", "false alarms a place and year", len(false) / years if years else float("nan"), len(false)),
        *_beside(false, truth["land_nuisances"]),
    ]


def pair_changes(made: pd.DataFrame, true: pd.DataFrame) -> dict[int, int]:
    """Row positions of LAND_CHANGES -> of the true changes, one to one; see `change_figures`."""
    if not len(made) or not len(true):
        return {}
    one, other = made.geometry.to_numpy()[:, None], true.geometry.to_numpy()[None, :]
    gain: Floats = area(intersection(one, other)) / area(union(one, other))
    gain[made["aoi_id"].to_numpy()[:, None] != true["aoi_id"].to_numpy()[None, :]] = 0.0
    begins, ends = made["began_after"].fillna(_LONG_AGO).to_numpy(), made["last_seen"].to_numpy()
    gone = true["ended_at"].fillna(_OPEN_END).to_numpy()
    apart = (ends[:, None] < true["began_at"].to_numpy()[None, :]) | (begins[:, None] > gone[None, :])
    gain[apart | (gain < RULE.overlap)] = 0.0
    rows, cols = linear_sum_assignment(-gain)
    return {int(i): int(j) for i, j in zip(rows, cols, strict=True) if gain[i, j] > 0}


def oil_figures(visits: pd.DataFrame, truth: Tables) -> list[Figure]:
    """Precision, recall and F1 of stays at oil berths.

    Parameters
    ----------
    visits : VISITS table
    truth : mapping of str to DataFrame
        The tables of `simulate.truth`.
    """
    zones = truth["zones"]
    berths = set(zones.loc[zones["kind"] == "oil_berth", "zone_id"])
    made, true = (table[table["berth_id"].isin(berths)].reset_index(drop=True) for table in (visits, truth["visits"]))
    pairs = pair_visits(made, true)
    could = set(np.flatnonzero(true["clear_observations"] > 0))
    precision, recall = share(len(pairs), len(made)), share(len(could & set(pairs.values())), len(could))
    return [
        ("oil_stays", "precision", precision, len(made)),
        ("oil_stays", "recall of observable", recall, len(could)),
        ("oil_stays", "F1", f1(precision, recall), len(could)),
    ]


def _mean(values: pd.Series) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _holds(made: pd.DataFrame, row: int, value: object, low: str, high: str) -> bool:
    """Whether an interval of a claim holds a value; a bound that is missing is open."""
    least, most = made.loc[row, low], made.loc[row, high]
    return bool((pd.isna(least) or least <= value) and (pd.isna(most) or value <= most))


def _place_years(states: pd.DataFrame) -> float:
    """Years between the first and the last observation of each place, added up."""
    spans = states.groupby("aoi_id")["acquired_at"].agg(lambda t: t.max() - t.min())
    return float(spans.sum() / pd.Timedelta(days=365.25)) if len(spans) else 0.0


def _beside(false: pd.DataFrame, nuisances: pd.DataFrame) -> list[Figure]:
    """How many false alarms have which nuisance beside them; one may have several."""
    made: list[Figure] = []
    apart = pd.Timedelta(days=RULE.nuisance_days)
    for kind in ("harvest", "flood", "snow", "smoke"):
        mine = nuisances[nuisances["kind"] == kind]
        count = 0
        for claim in false.itertuples():
            begins = _LONG_AGO if pd.isna(claim.began_after) else claim.began_after
            near = (mine["aoi_id"] == claim.aoi_id) & (mine["start"] - apart <= claim.began_before)
            near &= mine["end"] + apart >= begins
            covered = area(intersection(mine.loc[near].geometry.to_numpy(), claim.geometry)) / claim.geometry.area
            count += bool((covered >= RULE.overlap).any())
        made.append(("land_changes", f"false alarms beside {kind}", float(count), len(false)))
    return made
