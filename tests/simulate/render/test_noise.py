"""Random fields have mean 0, deviation 1, and their own length."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.simulate.render.noise import fractal, smooth, swell

SHAPE = (90, 130)


FIELDS = (
    lambda rng: fractal(rng, SHAPE),
    lambda rng: smooth(rng, SHAPE, length_px=6.0),
    lambda rng: swell(rng, SHAPE, wave_px=8.0, towards_deg=90.0),
)


@pytest.mark.parametrize("make", FIELDS)
def test_fields_are_standardised_and_follow_from_their_seed(make) -> None:
    field = make(np.random.default_rng(5))
    assert field.shape == SHAPE
    assert field.mean() == pytest.approx(0.0, abs=1e-3)
    assert field.std() == pytest.approx(1.0, abs=1e-3)
    assert np.array_equal(field, make(np.random.default_rng(5)))


def test_a_longer_length_makes_a_smoother_field() -> None:
    rough, calm = (smooth(np.random.default_rng(1), SHAPE, length_px=length) for length in (2.0, 10.0))
    assert np.abs(np.diff(calm, axis=1)).mean() < 0.4 * np.abs(np.diff(rough, axis=1)).mean()


def test_swell_varies_along_its_course_and_not_across() -> None:
    east = swell(np.random.default_rng(1), SHAPE, wave_px=8.0, towards_deg=90.0)
    assert np.abs(np.diff(east, axis=1)).mean() > 2.0 * np.abs(np.diff(east, axis=0)).mean()
