"""Smooth random fields, of which hills, wind patches, swell and cloud are made."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import fft

from monitor.core.arrays import Pixels


def _padded(shape: tuple[int, int]) -> tuple[int, int]:
    rows, cols = (int(fft.next_fast_len(n + 16, real=True)) for n in shape)
    return rows, cols


def _spectrum(rng: np.random.Generator, shape: tuple[int, int]) -> npt.NDArray[np.complex64]:
    made: npt.NDArray[np.complex64] = fft.rfft2(rng.standard_normal(_padded(shape), dtype=np.float32))
    return made


def _frequencies(shape: tuple[int, int]) -> tuple[Pixels, Pixels]:
    rows, cols = _padded(shape)
    return fft.fftfreq(rows)[:, None].astype(np.float32), fft.rfftfreq(cols)[None, :].astype(np.float32)


@lru_cache(maxsize=32)
def _fractal_gain(shape: tuple[int, int], slope: float, longest_px: float) -> Pixels:
    """By what each frequency of a grid is multiplied; scene after scene of one port takes the same."""
    fy, fx = _frequencies(shape)
    frequency = np.sqrt(fy**2 + fx**2)
    made: Pixels = np.power(np.maximum(frequency, 1e-6), -slope / 2) * (frequency >= 1.0 / longest_px)
    return made


@lru_cache(maxsize=32)
def _smooth_gain(shape: tuple[int, int], length_px: float) -> Pixels:
    fy, fx = _frequencies(shape)
    made: Pixels = np.exp(-2.0 * (np.pi * length_px) ** 2 * (fy**2 + fx**2) / 2.0)
    return made


def _finish(spectrum: npt.NDArray[np.complex64], shape: tuple[int, int]) -> Pixels:
    field = fft.irfft2(spectrum, s=_padded(shape))[: shape[0], : shape[1]].astype(np.float32)
    field -= field.mean()
    made: Pixels = field / max(float(field.std()), 1e-9)
    return made


def fractal(
    rng: np.random.Generator, shape: tuple[int, int], *, slope: float = 2.2, longest_px: float = 200.0
) -> Pixels:
    """(row, col) field of mean 0 and deviation 1 whose power falls with frequency as ``f ** -slope``.

    Parameters
    ----------
    rng : np.random.Generator
    shape : tuple of int
        Rows and columns.
    slope : float
    longest_px : float
        Longer structures are left out.
    """
    return _finish(_spectrum(rng, shape) * _fractal_gain(shape, slope, longest_px), shape)


def smooth(rng: np.random.Generator, shape: tuple[int, int], *, length_px: float) -> Pixels:
    """(row, col) field of mean 0 and deviation 1 with one length scale.

    Parameters
    ----------
    rng : np.random.Generator
    shape : tuple of int
        Rows and columns.
    length_px : float
    """
    return _finish(_spectrum(rng, shape) * _smooth_gain(shape, length_px), shape)


def swell(rng: np.random.Generator, shape: tuple[int, int], *, wave_px: float, towards_deg: float) -> Pixels:
    """(row, col) field of mean 0 and deviation 1: wave trains of one direction.

    Parameters
    ----------
    rng : np.random.Generator
    shape : tuple of int
        Rows and columns.
    wave_px : float
        Mean length of a wave.
    towards_deg : float
        Where they run, clockwise from the grid's north.
    """
    white, (fy, fx) = _spectrum(rng, shape), _frequencies(shape)
    angle = np.radians(towards_deg)
    along = fx * np.sin(angle) - fy * np.cos(angle)
    across = fx * np.cos(angle) + fy * np.sin(angle)
    centre = 1.0 / wave_px
    gain = np.exp(-(((np.abs(along) - centre) / (0.35 * centre)) ** 2) - (across / (0.5 * centre)) ** 2)
    return _finish(white * gain, shape)
