"""Smooth random fields, of which hills, wind patches, swell and cloud are made."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import fft

from monitor.core.arrays import Pixels


def _spectrum(rng: np.random.Generator, shape: tuple[int, int]) -> tuple[npt.NDArray[np.complex64], Pixels, Pixels]:
    rows, cols = (int(fft.next_fast_len(n + 16, real=True)) for n in shape)
    white = fft.rfft2(rng.standard_normal((rows, cols), dtype=np.float32))
    return white, fft.fftfreq(rows)[:, None].astype(np.float32), fft.rfftfreq(cols)[None, :].astype(np.float32)


def _finish(spectrum: npt.NDArray[np.complex64], shape: tuple[int, int], padded: int) -> Pixels:
    columns = int(fft.next_fast_len(shape[1] + 16, real=True))
    field = fft.irfft2(spectrum, s=(padded, columns))[: shape[0], : shape[1]].astype(np.float32)
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
    white, fy, fx = _spectrum(rng, shape)
    frequency = np.sqrt(fy**2 + fx**2)
    gain = np.power(np.maximum(frequency, 1e-6), -slope / 2) * (frequency >= 1.0 / longest_px)
    return _finish(white * gain, shape, white.shape[0])


def smooth(rng: np.random.Generator, shape: tuple[int, int], *, length_px: float) -> Pixels:
    """(row, col) field of mean 0 and deviation 1 with one length scale.

    Parameters
    ----------
    rng : np.random.Generator
    shape : tuple of int
        Rows and columns.
    length_px : float
    """
    white, fy, fx = _spectrum(rng, shape)
    gain = np.exp(-2.0 * (np.pi * length_px) ** 2 * (fy**2 + fx**2) / 2.0)
    return _finish(white * gain, shape, white.shape[0])


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
    white, fy, fx = _spectrum(rng, shape)
    angle = np.radians(towards_deg)
    along = fx * np.sin(angle) - fy * np.cos(angle)
    across = fx * np.cos(angle) + fy * np.sin(angle)
    centre = 1.0 / wave_px
    gain = np.exp(-(((np.abs(along) - centre) / (0.35 * centre)) ** 2) - (across / (0.5 * centre)) ** 2)
    return _finish(white * gain, shape, white.shape[0])
