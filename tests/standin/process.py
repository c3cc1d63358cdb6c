"""Process: an evalscript over the pixels of a world."""

from __future__ import annotations

import io
import json
import tarfile
from datetime import datetime

import numpy as np
import quickjs
from affine import Affine
from rasterio.io import MemoryFile
from shapely.geometry import box

from monitor.core.geo.geodesy import reproject
from tests.standin.catalog import RefusedError
from tests.standin.worlds import Product, World

MAX_PX = 2500
PROBE_ABOVE = 200_000
_BANDS = {
    "sentinel-2-l2a": {"B02", "B03", "B04", "B08", "B11", "SCL", "CLM", "dataMask"},
    "sentinel-2-l1c": {"B02", "B03", "B04", "B08", "B11", "CLM", "dataMask"},
    "sentinel-1-grd": {"VV", "VH", "localIncidenceAngle", "dataMask"},
}
_DTYPES = {"UINT8": np.uint8, "UINT16": np.uint16, "FLOAT32": np.float32}
_DRIVER = """
function __pixels(bands, seen, columns, n) {
  const outputs = {};
  for (let k = 0; k < n; k++) {
    const samples = [];
    if (seen[k]) { const s = {}; bands.forEach((b, i) => { s[b] = columns[i][k]; }); samples.push(s); }
    const made = evaluatePixel(samples, {}, {}, {}, {});
    for (const id in made) (outputs[id] = outputs[id] || []).push(made[id]);
  }
  return JSON.stringify(outputs);
}
"""


def process(world: World, body: dict, *, without: frozenset[str] = frozenset()) -> tuple[bytes, float]:
    """The tar for a Process body, and its price; `without` names bands this deployment does not have."""
    bounds, output, data = body["input"]["bounds"], body["output"], body["input"]["data"][0]
    width, height = output["width"], output["height"]
    if width > MAX_PX or height > MAX_PX:
        raise RefusedError(f"width {width} or height {height} is larger than allowed {MAX_PX}")
    _check_processing(data)
    script = _Script(body["evalscript"])
    known = _BANDS[data["type"]] - without
    unknown = [band for band in script.bands if band not in known]
    if unknown:
        raise RefusedError(f"Dataset with id: 1 has no band {unknown[0]}.")
    epsg = int(bounds["properties"]["crs"].rpartition("/")[2])
    west, south, east, north = bounds["bbox"]
    transform = Affine((east - west) / width, 0, west, 0, -(north - south) / height, north)
    products = _products(world, data, reproject(box(west, south, east, north), epsg, 4326))
    x, y = np.meshgrid(west + (np.arange(width) + 0.5) * transform.a, north + (np.arange(height) + 0.5) * transform.e)
    columns, seen = _columns(world, products, script.bands, x.ravel(), y.ravel(), epsg)
    files = {}
    made = script.run(columns, seen)
    for identifier, count, kind in script.outputs:
        files[f"{identifier}.tif"] = _tiff(made[identifier].reshape(height, width, count), kind, transform, epsg)
    files["userdata.json"] = script.user_data(products).encode()
    asked = [response["identifier"] for response in output["responses"]]
    files = {name: files[name] for name in files if name.rpartition(".")[0] in asked}
    return _tar(files), _price(width, height, script, data)


def _check_processing(data: dict) -> None:
    processing = data.get("processing", {})
    if processing.get("backCoeff") == "GAMMA0_TERRAIN" and not processing.get("orthorectify"):
        raise RefusedError("GAMMA0_TERRAIN needs orthorectify")


def _products(world: World, data: dict, area: object) -> list[Product]:
    span = data["dataFilter"]["timeRange"]
    start, end = (datetime.fromisoformat(span[key]) for key in ("from", "to"))
    state = data["dataFilter"].get("orbitDirection", "").lower()
    found = [
        product
        for product in world.products
        if product.collection == data["type"]
        and start <= product.at <= end
        and product.footprint.intersects(area)
        and (not state or product.properties.get("sat:orbit_state") == state)
    ]
    return sorted(found, key=lambda product: product.at, reverse=True)


def _columns(world, products, bands, x, y, epsg):
    columns = {band: np.zeros(x.shape, np.float64) for band in bands}
    seen = np.zeros(x.shape, bool)
    for product in products:
        here = ~seen & (world.sample(product, "dataMask", x, y, epsg) > 0)
        for band in bands:
            columns[band][here] = world.sample(product, band, x[here], y[here], epsg)
        seen |= here
    return columns, seen


class _Script:
    """An evalscript in a context of its own."""

    def __init__(self, text: str) -> None:
        self.context = quickjs.Context()
        self.context.eval("const Mosaicking = {SIMPLE: 'SIMPLE', ORBIT: 'ORBIT', TILE: 'TILE'};")
        self.context.eval("const SampleType = {UINT8: 'UINT8', UINT16: 'UINT16', FLOAT32: 'FLOAT32', AUTO: 'AUTO'};")
        try:
            self.context.eval(text)
            self.context.eval(_DRIVER)
            setup = json.loads(self.context.eval("JSON.stringify(setup())"))
        except quickjs.JSException as error:
            raise RefusedError(f"Failed to evaluate script! {error}") from error
        given = setup["input"][0]
        self.bands = given["bands"] if isinstance(given, dict) else setup["input"]
        outputs = setup["output"] if isinstance(setup["output"], list) else [setup["output"]]
        self.outputs = [(o.get("id", "default"), o["bands"], o.get("sampleType", "AUTO")) for o in outputs]
        if any(kind not in _DTYPES for _, _, kind in self.outputs):
            raise RefusedError("sampleType AUTO stretches to 8 bit; this service wants it said")
        self.mosaicking = setup.get("mosaicking", "SIMPLE")
        if self.mosaicking != "ORBIT":
            raise RefusedError("this service has ORBIT mosaicking alone")

    def run(self, columns: dict, seen: np.ndarray) -> dict[str, np.ndarray]:
        """(pixel, component) of every output."""
        n = len(seen)
        if n > PROBE_ABOVE and (made := self._pass_through(columns, seen)):
            return made
        return {key: np.asarray(value, np.float64).reshape(n, -1) for key, value in self._js(columns, seen).items()}

    def _js(self, columns: dict, seen: np.ndarray) -> dict:
        values = json.dumps([np.asarray(columns[band]).tolist() for band in self.bands])
        flags = json.dumps(seen.astype(int).tolist())
        try:
            return json.loads(self.context.eval(f"__pixels({json.dumps(self.bands)}, {flags}, {values}, {len(seen)})"))
        except quickjs.JSException as error:
            raise RefusedError(f"Failed to evaluate script! {error}") from error

    def _pass_through(self, columns: dict, seen: np.ndarray) -> dict[str, np.ndarray] | None:
        rng = np.random.default_rng(1)
        probes = {band: rng.permutation(12) + 20.0 * (i + 1) for i, band in enumerate(self.bands)}
        if "dataMask" in probes:
            probes["dataMask"] = np.ones(12)
        flags = np.ones(12, bool)
        flags[0] = False
        made = {}
        for identifier, value in self._js(probes, flags).items():
            answer = np.asarray(value, np.float64).reshape(12, -1)
            sources = []
            for component in answer.T:
                same = [band for band in self.bands if np.array_equal(component[1:], probes[band][1:])]
                if not same or component[0] != 0:
                    return None
                sources.append(same[0])
            made[identifier] = np.stack([np.where(seen, columns[band], 0) for band in sources], axis=1)
        return made

    def user_data(self, products: list[Product]) -> str:
        """userdata.json: one orbit a UTC day."""
        orbits = {}
        for product in products:
            day = product.at.strftime("%Y-%m-%d")
            orbit = orbits.setdefault(day, {"dateFrom": f"{day}T00:00:00Z", "dateTo": f"{day}T23:59:59Z", "tiles": []})
            date = product.feature()["properties"]["datetime"]
            orbit["tiles"].append({"date": date, "cloudCoverage": 0, "dataPath": f"s3://world/{product.id}"})
        scenes = json.dumps({"orbits": list(orbits.values())})
        return self.context.eval(
            f"(() => {{ const out = {{}}; updateOutputMetadata({scenes}, {{normalizationFactor: 0.0001}}, out);"
            " return JSON.stringify(out.userData); })()"
        )


def _tiff(values: np.ndarray, kind: str, transform: Affine, epsg: int) -> bytes:
    data = np.moveaxis(values, 2, 0).astype(_DTYPES[kind])
    count, height, width = data.shape
    with MemoryFile() as memory:
        with memory.open(
            driver="GTiff",
            width=width,
            height=height,
            count=count,
            dtype=data.dtype,
            crs=f"EPSG:{epsg}",
            transform=transform,
            compress="DEFLATE",
            interleave="pixel",
        ) as target:
            target.write(data)
        return memory.read()


def _tar(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def _price(width: int, height: int, script: _Script, data: dict) -> float:
    bands = len([band for band in script.bands if band != "dataMask"])
    wide = any(kind == "FLOAT32" for _, _, kind in script.outputs)
    ortho = data["type"] == "sentinel-1-grd" and data.get("processing", {}).get("orthorectify")
    units = max(width * height / 512**2, 0.01) * bands / 3 * (2 if wide else 1) * (2 if ortho else 1)
    return max(units, 0.005)
