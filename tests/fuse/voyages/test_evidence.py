"""Evidence as a table, as it is kept from one correlation to the next."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.fuse.voyages.nameless.evidence import EVIDENCE, Evidence, evidence_of, evidence_table

RNG = np.random.default_rng(3)
KNOWN = Evidence(
    log_factor=1.25,
    by_chance=0.01,
    probability=0.3,
    two=0.2,
    weight=(RNG.random((3, 4)), RNG.random((3, 10))),
    cases=(RNG.integers(0, 9, (1, 4)), RNG.integers(0, 9, (2, 10))),
)
NONE = Evidence(-np.inf, 0.0, 0.0, 0.0, (), ())


@pytest.mark.parametrize("known", [KNOWN, NONE])
def test_a_table_holds_all_of_it(known: Evidence) -> None:
    back = evidence_of(EVIDENCE.conform(evidence_table(known)))
    assert (back.log_factor, back.by_chance, back.probability, back.two) == (
        known.log_factor,
        known.by_chance,
        known.probability,
        known.two,
    )
    for name in ("weight", "cases"):
        for one, other in zip(getattr(back, name), getattr(known, name), strict=True):
            assert one.dtype == other.dtype
            np.testing.assert_array_equal(one, other)
