"""A radar satellite on a circle about a turning sphere: where its image puts a moving ship, found by brute force."""

from __future__ import annotations

import numpy as np

GM, RADIUS, TURN = 3.986004e14, 6.371e6, 7.292115e-5
ORBIT, TILT = 7.064e6, np.radians(98.18)

Array = np.ndarray


def satellite(t: Array, node: float) -> tuple[Array, Array]:
    """Places and velocities in the turning frame, metres and metres a second, at `t` seconds after the equator."""
    rate = np.sqrt(GM / ORBIT**3)
    u, turn = rate * np.asarray(t), node - TURN * np.asarray(t)
    plane = np.stack([np.cos(u), np.sin(u) * np.cos(TILT), np.sin(u) * np.sin(TILT)], axis=-1)
    along = np.stack([-np.sin(u), np.cos(u) * np.cos(TILT), np.cos(u) * np.sin(TILT)], axis=-1)

    def spun(v: Array) -> Array:
        c, s = np.cos(turn), np.sin(turn)
        return np.stack([c * v[..., 0] - s * v[..., 1], s * v[..., 0] + c * v[..., 1], v[..., 2]], axis=-1)

    place = ORBIT * spun(plane)
    return place, ORBIT * rate * spun(along) - np.cross([0.0, 0.0, TURN], place)


def ground(lon: float, lat: float) -> Array:
    """Place on the sphere."""
    lon, lat = np.radians(lon), np.radians(lat)
    return RADIUS * np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def axes(lon: float, lat: float) -> tuple[Array, Array, Array]:
    """East, north and up at a place."""
    lon, lat = np.radians(lon), np.radians(lat)
    east = np.array([-np.sin(lon), np.cos(lon), 0.0])
    north = np.array([-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)])
    return east, north, np.cross(east, north)


def view(lat: float, *, ascending: bool, incidence_deg: float) -> tuple[float, Array, float, Array]:
    """How a place on the zero meridian is seen when it lies abeam to the right.

    The course along which the image moves (degrees), the unit vector from satellite to place, the slant range, and the
    satellite's velocity, all found by search.
    """
    rate = np.sqrt(GM / ORBIT**3)
    quarter = np.pi / 2 / rate
    times = np.linspace(-quarter, quarter, 2_001) if ascending else np.linspace(quarter, 3 * quarter, 2_001)
    target = ground(0.0, lat)
    up = axes(0.0, lat)[2]
    best = final = None
    low, high = -np.pi, np.pi
    for _ in range(5):
        nodes = np.linspace(low, high, 121)
        for node in nodes:
            place, speed = satellite(times, node)
            to = target - place
            abeam = np.argmin(np.abs(np.einsum("ij,ij->i", to, speed)) + 1e18 * (np.einsum("ij,j->i", to, up) > 0))
            right = np.cross(speed[abeam], place[abeam])
            ray = to[abeam] / np.linalg.norm(to[abeam])
            seen = np.degrees(np.arccos(-ray @ up))
            if ray @ right <= 0 or seen > 80:
                continue
            if best is None or abs(seen - incidence_deg) < best[0]:
                best = (abs(seen - incidence_deg), node, ray, float(np.linalg.norm(to[abeam])), speed[abeam], abeam)
        assert best is not None
        width = (high - low) / 30
        low, high = best[1] - width, best[1] + width
        spread = (times[1] - times[0]) * 40
        times = np.linspace(times[best[5]] - spread, times[best[5]] + spread, len(times))
        final, best = best, None
    _, _, ray, reach, speed, _ = final
    east, north, up = axes(0.0, lat)
    flat = speed - (speed @ up) * up
    # the line on the ground that keeps its range moves across the ray
    across = np.cross(up, ray)
    across *= np.sign(across @ flat)
    course = float(np.degrees(np.arctan2(across @ east, across @ north)) % 360.0)
    return course, ray, reach, speed
