"""The scores of seasons made from their truth are chances, as those of a real detector are."""

import numpy as np

from monitor.detect.chance import reliability
from tests.fuse.seasons import chance


def test_of_made_detections_with_a_score_as_large_a_share_is_right() -> None:
    rng = np.random.default_rng(11)
    for share in (0.6, 0.85, 0.97):
        right = rng.random(6000) < share
        score = np.array([chance(rng, share, right=bool(one)) for one in right])
        held = reliability(score, right.astype(float))
        held = held[held["detections"] >= 60]
        assert len(held) >= 3
        assert (held["stated"] - held["right"]).abs().max() < 0.07
