"""Time the reference on the jobs of the speed table; prints one JSON object {job: seconds}.

usage: reference.py WORK-DIRECTORY [JOB...]
       reference.py server-insert WORK-DIRECTORY DATABASE-URL
Each job does the same work as its twin in Sources/StewardBench, on files and repositories of the same form.
"""

import json
import math
import os
import subprocess
import sys
import time

from astropy.io import fits
from astropy.time import Time
from lsst import sphgeom
from lsst.daf.butler import Butler, Config, DatasetRef, DatasetType, DataCoordinate, FileDataset
from lsst.daf.butler.time_utils import TimeConverter

PUTS = 200
FILES = 2000
REFS = 10_000
SERVER_REFS = 100_000


def make_repository(root, exposures, config=None):
    Butler.makeRepo(root, config=config)
    butler = Butler.from_config(root, writeable=True)
    registry = butler.registry
    registry.insertDimensionData("instrument", {"name": "Cam1", "class_name": "x.Cam1", "detector_max": 10, "exposure_max": 99999999, "visit_max": 99999999})
    registry.insertDimensionData("detector", *[{"instrument": "Cam1", "id": i, "full_name": f"d{i}"} for i in range(10)])
    registry.insertDimensionData("physical_filter", {"instrument": "Cam1", "name": "Cam1-G", "band": "g"})
    registry.insertDimensionData("day_obs", {"instrument": "Cam1", "id": 20250101})
    registry.insertDimensionData("group", {"instrument": "Cam1", "name": "g"})
    registry.insertDimensionData(
        "exposure",
        *[{"instrument": "Cam1", "id": i, "obs_id": f"o{i}", "day_obs": 20250101, "group": "g", "physical_filter": "Cam1-G"} for i in range(exposures)],
    )
    kind = DatasetType("thing", ["instrument", "exposure", "detector"], "StructuredDataDict", universe=butler.dimensions)
    registry.registerDatasetType(kind)
    butler.collections.register("r")
    return butler, kind


def data_ids(count):
    return [{"instrument": "Cam1", "exposure": i // 10, "detector": i % 10} for i in range(count)]


def timed(function):
    """The time of a job, on a disk that has nothing else to write: the twin waits for that, too."""
    os.sync()
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def put_and_get(work):
    butler, kind = make_repository(os.path.join(work, "ref-put"), PUTS // 10)
    ids = data_ids(PUTS)
    one_by_one = timed(lambda: [butler.put({"value": i}, kind, data_id, run="r") for i, data_id in enumerate(ids)])
    butler.collections.register("batch")

    def batch():
        with butler.transaction():
            for i, data_id in enumerate(ids):
                butler.put({"value": i}, kind, data_id, run="batch")

    in_one_batch = timed(batch)
    refs = [butler.find_dataset(kind, data_id, collections="r") for data_id in ids]
    get = timed(lambda: [butler.get(kind, data_id, collections="r") for data_id in ids])
    get_refs = timed(lambda: [butler.get(ref) for ref in refs])
    return {"put one by one": one_by_one, "put in one batch": in_one_batch, "get by data ID": get, "get by reference": get_refs}


def ingest(work):
    source = os.path.join(work, "ref-files")
    os.makedirs(source)
    for i in range(FILES):
        with open(os.path.join(source, f"f{i}.yaml"), "w") as stream:
            stream.write(f"value: {i}\n" + "# padding\n" * 200)
    out = {}
    for mode in ("copy", "direct"):
        butler, kind = make_repository(os.path.join(work, f"ref-ingest-{mode}"), FILES // 10)
        files = [
            FileDataset(os.path.join(source, f"f{i}.yaml"), [DatasetRef(kind, butler.registry.expandDataId(data_id), run="r")])
            for i, data_id in enumerate(data_ids(FILES))
        ]
        out[f"ingest by {mode}"] = timed(lambda: butler.ingest(*files, transfer=mode))
    return out


def insert(work):
    butler, kind = make_repository(os.path.join(work, "ref-insert"), REFS // 10)
    ids = [DataCoordinate.standardize(data_id, universe=butler.dimensions) for data_id in data_ids(REFS)]
    return {"insert 10,000 references": timed(lambda: butler.registry.insertDatasets(kind, ids, run="r"))}


def server_insert(work, url):
    config = Config()
    config["registry", "db"] = url
    config["registry", "namespace"] = "theirs"
    butler, kind = make_repository(os.path.join(work, "ref-server-insert"), SERVER_REFS // 10, config)
    ids = [DataCoordinate.standardize(data_id, universe=butler.dimensions) for data_id in data_ids(SERVER_REFS)]
    return {"insert 100,000 references": timed(lambda: butler.registry.insertDatasets(kind, ids, run="r"))}


def import_export(work):
    export = os.path.join(work, "export.yaml")
    butler, kind = make_repository(os.path.join(work, "ref-import"), REFS // 10)
    if not os.path.exists(export):
        raise SystemExit("export.yaml is made by StewardBench: run it first")
    return {"import 10,000 datasets": timed(lambda: butler.import_(directory=work, filename=export, transfer="direct"))}


def headers(work):
    folder = os.path.join(work, "headers")
    files = sorted(os.path.join(folder, name) for name in os.listdir(folder))

    def read():
        for name in files:
            with fits.open(name, memmap=True) as hdus:
                dict(hdus[0].header)

    return {"read 500 headers": timed(read)}


def place(index):
    return (index * 137.508) % 360, -75 + (index % 1000) * 0.15


def vector(lon, lat):
    return sphgeom.UnitVector3d(sphgeom.LonLat.fromDegrees(lon % 360, lat))


def sky(work):
    polygons = []
    for i in range(1000):
        lon, lat = place(i)
        half = 0.1 / math.cos(math.radians(lat))
        corners = [(-half, -0.1), (half, -0.1), (half, 0.1), (-half, 0.1)]
        polygons.append(sphgeom.ConvexPolygon([vector(lon + x, lat + y) for x, y in corners]))
    htm, fine, healpix = sphgeom.HtmPixelization(7), sphgeom.HtmPixelization(20), sphgeom.HealpixPixelization(9)
    circles = [sphgeom.Circle(vector(*place(i * 20)), sphgeom.Angle.fromDegrees(1.75)) for i in range(50)]
    vectors = [vector(*place(i)) for i in range(100_000)] * 10
    texts = [f"20{10 + i % 15}-{'03' if i % 2 == 0 else '11'}-{i % 28 + 1:02d}T12:34:56.{100 + i % 900}" for i in range(20_000)]
    converter = TimeConverter()

    def overlaps():
        for left in polygons:
            for right in polygons:
                left.overlaps(right)

    def relations():
        for left in polygons:
            for right in polygons:
                left.relate(right)

    return {
        "htm7 envelopes of 1,000 detectors": timed(lambda: [htm.envelope(region) for region in polygons]),
        "overlaps of 10⁶ polygon pairs": timed(overlaps),
        "relations of 10⁶ polygon pairs": timed(relations),
        "HEALPix 9 envelopes of 50 visits": timed(lambda: [healpix.envelope(region) for region in circles]),
        "10⁶ HTM 20 indexes": timed(lambda: [fine.index(v) for v in vectors]),
        "20,000 UTC strings to nanoseconds": timed(
            lambda: [converter.astropy_to_nsec(Time(text, format="isot", scale="utc")) for text in texts]
        ),
    }


def start(work):
    root = os.path.join(work, "ref-put")
    butler = os.path.join(os.path.dirname(sys.executable), "butler")
    subprocess.run([butler, "query-collections", root], capture_output=True, check=True)
    return {"query-collections": timed(lambda: subprocess.run([butler, "query-collections", root], capture_output=True, check=True))}


JOBS = {"put": put_and_get, "ingest": ingest, "insert": insert, "import": import_export, "headers": headers, "sky": sky, "start": start}

if __name__ == "__main__" and sys.argv[1] == "server-insert":
    json.dump(server_insert(*sys.argv[2:]), sys.stdout)
elif __name__ == "__main__":
    results = {}
    for job in sys.argv[2:] or JOBS:
        results.update(JOBS[job](sys.argv[1]))
    json.dump(results, sys.stdout)
