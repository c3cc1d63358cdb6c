"""Which pixels were seen, whatever a file keeps where they were not."""

import numpy as np
import pytest

from monitor.core.scenes.validity import valid_pixels

SEEN = np.array([[True, True, False, False]])
NUMBERS = np.array([[[700, 0, 0, 0]], [[800, 300, 0, 0]]], np.uint16)


@pytest.mark.parametrize("filler", [np.nan, np.inf, -9999.0, 65535.0])
def test_the_same_pixels_are_seen_whatever_stands_for_none(filler):
    data = np.where(NUMBERS == 0, filler, NUMBERS).astype(np.float64)
    clean, valid = valid_pixels(data, nodata=filler if np.isfinite(filler) else None)
    assert (clean == NUMBERS).all()
    assert (valid == SEEN).all()


@pytest.mark.parametrize("nodata", [None, 0.0, -9999.0, float("nan"), 1e9])
def test_zero_is_no_number_whatever_the_file_states(nodata):
    clean, valid = valid_pixels(NUMBERS, nodata=nodata)
    assert (clean == NUMBERS).all()
    assert (valid == SEEN).all()


def test_a_mask_of_the_file_hides_good_numbers():
    clean, valid = valid_pixels(NUMBERS, seen=np.array([[False, True, True, True]]))
    assert valid.tolist() == [[False, True, False, False]]
    assert not clean[:, ~valid].any()
    assert clean[1, 0, 1] == 300


def test_masks_of_the_source_say_what_was_seen():
    scl = np.array([[6, 6, 0, 9]], np.uint8)
    assert valid_pixels(NUMBERS, masks={"SCL": scl})[1].tolist() == [[True, True, False, False]]
    both = {"SCL": scl, "dataMask": np.ones((1, 4))}
    assert valid_pixels(NUMBERS, masks=both)[1].tolist() == [[True, True, False, True]]


def test_the_numbers_that_were_given_stay_as_they_were():
    data = np.array([[[65535, 5]]], np.uint16)
    clean, _ = valid_pixels(data, nodata=65535)
    assert data.tolist() == [[[65535, 5]]]
    assert clean.tolist() == [[[0, 5]]]
