from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Polygon, box

from monitor.ais.ports.world_ports import beyond, port_ids, world_ports
from monitor.ais.sea.coastline import Shore, shipped_shore
from monitor.core.errors import DataError


def test_the_index_knows_the_ports_of_the_region_where_they_are() -> None:
    ports = world_ports().set_index("port_id")
    assert len(ports) > 2900
    assert ports.loc["kp-najin", ["lon", "lat"]].tolist() == pytest.approx([130.3, 42.2333], abs=1e-3)
    assert ports.loc["ru-vladivostok", ["lon", "lat"]].tolist() == pytest.approx([131.89, 43.11], abs=0.01)
    assert {"kr-busan", "kp-ch-ongjin", "ru-nakhodka", "ru-slavyanka"} <= set(ports.index)
    assert ports["lon"].between(-180, 180).all()
    assert ports["lat"].between(-90, 90).all()
    assert (ports["source"] != "").all()


def test_a_port_of_ones_own_takes_the_place_of_the_index() -> None:
    own = pd.DataFrame({"lon": [130.2826], "lat": [42.2271]})
    left = beyond(world_ports(), own)["port_id"]
    assert "kp-najin" not in set(left)
    assert "kp-senbong" in set(left)
    assert len(beyond(world_ports(), own.iloc[:0])) == len(world_ports())


def test_ports_of_one_name_are_told_apart_by_their_number() -> None:
    ids = port_ids(pd.Series(["GB", "GB", "FR"]), pd.Series(["Newport", "Newport", "Sète"]), pd.Series([1, 2, 3]))
    assert ids == ["gb-newport-1", "gb-newport-2", "fr-sete"]


def test_the_shore_is_near_at_cape_hatteras_and_far_in_the_sea_of_japan() -> None:
    miles = shipped_shore().nmi([-75.0, 134.0, 127.0], [36.0, 40.5, 37.5])
    assert 20 < miles[0] < 40
    assert 100 < miles[1] < 160
    assert miles[2] == 0.0


def test_a_place_across_the_antimeridian_is_as_near_as_it_is() -> None:
    shore = Shore.of(box(179.0, -1.0, 179.5, 1.0))
    assert shore.nmi([-179.5], [0.0])[0] == pytest.approx(60.0, abs=1.0)
    assert np.isnan(shore.nmi([np.nan], [0.0])[0])


def test_no_land_has_no_shore() -> None:
    with pytest.raises(DataError, match="land"):
        Shore.of(Polygon())
