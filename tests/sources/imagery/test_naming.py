from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.errors import DataError
from monitor.sources.imagery.naming import DATATAKE, band_name, band_names, read_name, safe_id


@pytest.mark.parametrize(
    "text, name",
    [
        ("B02", "B02"),
        ("b2", "B02"),
        ("B8A", "B8A"),
        ("B08 - NIR", "B08"),
        ("B11_20m", "B11"),
        ("NIR", "B08"),
        ("VV", "VV"),
        ("Sigma0_VH_db", "VH"),
        ("scl", "SCL"),
        ("dataMask", "dataMask"),
        ("", None),
        (None, None),
        ("quality", None),
        ("Band 4", "B04"),
        ("B4, central wavelength 665 nm", "B04"),
        ("S2A_MSIL2A_T29SPS_B4", "B04"),
        ("T29SPS_20230426T110621_B8A_20m", "B8A"),
        ("SWIR 1", "B11"),
        ("B3 / B8", None),
        ("band 99", None),
    ],
)
def test_band_names(text, name):
    assert band_name(text) == name


@pytest.mark.parametrize(
    "descriptions, colours, names",
    [
        (("Band 1", "Band 2", "Band 3"), (), ("", "", "")),
        (("Band 2", "Band 3", "Band 4"), (), ("B02", "B03", "B04")),
        ((None, None, None, None), ("red", "green", "blue", "nir"), ("B04", "B03", "B02", "B08")),
        ((None, None, None), ("gray", "undefined", "undefined"), ("", "", "")),
        (("B02", "speed", None), ("red", "green", "blue"), ("B02", "", "")),
    ],
)
def test_bands_are_named_by_description_then_by_colour_and_never_by_number(descriptions, colours, names):
    assert band_names(descriptions, colours) == names


@pytest.mark.parametrize(
    "name, start, length",
    [
        ("T29SPS_20230426T110621_B04", datetime(2023, 4, 26, 11, 6, 21, tzinfo=UTC), DATATAKE),
        ("20230426T110621_20230426T111340_T29SPS", datetime(2023, 4, 26, 11, 6, 21, tzinfo=UTC), DATATAKE),
        ("x_20230905T021609", datetime(2023, 9, 5, 2, 16, 9, tzinfo=UTC), timedelta(0)),
        ("2023-09-05T02:16:09_x", datetime(2023, 9, 5, 2, 16, 9, tzinfo=UTC), timedelta(0)),
        ("busan_S2_20220514", datetime(2022, 5, 14, tzinfo=UTC), timedelta(seconds=86399)),
        ("2022-05-14_busan", datetime(2022, 5, 14, tzinfo=UTC), timedelta(seconds=86399)),
        ("99999999_20220514", datetime(2022, 5, 14, tzinfo=UTC), timedelta(seconds=86399)),
        (
            "S2B_MSIL1C_20230905T021601_N0509_R003_T52TEM_20230905T051212",
            datetime(2023, 9, 5, 2, 16, 1, tzinfo=UTC),
            DATATAKE,
        ),
        (
            "S1A_IW_GRDH_1SDV_20230905T092119_20230905T092144_050195_060A5B_1234",
            datetime(2023, 9, 5, 9, 21, 19, tzinfo=UTC),
            timedelta(seconds=25),
        ),
    ],
)
def test_dates_in_names(name, start, length):
    named = read_name(name)
    assert (named.start, named.end - named.start) == (start, length)


@pytest.mark.parametrize("name", ["harbour", "x_20231345", "123456789012", ""])
def test_a_name_without_a_date_is_an_error(name):
    with pytest.raises(DataError, match="no date in the name"):
        read_name(name)


@pytest.mark.parametrize("text, name", [("a b/c:d", "a_b_c_d"), ("..", "scene"), ("ok-1.2_3", "ok-1.2_3")])
def test_ids_are_made_safe_for_files(text, name):
    assert safe_id(text) == name
