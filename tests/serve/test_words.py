from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pandas as pd
import pytest

from monitor.core.tables import COVERAGE
from monitor.report.tiles.observations import Observation
from monitor.serve import render
from monitor.serve.cache import PageContent
from monitor.serve.request import observation_state, observation_when, partly_seen, row_when
from tests.report import made


@pytest.mark.parametrize(("exact", "expected"), [(True, "2023-10-05 02:16 UTC"), (False, "2023-10-05, hour unknown")])
def test_no_hour_is_stated_where_none_is_known(exact: bool, expected: str) -> None:
    scene = made.acquisition(made.SCENES[0], exact=exact)
    content = cast("PageContent", SimpleNamespace(given=SimpleNamespace(acquisitions=(scene,))))
    row = {"at": pd.Timestamp(scene.acquired_at), "scene_id": scene.id, "kind": "detection"}
    assert row_when(content, row) == expected
    assert (
        observation_when(Observation(scene.id, "rajin", "s2", scene.acquired_at, "observed", "", 1.0, scene))
        == expected
    )


def test_a_count_is_of_a_week_and_not_of_a_minute() -> None:
    content = cast("PageContent", SimpleNamespace(given=SimpleNamespace(acquisitions=())))
    row = {"at": pd.Timestamp("2023-10-02", tz="UTC"), "scene_id": "", "kind": "count"}
    assert row_when(content, row) == "from 2023-10-02"


@pytest.mark.parametrize(
    ("state", "reason", "expected"),
    [
        ("observed", "", "clear"),
        ("partly", "cloud", "partly under cloud"),
        ("partly", "outside", "partly outside the picture"),
        ("not observed", "cloud", "not observed (cloud)"),
        ("not processed", "", "not processed"),
    ],
)
def test_what_hid_a_part_of_the_port_is_named(state: str, reason: str, expected: str) -> None:
    scene = made.acquisition(made.SCENES[0])
    assert (
        observation_state(Observation(scene.id, "rajin", "s2", scene.acquired_at, state, reason, 0.7, scene))
        == expected
    )


@pytest.mark.parametrize(("state", "expected"), [("partly", True), ("observed", False), ("not observed", False)])
def test_a_card_warns_of_cloud_where_coverage_has_it(state: str, expected: bool) -> None:
    scene = made.acquisition(made.SCENES[0])
    row = {"scene_id": scene.id, "aoi_id": scene.aoi_id, "kind": "water", "state": state, "reason": "cloud"}
    coverage = COVERAGE.conform(
        pd.DataFrame(
            [row | {"acquired_at": scene.acquired_at, "sensor": "s2", "zone_id": "w", "observed_fraction": 0.6}]
        )
    )
    given = SimpleNamespace(acquisitions=(scene,), tables={COVERAGE: coverage})
    rows = [{"scene_id": scene.id, "aoi_id": scene.aoi_id}, {"scene_id": "", "aoi_id": scene.aoi_id}]
    partly = partly_seen(cast("PageContent", SimpleNamespace(given=given)), rows)
    assert partly == ({scene.id: "partly under cloud"} if expected else {})
    card = render._environment().from_string('{% import "item.html.j2" as i %}{{ i.seen(row, partly) }}')
    text = card.render(row=rows[0], partly=partly)
    assert ("At this pass the port was partly under cloud." in text) == expected
