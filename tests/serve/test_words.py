from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pandas as pd
import pytest

from monitor.report.tiles.observations import Observation
from monitor.serve.cache import PageContent
from monitor.serve.request import observation_when, row_when
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
