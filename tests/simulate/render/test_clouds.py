"""Clouds, shadows and the mask that a processor makes of them."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.simulate.render.clouds import cloudiness, make_sky, processor_mask

SHAPE = (100, 120)


def sky(share: float, seed: int = 3):
    rng = np.random.default_rng(seed)
    return make_sky(rng, SHAPE, share, gsd_m=10.0, away_from_sun=(-0.8, 0.6), shadow_per_height=1.2)


def test_a_cloud_share_of_0_hides_nothing() -> None:
    assert not sky(0.0).hidden.any()


def test_an_overcast_sky_hides_everything() -> None:
    assert sky(1.0).hidden.all()


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_about_the_share_that_was_asked_for_is_cloud(share: float) -> None:
    covered = np.mean([(sky(share, seed).thickness > 0.0).mean() for seed in range(4)])
    assert covered == pytest.approx(share, abs=0.25)


def test_a_clear_sky_has_no_mask_and_an_overcast_one_is_masked() -> None:
    dark = np.zeros(SHAPE, dtype=bool)
    rng = np.random.default_rng(1)
    assert processor_mask(rng, sky(0.0), dark).mean() < 0.01
    assert processor_mask(rng, sky(1.0), dark).mean() > 0.95


def test_summer_has_more_cloud_than_autumn() -> None:
    means = [np.mean([cloudiness(np.random.default_rng(n), month) for n in range(800)]) for month in (7, 10)]
    assert means[0] > means[1] + 0.05
