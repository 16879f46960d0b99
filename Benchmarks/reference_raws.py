"""Time the reference on the rows and files of a raw ingest: reference_raws.py FOLDER REPOSITORY ROOT

FOLDER holds the files of make_raws.py, REPOSITORY is what Steward made of them, ROOT the repository to make. What is
timed is what the reference does with files once their headers are translated and their data IDs expanded, exposure by
exposure (`obs_base: ingest.py`): group, day and exposure are synced, the files ingested. Prints one JSON object.
"""

import itertools
import json
import os
import resource
import sys
import time

import sqlalchemy
from lsst.daf.butler import Butler, DatasetIdGenEnum, DatasetRef, DatasetType, FileDataset, FormatterV2



class RawFormatter(FormatterV2):
    """Stands for the formatter of raws, which is not installed with the reference; nothing is read."""

    default_extension = ".fits"


folder, repository, root = map(os.path.abspath, sys.argv[1:])
source = Butler.from_config(repository)
Butler.makeRepo(root)
butler = Butler.from_config(root, writeable=True)
registry = butler.registry
for element in ("instrument", "detector", "physical_filter"):
    registry.insertDimensionData(element, *source.registry.queryDimensionRecords(element))
kind = DatasetType("raw", ["instrument", "detector", "exposure"], "Exposure", universe=butler.dimensions)
run = "LSSTCam/raw/all"
with source.query() as query:
    data_ids = [ref.dataId for ref in query.datasets("raw", collections=[run]).with_dimension_records()]
data_ids.sort(key=lambda data_id: (data_id["exposure"], data_id["detector"]))
statements = 0


def count(*_):
    global statements
    statements += 1


def path(data_id):
    exposure, detector = data_id.records["exposure"], data_id.records["detector"]
    return os.path.join(folder, str(exposure.day_obs - 20251201), f"{exposure.obs_id}_{detector.full_name}.fits")


sqlalchemy.event.listen(butler._registry._db._engine, "before_cursor_execute", count)
files = [(data_id, path(data_id)) for data_id in data_ids]
start, begin = time.perf_counter(), time.process_time()
for exposure, members in itertools.groupby(files, key=lambda file: file[0]["exposure"]):
    members = list(members)
    records = members[0][0].records
    for element in ("group", "day_obs", "exposure"):
        registry.syncDimensionData(element, records[element])
    if exposure == files[0][0]["exposure"]:
        registry.registerDatasetType(kind)
        butler.collections.register(run)
    butler.ingest(
        *[
            FileDataset(
                path,
                [DatasetRef(kind, data_id, run=run, id_generation_mode=DatasetIdGenEnum.DATAID_TYPE_RUN)],
                formatter=RawFormatter,
            )
            for data_id, path in members
        ],
        transfer="hardlink",
        skip_existing=True,
    )
seconds, busy = time.perf_counter() - start, time.process_time() - begin
print(
    json.dumps(
        {
            "files": len(files),
            "seconds": seconds,
            "busy": busy,
            "statements": statements,
            "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
    )
)
