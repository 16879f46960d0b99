"""Make, change or describe a registry with the reference, for the tests of Registry.

usage: registry_peer.py make ROOT UNIVERSE VARIANT [SEED]
                                                     create and fill a repository; UNIVERSE is a version or "default",
                                                     VARIANT is "current", "names" or "timestamps", SEED is a
                                                     configuration file
       registry_peer.py extend ROOT                  add a dataset type, a run, datasets and a validity range
       registry_peer.py describe ROOT                print everything as sorted lines
"""

import base64
import os
import sys

import lsst.daf.butler
from lsst.daf.butler import (
    Butler, CollectionType, Config, DatasetType, DimensionConfig, Timespan
)
from lsst.sphgeom import Region

# The triangle (10, -5), (11, -5), (10.5, -4) degrees.
TRIANGLE = "cFtqsH3YZO8/0KbDb3Mkxj8CgcK41k+2v6NxK7zjSu8/BKQBBKNUyD8CgcK41k+2vzOwd/szY+8/tPh6i/JExz8oUWptj9uxvw=="

MANAGERS = "lsst.daf.butler.registry."
VARIANTS = {
    "current": {},
    "names": {"collections": MANAGERS + "collections.nameKey.NameKeyCollectionManager"},
    "timestamps": {
        "datasets": {
            "cls": MANAGERS + "datasets.byDimensions.ByDimensionsDatasetRecordStorageManagerUUID",
            "schema_version": "1.0.0",
        }
    },
}


def span(begin, end):
    return Timespan(None, None, _nsec=(begin, end))


def make(root, version, variant, seed=None):
    config = Config({"registry": {"managers": VARIANTS[variant]}})
    if seed:
        config.update(Config(seed))
    folder = os.path.join(os.path.dirname(lsst.daf.butler.__file__), "configs", "old_dimensions")
    dimensions = None
    if version != "default":
        dimensions = DimensionConfig(os.path.join(folder, f"daf_butler_universe{version}.yaml"))
    Butler.makeRepo(root, config=config, dimensionConfig=dimensions)
    butler = Butler.from_config(root, writeable=True)
    registry = butler.registry
    registry.insertDimensionData("instrument", {"name": "Cam1", "detector_max": 9})
    registry.insertDimensionData(
        "detector", *[{"instrument": "Cam1", "id": i, "full_name": f"A{i}", "raft": "A"} for i in range(1, 5)]
    )
    registry.insertDimensionData("physical_filter", {"instrument": "Cam1", "name": "Cam1-G", "band": "g"})
    registry.insertDimensionData("skymap", {"name": "sky", "hash": bytes(range(40))})
    registry.insertDimensionData("visit_system", {"instrument": "Cam1", "id": 0, "name": "one"})
    bias = DatasetType("bias", ["instrument", "detector"], "StructuredDataDict", universe=butler.dimensions, isCalibration=True)
    none = DatasetType("none", [], "StructuredDataDict", universe=butler.dimensions)
    for dataset_type in (bias, none):
        registry.registerDatasetType(dataset_type)
    registry.registerRun("r'1")
    registry.registerRun("r2", doc="second \"run\"")
    registry.registerCollection("tags", CollectionType.TAGGED)
    registry.registerCollection("calibs", CollectionType.CALIBRATION)
    registry.registerCollection("chain", CollectionType.CHAINED)
    registry.setCollectionChain("chain", ["tags", "r2", "r'1"])
    refs = registry.insertDatasets(bias, [{"instrument": "Cam1", "detector": i} for i in (1, 2)], run="r'1")
    registry.insertDatasets(none, [{}], run="r2")
    registry.associate("tags", refs[:1])
    registry.certify("calibs", refs, span(1_000, 2_000))
    registry.decertify("calibs", "bias", span(1_200, 1_300), dataIds=[refs[0].dataId])


def extend(root):
    butler = Butler.from_config(root, writeable=True)
    registry = butler.registry
    flat = DatasetType(
        "flat", ["instrument", "detector", "physical_filter"], "StructuredDataDict", universe=butler.dimensions, isCalibration=True
    )
    registry.registerDatasetType(flat)
    registry.registerRun("by/reference")
    data_id = {"instrument": "Cam1", "detector": 3, "physical_filter": "Cam1-G"}
    refs = registry.insertDatasets(flat, [data_id], run="by/reference")
    registry.certify("calibs", refs, Timespan(None, None))
    bias = registry.getDatasetType("bias")
    more = registry.insertDatasets(bias, [{"instrument": "Cam1", "detector": 4}], run="by/reference")
    registry.associate("tags", more)
    region = Region.decode(base64.b64decode(TRIANGLE))
    registry.insertDimensionData("tract", {"skymap": "sky", "id": 5, "region": region})
    registry.setCollectionChain("chain", ["by/reference", *registry.getCollectionChain("chain")])


def text(value):
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, Timespan):
        return f"{value.nsec[0]}:{value.nsec[1]}"
    if hasattr(value, "encode") and not isinstance(value, str):
        return base64.b64encode(value.encode()).decode()
    return str(value)


def describe(root):
    butler = Butler.from_config(root, writeable=False)
    registry = butler.registry
    lines = []
    collections = butler.collections.query_info("*", include_doc=True, include_parents=True)
    for info in collections:
        children = ",".join(info.children)
        lines.append(f"collection {info.name} {info.type.name} [{children}] [{','.join(sorted(info.parents))}] {info.doc}")
    for dataset_type in registry.queryDatasetTypes():
        required = ",".join(dataset_type.dimensions.required)
        lines.append(
            f"type {dataset_type.name} [{required}] {dataset_type.storageClass_name} {text(dataset_type.isCalibration())}"
        )
        for info in collections:
            if info.type is CollectionType.CHAINED:
                continue
            for found in registry.queryDatasetAssociations(dataset_type, collections=[info.name]):
                values = ",".join(f"{k}={v}" for k, v in found.ref.dataId.required.items())
                timespan = text(found.timespan) if info.type is CollectionType.CALIBRATION else "-"
                lines.append(
                    f"member {dataset_type.name} {info.name} {found.ref.run} {found.ref.id} [{values}] {timespan}"
                )
    for element in butler.dimensions.elements:
        if not element.has_own_table:
            continue
        for record in registry.queryDimensionRecords(element.name):
            fields = " ".join(f"{k}={text(v)}" for k, v in sorted(record.toDict().items()))
            lines.append(f"record {element.name} {fields}")
    print("\n".join(sorted(lines)))


if __name__ == "__main__":
    {"make": make, "extend": extend, "describe": describe}[sys.argv[1]](*sys.argv[2:])
