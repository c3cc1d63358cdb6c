"""Clouds on training chips."""

import numpy as np

from monitor.training.augment.clouds import add_clouds


def test_a_cloud_hides_ground_under_white_and_its_shadow_only_darkens() -> None:
    ground = np.full((5, 96, 96), 0.05, dtype=np.float32)
    for seed in range(10):
        clouded, hidden = add_clouds(ground, np.random.default_rng(seed))
        assert hidden.any()
        assert (clouded[:, hidden] > 0.05).all()
        assert (clouded[:, ~hidden] <= 0.05 + 1e-6).mean() > 0.3
        assert np.isfinite(clouded).all()
        assert (ground == np.float32(0.05)).all()
