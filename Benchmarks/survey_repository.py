"""Makes a repository of the size of a small survey with the reference, for benchmarks of queries.

600 visits of 100 detectors in six bands over 30 nights; raws; images and source tables in 8 runs, each visit in two
of them; coadds of 200 tracts with 49 patches in three bands; flats certified for 12 epochs: 337,800 datasets.
A number as second argument multiplies the images and source tables by further runs.

Usage: survey_repository.py FOLDER [FACTOR]
"""

import math
import random
import sqlite3
import sys
import uuid

import astropy.time
import lsst.sphgeom as sg
from lsst.daf.butler import Butler, CollectionType, DatasetType, Timespan

FOLDER = sys.argv[1]
FACTOR = int(sys.argv[2]) if len(sys.argv) > 2 else 1
NIGHTS, PER_NIGHT, DETECTORS, RUNS, TRACTS, EPOCHS = 30, 20, 100, 8, 200, 12
BANDS = "ugrizy"
VISITS = NIGHTS * PER_NIGHT
rng = random.Random(20260101)
EPOCH = astropy.time.Time("2026-01-01T00:00:00", scale="tai")
DAY = 86_400_000_000_000
START = 1767225600000000000


def polygon(ra, dec, width, height):
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
    return sg.ConvexPolygon(
        [
            sg.UnitVector3d(
                sg.LonLat.fromDegrees(ra + x * width / 2 / math.cos(math.radians(dec)), dec + y * height / 2)
            )
            for x, y in corners
        ]
    )


def span(begin, end):
    return Timespan(None, None, _nsec=(begin, end))


def insert(butler, element, records):
    for start in range(0, len(records), 5000):
        butler.registry.insertDimensionData(element, *records[start : start + 5000])


def dimensions(butler):
    cam = {"instrument": "SurveyCam"}
    insert(
        butler,
        "instrument",
        [dict(name="SurveyCam", visit_max=10**9, exposure_max=10**9, detector_max=200, visit_system=0, class_name="x.Cam")],
    )
    insert(butler, "physical_filter", [dict(cam, name=f"{b}_01", band=b) for b in BANDS])
    insert(
        butler,
        "detector",
        [
            dict(cam, id=d, full_name=f"R{d // 10}_S{d % 10}", name_in_raft=f"S{d % 10}", raft=f"R{d // 10}", purpose="SCIENCE")
            for d in range(DETECTORS)
        ],
    )
    insert(butler, "visit_system", [dict(cam, id=0, name="one-to-one")])
    insert(butler, "skymap", [dict(name="tiles", hash=b"0" * 20, tract_max=TRACTS, patch_nx_max=7, patch_ny_max=7)])
    days, groups, exposures, visits, definitions, members, regions = [], [], [], [], [], [], []
    for night in range(NIGHTS):
        day = 20260101 + night if night < 31 else 20260201 + night - 31
        days.append(dict(cam, id=day, timespan=span(START + night * DAY + DAY // 2, START + (night + 1) * DAY + DAY // 2)))
        for n in range(PER_NIGHT):
            visit = day * 10000 + n
            begin = START + night * DAY + DAY // 2 + (n + 1) * 1_800_000_000_000
            when = span(begin, begin + 30_000_000_000)
            filt = f"{BANDS[n % 6]}_01"
            ra, dec = rng.uniform(2, 28), rng.uniform(-13, -2)
            groups.append(dict(cam, name=str(visit)))
            exposures.append(
                dict(cam, id=visit, day_obs=day, group=str(visit), physical_filter=filt, obs_id=f"SC_{visit}",
                     exposure_time=30.0, dark_time=30.5, observation_type="science", observation_reason="survey",
                     seq_num=n, seq_start=n, seq_end=n, target_name=f"field{n}", science_program="main",
                     tracking_ra=ra, tracking_dec=dec, sky_angle=0.0, azimuth=10.0, zenith_angle=30.0,
                     has_simulated=True, can_see_sky=True, timespan=when)
            )
            visits.append(
                dict(cam, id=visit, day_obs=day, physical_filter=filt, name=f"SC_{visit}", seq_num=n, exposure_time=30.0,
                     target_name=f"field{n}", observation_reason="survey", science_program="main", azimuth=10.0,
                     zenith_angle=30.0, region=polygon(ra, dec, 3.5, 3.5), timespan=when)
            )
            definitions.append(dict(cam, exposure=visit, visit=visit))
            members.append(dict(cam, visit_system=0, visit=visit))
            for d in range(DETECTORS):
                x, y = ((d % 10) - 4.5) * 0.35, ((d // 10) - 4.5) * 0.35
                regions.append(
                    dict(cam, visit=visit, detector=d,
                         region=polygon(ra + x / math.cos(math.radians(dec)), dec + y, 0.33, 0.33))
                )
    insert(butler, "day_obs", days)
    insert(butler, "group", groups)
    insert(butler, "exposure", exposures)
    insert(butler, "visit", visits)
    insert(butler, "visit_definition", definitions)
    insert(butler, "visit_system_membership", members)
    insert(butler, "visit_detector_region", regions)
    tracts, patches = [], []
    for tract in range(TRACTS):
        ra, dec = 0.75 + 1.5 * (tract % 20), -14.25 + 1.5 * (tract // 20)
        tracts.append(dict(skymap="tiles", id=tract, region=polygon(ra, dec, 1.52, 1.52)))
        for patch in range(49):
            px, py = ((patch % 7) - 3) * 0.215, ((patch // 7) - 3) * 0.215
            patches.append(
                dict(skymap="tiles", tract=tract, id=patch, cell_x=patch % 7, cell_y=patch // 7,
                     region=polygon(ra + px / math.cos(math.radians(dec)), dec + py, 0.23, 0.23))
            )
    insert(butler, "tract", tracts)
    insert(butler, "patch", patches)
    return [v["id"] for v in visits]


def datasets(butler, visits):
    universe = butler.dimensions
    types = {
        "raw": (["instrument", "detector", "exposure"], "Exposure", False),
        "image": (["instrument", "visit", "detector"], "ExposureF", False),
        "source": (["instrument", "visit", "detector"], "ArrowAstropy", False),
        "visit_summary": (["instrument", "visit"], "ArrowAstropy", False),
        "coadd": (["skymap", "tract", "patch", "band"], "ExposureF", False),
        "flat": (["instrument", "detector", "physical_filter"], "ExposureF", True),
    }
    for name, (dims, storage, calibration) in types.items():
        butler.registry.registerDatasetType(
            DatasetType(name, dims, storage, universe=universe, isCalibration=calibration)
        )
    runs = [f"survey/{i}" for i in range(RUNS * FACTOR)]
    for run in ["raw/all", "coadds", "flats"] + runs:
        butler.registry.registerRun(run)
    butler.registry.registerCollection("survey", CollectionType.CHAINED)
    butler.registry.setCollectionChain("survey", runs[:RUNS])
    butler.registry.registerCollection("calib", CollectionType.CALIBRATION)
    butler.registry.registerCollection("defaults", CollectionType.CHAINED)
    butler.registry.setCollectionChain("defaults", ["survey", "raw/all", "coadds", "calib"])
    path = f"{FOLDER}/gen3.sqlite3"
    db = sqlite3.connect(path)
    db.execute("PRAGMA foreign_keys=ON")
    keys = {n: i for i, n in db.execute("SELECT collection_id, name FROM collection")}
    known = {n: (i, tags, calibs) for i, n, tags, calibs in db.execute(
        "SELECT id, name, tag_association_table, calibration_association_table FROM dataset_type")}
    ids = random.Random(5)

    def put(name, run, columns, rows):
        type_id, tags, _ = known[name]
        run_id = keys[run]
        governor = "skymap" if name == "coadd" else "instrument"
        db.execute("INSERT OR IGNORE INTO collection_summary_dataset_type VALUES (?, ?)", (run_id, type_id))
        db.execute(f"INSERT OR IGNORE INTO collection_summary_{governor} VALUES (?, ?)",
                   (run_id, "tiles" if governor == "skymap" else "SurveyCam"))
        made = [uuid.UUID(int=ids.getrandbits(128), version=4).hex for _ in rows]
        db.executemany("INSERT INTO dataset (id, dataset_type_id, ingest_date, run_id) VALUES (?, ?, ?, ?)",
                       [(i, type_id, START + n * 1000, run_id) for n, i in enumerate(made)])
        marks = ", ".join("?" * (3 + len(columns)))
        db.executemany(
            f"INSERT INTO {tags} (dataset_type_id, dataset_id, collection_id, {', '.join(columns)}) VALUES ({marks})",
            [(type_id, i, run_id, *row) for i, row in zip(made, rows)])
        return made

    put("raw", "raw/all", ["instrument", "detector", "exposure"],
        [("SurveyCam", d, v) for v in visits for d in range(DETECTORS)])
    for i, run in enumerate(runs):
        mine = [v for n, v in enumerate(visits) if n % 4 == i % 4]
        both = [("SurveyCam", d, v) for v in mine for d in range(DETECTORS)]
        put("image", run, ["instrument", "detector", "visit"], both)
        put("source", run, ["instrument", "detector", "visit"], both)
        put("visit_summary", run, ["instrument", "visit"], [("SurveyCam", v) for v in mine])
    put("coadd", "coadds", ["band", "skymap", "tract", "patch"],
        [(b, "tiles", t, p) for t in range(TRACTS) for p in range(49) for b in "gri"])
    type_id, _, calibs = known["flat"]
    db.execute("INSERT INTO collection_summary_dataset_type VALUES (?, ?)", (keys["calib"], type_id))
    db.execute("INSERT INTO collection_summary_instrument VALUES (?, ?)", (keys["calib"], "SurveyCam"))
    for epoch in range(EPOCHS):
        run = f"flats/{epoch}"
        db.commit()
        butler.registry.registerRun(run)
        keys[run] = db.execute("SELECT collection_id FROM collection WHERE name = ?", (run,)).fetchone()[0]
        rows = [("SurveyCam", d, f"{b}_01") for d in range(DETECTORS) for b in BANDS]
        made = put("flat", run, ["instrument", "detector", "physical_filter"], rows)
        length = NIGHTS * DAY // EPOCHS
        begin = START + epoch * length
        db.executemany(
            f"INSERT INTO {calibs} (dataset_type_id, dataset_id, collection_id, instrument, detector, physical_filter, "
            "timespan_begin, timespan_end) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(type_id, i, keys["calib"], *row, begin, begin + length + (DAY if epoch == EPOCHS - 1 else 0))
             for i, row in zip(made, rows)])
    db.commit()
    count = db.execute("SELECT COUNT(*) FROM dataset").fetchone()[0]
    db.close()
    return count


def main():
    Butler.makeRepo(FOLDER)
    butler = Butler.from_config(FOLDER, writeable=True)
    visits = dimensions(butler)
    print("dimensions done")
    print(datasets(butler, visits), "datasets")


main()
