"""The scripts that a Sentinel Hub service runs for us; pure."""

from __future__ import annotations

import json

from monitor.core.scenes.sensors import S1_BANDS, S2_BANDS

INCIDENCE = "localIncidenceAngle"

_TEMPLATE = """//VERSION=3
const BANDS = %(bands)s, MASKS = %(masks)s;
function setup() {
  return {
    input: [{ bands: BANDS.concat(MASKS)%(units)s }],
    output: [
      { id: "default", bands: BANDS.length, sampleType: "%(type)s"%(nodata)s },
      { id: "mask", bands: MASKS.length, sampleType: "UINT8" }
    ],
    mosaicking: "ORBIT"
  };
}
function evaluatePixel(samples) {
  const s = samples.length > 0 ? samples[0] : null;
  if (s === null || !s.dataMask) return { default: BANDS.map(() => 0), mask: MASKS.map(() => 0) };
  return { default: BANDS.map((b) => s[b]), mask: MASKS.map((m) => s[m]) };
}
function updateOutputMetadata(scenes, inputMetadata, outputMetadata) {
  outputMetadata.userData = {
    orbits: scenes.orbits.map((o) => ({
      from: o.dateFrom, to: o.dateTo,
      tiles: o.tiles.map((t) => ({ date: t.date, path: t.dataPath }))
    }))
  };
}
"""


def optical_script(masks: tuple[str, ...]) -> str:
    """Sentinel-2: the five bands as DN (reflectance × 10000, harmonised by the service) and the masks, untouched.

    ``sampleType: AUTO`` is not used, since it stretches to 8 bit. Reflectance 0 over dark water is legal, so the
    data mask and not the value decides what was observed.
    """
    bands = list(S2_BANDS)
    units = ', units: BANDS.concat(MASKS).map(() => "DN")'
    return _script(bands, list(masks), units, "UINT16", ", nodataValue: 0")


def radar_script(*, incidence: bool = False) -> str:
    """Sentinel-1: VV and VH in linear power, the incidence angle (degrees) on request, and the data mask."""
    return _script([*S1_BANDS, *([INCIDENCE] if incidence else [])], ["dataMask"], "", "FLOAT32", "")


def _script(bands: list[str], masks: list[str], units: str, kind: str, nodata: str) -> str:
    return _TEMPLATE % {
        "bands": json.dumps(bands),
        "masks": json.dumps(masks),
        "units": units,
        "type": kind,
        "nodata": nodata,
    }
