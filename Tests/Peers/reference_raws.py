"""List with the reference what Steward ingested and defined, for the interoperability tests.

usage: reference_raws.py ROOT INSTRUMENT    print raws, visits and overlaps as JSON
       reference_raws.py ROOT INSTRUMENT sync    sync the exposure and visit records that are there once more
"""

import json
import sys

from lsst.daf.butler import Butler


def listing(root, instrument):
    butler = Butler.from_config(root)
    raws = sorted(
        [ref.dataId["exposure"], ref.dataId["detector"], str(ref.id), butler.getURI(ref).ospath]
        for ref in butler.registry.queryDatasets("raw", collections=f"{instrument}/raw/all", instrument=instrument)
    )
    visits = sorted(
        [record.id, record.name, record.day_obs, record.exposure_time, record.region.encode().hex()]
        for record in butler.registry.queryDimensionRecords("visit", instrument=instrument)
    )
    regions = sorted(
        [record.visit, record.detector, record.region.encode().hex()]
        for record in butler.registry.queryDimensionRecords("visit_detector_region", instrument=instrument)
    )
    with butler.query() as query:
        overlaps = sorted(
            [row["visit"], row["detector"], row["htm7"]]
            for row in query.data_ids(["visit", "detector", "htm7"]).where(instrument=instrument)
        )
        per_exposure = sorted(
            [row["exposure"], row["visit"]] for row in query.data_ids(["exposure", "visit"]).where(instrument=instrument)
        )
    return {"raws": raws, "visits": visits, "regions": regions, "overlaps": overlaps, "definitions": per_exposure}


def sync(root, instrument):
    butler = Butler.from_config(root, writeable=True)
    changed = []
    for element in ("instrument", "detector", "physical_filter", "day_obs", "group", "exposure", "visit_system", "visit",
                    "visit_detector_region"):
        for record in list(butler.registry.queryDimensionRecords(element, instrument=instrument)):
            if butler.registry.syncDimensionData(element, record):
                changed.append(element)
    return {"changed": changed}


if __name__ == "__main__":
    action = sync if sys.argv[3:] == ["sync"] else listing
    print(json.dumps(action(*sys.argv[1:3])))
