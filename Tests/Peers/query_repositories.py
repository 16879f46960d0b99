"""Make the repositories of the golden query cases with the reference.

usage: query_repositories.py GOLDEN FOLDER    one repository in FOLDER for each group of cases in GOLDEN/*.json
"""

import json
import os
import sys
import uuid
from pathlib import Path

import astropy.time
import lsst.daf.butler.tests.registry_data as registry_data
from lsst.daf.butler import Butler, CollectionType, DataCoordinate, DatasetRef, DatasetType, Timespan
from lsst.sphgeom import Region

DATA = os.path.dirname(registry_data.__file__)


def time(text):
    return None if text is None else astropy.time.Time(text, scale="tai")


def value(item):
    if isinstance(item, dict) and "$timespan" in item:
        return Timespan(*(time(bound) for bound in item["$timespan"]))
    if isinstance(item, dict) and "$region" in item:
        return Region.from_ivoa_pos(item["$region"])
    return item


def references(registry):
    found = {}
    for dataset_type in registry.queryDatasetTypes():
        for ref in registry.queryDatasets(dataset_type, collections=...):
            found[str(ref.id)] = ref
    return found


def apply(butler, step):
    registry = butler.registry
    match step["op"]:
        case "dimension":
            records = [{key: value(item) for key, item in record.items()} for record in step["records"]]
            registry.insertDimensionData(step["element"], *records)
        case "collection":
            registry.registerCollection(step["name"], CollectionType[step["type"]])
        case "chain":
            registry.registerCollection(step["name"], CollectionType.CHAINED)
            registry.setCollectionChain(step["name"], step["children"])
        case "dataset_type":
            registry.registerDatasetType(
                DatasetType(step["name"], step["dimensions"], step["storage_class"], universe=butler.dimensions)
            )
        case "datasets":
            registry.registerRun(step["run"])
            dataset_type = registry.getDatasetType(step["dataset_type"])
            registry._importDatasets(
                [
                    DatasetRef(
                        dataset_type,
                        DataCoordinate.standardize(
                            row["data_id"], dimensions=dataset_type.dimensions, universe=butler.dimensions
                        ),
                        run=step["run"],
                        id=uuid.UUID(row["id"]),
                    )
                    for row in step["rows"]
                ]
            )
        case "associate":
            known = references(registry)
            registry.associate(step["collection"], [known[i] for i in step["ids"]])
        case "certify":
            known = references(registry)
            validity = Timespan(*(time(bound) for bound in step["timespan"]))
            registry.certify(step["collection"], [known[i] for i in step["ids"]], validity)


def main():
    golden, folder = Path(sys.argv[1]), Path(sys.argv[2])
    for path in sorted(golden.glob("*.json")):
        group = json.loads(path.read_text())
        if "load" not in group:
            continue
        root = str(folder / group["group"])
        Butler.makeRepo(root)
        butler = Butler.from_config(root, writeable=True)
        for name in group["load"]:
            butler.import_(filename=os.path.join(DATA, name), without_datastore=True)
        for step in group["setup"]:
            apply(butler, step)


main()
