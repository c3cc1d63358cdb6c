"""Python, export, the local page and the brief mean the same by "in this period"."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pandas as pd
import pytest

from monitor.core.schema import Schema
from monitor.core.tables import BERTH_STATES, GAPS, MATCHES, SHUTTLES, VISITS, VOYAGES
from monitor.core.timerange import TimeRange
from monitor.pipeline import snapshot
from monitor.pipeline.report import brief_input
from monitor.workspace.workspace import Workspace
from tests.serve.conftest import served

pytestmark = [pytest.mark.loopback, pytest.mark.slow, pytest.mark.weights]

PERIOD = "2023-09"


@pytest.fixture(scope="module")
def season(season_workspace: Path) -> Workspace:
    """The embedded season after its whole job; only read here."""
    return Workspace.open(season_workspace)


@pytest.fixture(scope="module")
def page(season: Workspace) -> Iterator[httpx.Client]:
    """A reader of its page."""
    with served(season) as client:
        yield client


@pytest.fixture(scope="module")
def exported(season: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The period's tables as CSV."""
    folder = tmp_path_factory.mktemp("period") / "tables"
    season.export(folder, format="csv", period=PERIOD)
    return folder


@pytest.mark.parametrize("schema", [VISITS, VOYAGES, SHUTTLES, MATCHES, BERTH_STATES, GAPS], ids=lambda s: s.name)
def test_a_period_holds_the_same_rows_everywhere(
    schema: Schema, season: Workspace, page: httpx.Client, exported: Path
) -> None:
    key = schema.key[0]
    mine = set(season.table(schema.name, period=PERIOD)[key])
    context = season.context()
    given = brief_input(context, snapshot.read(context), TimeRange.parse(PERIOD))
    answer = page.get(f"/api/tables/{schema.name}", params={"period": PERIOD, "limit": 5000}).json()
    names = (f"{schema.name}.csv", f"open_{schema.name}.csv")
    files = [exported / name for name in names if (exported / name).is_file()]
    assert mine
    assert {str(name) for path in files for name in pd.read_csv(path)[key]} == mine
    assert {row[key] for row in answer["rows"]} == mine
    assert set(given.tables.within(given.period)[schema][key]) == mine


def test_a_visit_whose_arrival_is_unknown_is_in_the_periods_that_it_may_touch(season: Workspace) -> None:
    visits = season.visits()
    unknown = visits[visits["arrived_not_before"].isna()]
    assert len(unknown)
    for visit in unknown.itertuples():
        day = visit.arrived_not_after.floor("D")
        period = TimeRange(day.to_pydatetime(), (day + pd.Timedelta(days=1)).to_pydatetime())
        assert visit.visit_id in set(season.visits(period=period)["visit_id"])
