"""Random numbers that depend on names alone: the same on every machine, in every process, in any order."""

from __future__ import annotations

from zlib import crc32

import numpy as np


def generator(seed: int, *names: object) -> np.random.Generator:
    """A generator for one named thing of one season: the text of the names, not the order of calls, decides."""
    keys = [crc32(str(name).encode("utf-8")) for name in names]
    return np.random.default_rng(np.random.SeedSequence([seed, *keys]))
