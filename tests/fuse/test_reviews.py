from __future__ import annotations

import pandas as pd
from shapely.affinity import translate

from monitor.core.scenes.scene import Acquisition
from monitor.core.tables import DETECTIONS, MATCHES, REVIEWS
from monitor.fuse.dark.events import dark_events
from monitor.fuse.dark.rules import DarkRule
from monitor.fuse.matching.match import match
from monitor.fuse.matching.versions import latest, revise
from monitor.fuse.reviews import ReviewDecisions, decisions, without
from tests.fuse.conftest import AT, Found, Track

PLACE, FAR = (130.3, 42.2), (130.35, 42.25)


def decided(*rows: tuple[str, str, str], stands: bool = True) -> pd.DataFrame:
    """REVIEWS of (subject, decision, detection ids)."""
    return REVIEWS.conform(
        pd.DataFrame(
            [
                {
                    "review_id": f"r{n}",
                    "at": pd.Timestamp(AT),
                    "subject": s,
                    "decision": d,
                    "who": "Kim",
                    "note": "",
                    "detection_ids": ids,
                    "undoes": "",
                    "stands": stands,
                }
                for n, (s, d, ids) in enumerate(rows)
            ]
        )
    )


def full(ships: pd.DataFrame, zone: str = "open") -> pd.DataFrame:
    """The ships with every column of DETECTIONS."""
    more = {
        "scene_id": "S2_1",
        "aoi_id": "rajin",
        "sensor": "s2",
        "class_name": "vessel",
        "score": 0.9,
        "length_m": 100.0,
        "length_low_m": 90.0,
        "length_high_m": 110.0,
        "axis_deg": 0.0,
        "area_m2": float("nan"),
        "zone": zone,
        "zone_id": "",
        "detector": "made",
    }
    return DETECTIONS.conform(ships.assign(**more))


def test_what_was_taken_back_changes_nothing() -> None:
    assert decisions(decided(("a", "reject", "a"), stands=False)) == ReviewDecisions()


def test_the_later_word_on_a_detection_holds() -> None:
    reviewed = decisions(decided(("visit", "fixed", "a b"), ("a", "keep", "a")))
    assert reviewed.kept == {"a"}
    assert reviewed.set_aside == {"b"}


def test_a_rejected_statement_takes_no_detection_with_it() -> None:
    reviewed = decisions(decided(("visit", "reject", "")))
    assert reviewed.statements == {"visit"}
    assert not reviewed.set_aside


def test_a_fixed_object_in_open_water_is_set_aside_in_other_observations_too(found: Found) -> None:
    first, second = full(found(PLACE, FAR)), full(found(PLACE, FAR))
    second = second.assign(detection_id=[f"later-{n}" for n in range(2)], scene_id="S2_2")
    second["geometry"] = [translate(g, 0.0002, 0.0) for g in second["geometry"]]
    both = DETECTIONS.conform(pd.concat([first, second], ignore_index=True))
    name = str(first["detection_id"].iloc[0])
    left = without(both, decisions(decided((name, "fixed", name)), both))
    assert set(left["detection_id"]) == {str(first["detection_id"].iloc[1]), "later-1"}


def test_a_fixed_object_at_a_berth_hides_no_ship_of_another_observation(found: Found) -> None:
    first = full(found(PLACE), "berth")
    later = first.assign(detection_id="later", scene_id="S2_2")
    both = DETECTIONS.conform(pd.concat([first, later], ignore_index=True))
    name = str(first["detection_id"].iloc[0])
    assert list(without(both, decisions(decided((name, "fixed", name)), both))["detection_id"]) == ["later"]


def test_nothing_is_left_when_everything_is_rejected(found: Found) -> None:
    ships = full(found(PLACE))
    name = str(ships["detection_id"].iloc[0])
    assert without(ships, decisions(decided((name, "reject", name)))).empty


def test_a_kept_detection_is_dark_whatever_its_score(optical: Acquisition, found: Found, track: Track) -> None:
    ships = full(found(PLACE)).assign(score=0.2)
    others = pd.concat([track(n, 130.32, 42.21) for n in (7, 8, 9)], ignore_index=True)
    pairs = match(ships, others, scene=optical)
    rule = DarkRule(score=0.6)
    assert dark_events(ships, pairs, others, rule=rule).empty
    name = str(ships["detection_id"].iloc[0])
    made = dark_events(ships, pairs, others, confirmed={name}, rule=rule)
    assert list(made["detection_id"]) == [name]
    assert "a reviewer saw a ship" in made["reasons"].iloc[0]
    assert "other than a ship" not in made["alternatives"].iloc[0]


def test_the_match_of_a_set_aside_detection_is_withdrawn(optical: Acquisition, found: Found, track: Track) -> None:
    ships = found(PLACE)
    positions = track(1, *PLACE).iloc[:0]
    before = revise(MATCHES.empty(), match(ships, positions, scene=optical), as_of=AT)
    after = match(ships.iloc[:0], positions, scene=optical)
    both = revise(before, after, as_of=AT, scenes=["S2_1"])
    assert latest(both).empty
    assert both["reason"].iloc[-1] == "the detection no longer counts"
