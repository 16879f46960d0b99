"""Time the questions of the query benchmark with the reference.

Usage: reference_survey.py FOLDER [STATEMENTS]

The repository is that of survey_repository.py. Prints question, rows and the best milliseconds; into the file STATEMENTS
go the questions, each on a line with "-- " before it, and after each the SQL that it sends, a statement on a line.
"""

import sys
import time
import warnings

import astropy.time
import sqlalchemy
from lsst.daf.butler import Butler, Timespan

warnings.simplefilter("ignore")
CAM = "instrument='SurveyCam'"
SKY = "skymap='tiles'"
butler = Butler.from_config(sys.argv[1])


def flats():
    with butler.query() as query:
        query = query.join_dimensions(["exposure", "detector"]).join_dataset_search("flat", ["calib"])
        result = query.general(
            ["exposure", "detector"], dataset_fields={"flat": {"dataset_id", "run"}}, find_first=True
        ).where(f"{CAM} AND exposure IN (202601010000..202601060000)")
        return list(result)


def bands():
    with butler.query() as query:
        return list(query.join_dataset_search("image", ["survey"]).data_ids(["band"]))


def datasets(name, collections, where="", **rest):
    return lambda: butler.query_datasets(name, collections, where=where, limit=None, **rest)


def data_ids(dimensions, where):
    return lambda: butler.query_data_ids(dimensions, where=where, limit=None)


def single_finds():
    found = []
    for n in range(200):
        data_id = {"instrument": "SurveyCam", "visit": 202601010000 + n % 20, "detector": n % 100}
        found.append(butler.find_dataset("image", data_id, collections=["survey"]))
    return found


def calibration_finds():
    found = []
    for n in range(200):
        begin = astropy.time.Time("2026-01-01T12:00:00", scale="tai") + astropy.time.TimeDelta(n * 3600.0, format="sec")
        data_id = {"instrument": "SurveyCam", "detector": n % 100, "physical_filter": "r_01"}
        found.append(butler.find_dataset("flat", data_id, collections=["calib"], timespan=Timespan.fromInstant(begin)))
    return found


QUESTIONS = {
    "all raws": datasets("raw", "raw/all"),
    "raws of a night": datasets("raw", "raw/all", f"{CAM} AND day_obs=20260105"),
    "images of a band, first": datasets("image", "survey", "band='r'"),
    "all images": datasets("image", "survey", find_first=False),
    "visit.detector x patch": data_ids(["visit", "detector", "patch"], f"{CAM} AND {SKY} AND tract=108"),
    "visits of five tracts": data_ids(["visit", "tract"], f"{CAM} AND {SKY} AND tract IN (100..104)"),
    "images at a point": datasets(
        "image", "survey", f"{CAM} AND visit_detector_region.region OVERLAPS POINT(12.3, -6.2)"
    ),
    "newest exposures": lambda: butler.query_dimension_records(
        "exposure", where=CAM, order_by="-exposure.timespan.begin", limit=20
    ),
    "flats of exposures": flats,
    "coadds of a tract": datasets("coadd", "coadds", f"{SKY} AND tract=108", order_by=["patch", "band"]),
    "200 single look-ups": single_finds,
    "200 calibration look-ups by time": calibration_finds,
    "bands of a type": bands,
    "visits of a tract": data_ids(
        ["visit"], f"{CAM} AND {SKY} AND tract=108 AND visit_detector_region.region OVERLAPS patch.region"
    ),
}

sent = []
watching = False
statements = open(sys.argv[2], "w") if len(sys.argv) > 2 else None


def watch(connection, *_):
    connection.set_trace_callback(sent.append if watching else None)


if statements:  # of SQLite only
    for event in ("connect", "checkout"):
        sqlalchemy.event.listen(sqlalchemy.engine.Engine, event, watch)
for name, ask in QUESTIONS.items():
    times, rows = [], 0
    while len(times) < 3 or len(times) < 10 and sum(times) < 1:
        begin = time.perf_counter()
        rows = len(ask())
        times.append(time.perf_counter() - begin)
    print(f"{name} | {rows} | {min(times) * 1e3:.3f}", flush=True)
    if statements:
        watching = True
        ask()
        watching = False
        print(f"-- {name}", *(text.replace("\n", " ") for text in sent), sep="\n", file=statements)
        statements.flush()
        sent.clear()
