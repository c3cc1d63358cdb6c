"""What could be told of a shuttle at all."""

from statistics import median

from tests.independent.limit import factors
from tests.independent.seasons import season


def test_daily_observations_hold_the_evidence_that_sparse_ones_lack() -> None:
    daily, sparse = (
        [value for seed in (200, 201) for value in factors(season(c, seed))] for c in ("daily", "each-5-days")
    )
    assert median(daily) > 5.0
    assert median(sparse) < 3.0
