"""Make a repository with the reference, or describe one, for the interoperability tests.

usage: reference_repository.py make ROOT [SEED] create and fill a repository; SEED is a configuration file
       reference_repository.py types ROOT [SEED]  create a repository with dataset types and nothing else
       reference_repository.py describe ROOT    print everything in it as JSON, in a fixed order
       reference_repository.py extend ROOT      open a repository made by Steward, put and certify one more bias
       reference_repository.py read ROOT TYPE DATA-ID-JSON COLLECTION   print a dataset as JSON
"""

import json
import sys

import astropy.table
import astropy.time
from lsst.daf.butler import Butler, CollectionType, Config, DatasetType, Timespan
from lsst.sphgeom import ConvexPolygon, LonLat, UnitVector3d

INSTRUMENT = "Cam1"


def polygon(lon, lat, size):
    corners = [(lon, lat), (lon + size, lat), (lon + size, lat + size), (lon, lat + size)]
    return ConvexPolygon([UnitVector3d(LonLat.fromDegrees(*corner)) for corner in corners])


def tai(text):
    return astropy.time.Time(text, scale="tai")


def insert_records(butler):
    registry = butler.registry
    registry.insertDimensionData(
        "instrument",
        {"name": INSTRUMENT, "visit_max": 999, "visit_system": 0, "exposure_max": 999, "detector_max": 4,
         "class_name": "lsst.obs.base.instrument_tests.DummyCam"},
    )
    registry.insertDimensionData(
        "detector",
        *[{"instrument": INSTRUMENT, "id": i, "full_name": f"R0_S{i}", "raft": "R0", "name_in_raft": f"S{i}",
           "purpose": "SCIENCE"} for i in range(4)],
    )
    registry.insertDimensionData(
        "physical_filter",
        {"instrument": INSTRUMENT, "name": "Cam1-G", "band": "g"},
        {"instrument": INSTRUMENT, "name": "Cam1-R", "band": "r"},
    )
    registry.insertDimensionData(
        "day_obs",
        {"instrument": INSTRUMENT, "id": 20250101, "timespan": Timespan(tai("2025-01-01T12:00:00"), tai("2025-01-02T12:00:00"))},
    )
    registry.insertDimensionData("visit_system", {"instrument": INSTRUMENT, "id": 0, "name": "one-to-one"})
    for number in (10, 11, 12):
        span = Timespan(tai(f"2025-01-01T20:{number}:00"), tai(f"2025-01-01T20:{number}:30"))
        physical_filter = "Cam1-G" if number < 12 else "Cam1-R"
        registry.insertDimensionData("group", {"instrument": INSTRUMENT, "name": f"g{number}"})
        registry.insertDimensionData(
            "exposure",
            {"instrument": INSTRUMENT, "id": number, "obs_id": f"obs{number}", "day_obs": 20250101, "group": f"g{number}",
             "physical_filter": physical_filter, "exposure_time": 30.0, "dark_time": 31.5, "observation_type": "science",
             "observation_reason": "test", "seq_num": number, "seq_start": number, "seq_end": number,
             "target_name": "field one", "science_program": "p'1\"", "tracking_ra": 10.0, "tracking_dec": -5.0,
             "sky_angle": 0.25, "azimuth": 1e-7, "zenith_angle": 30.0, "has_simulated": False, "can_see_sky": True,
             "timespan": span},
        )
        registry.insertDimensionData(
            "visit",
            {"instrument": INSTRUMENT, "id": number, "name": f"v{number}", "day_obs": 20250101,
             "physical_filter": physical_filter, "seq_num": number, "exposure_time": 30.0, "target_name": "field one",
             "observation_reason": "test", "science_program": "p'1\"", "azimuth": None, "zenith_angle": 30.0,
             "region": polygon(10.0 + number, -5.0, 1.0), "timespan": span},
        )
        registry.insertDimensionData("visit_definition", {"instrument": INSTRUMENT, "exposure": number, "visit": number})
        registry.insertDimensionData("visit_system_membership", {"instrument": INSTRUMENT, "visit_system": 0, "visit": number})
        registry.insertDimensionData(
            "visit_detector_region",
            *[{"instrument": INSTRUMENT, "visit": number, "detector": d, "region": polygon(10.0 + number + 0.25 * d, -5.0, 0.25)}
              for d in range(4)],
        )
    registry.insertDimensionData("skymap", {"name": "sky1", "hash": bytes(range(40)), "tract_max": 10, "patch_nx_max": 2, "patch_ny_max": 2})
    registry.insertDimensionData("tract", {"skymap": "sky1", "id": 0, "region": polygon(20.0, -6.0, 2.0)})
    registry.insertDimensionData(
        "patch",
        *[{"skymap": "sky1", "tract": 0, "id": p, "cell_x": p % 2, "cell_y": p // 2, "region": polygon(20.0 + p % 2, -6.0 + p // 2, 1.0)}
          for p in range(4)],
    )


def dataset_types(universe):
    return {
        "bias": DatasetType("bias", ["instrument", "detector"], "StructuredDataDict", universe=universe, isCalibration=True),
        "flat": DatasetType("flat", ["instrument", "detector", "physical_filter"], "StructuredDataDict", universe=universe, isCalibration=True),
        "stat": DatasetType("stat", ["instrument", "visit", "detector"], "StructuredDataDict", universe=universe),
        "tab": DatasetType("tab", ["instrument", "visit"], "AstropyTable", universe=universe),
        "meta": DatasetType("meta", ["instrument", "visit"], "TaskMetadata", universe=universe),
        "list_of": DatasetType("list_of", ["skymap", "tract", "patch", "band"], "StructuredDataDict", universe=universe),
        "packages_of": DatasetType("packages_of", [], "StructuredDataDict", universe=universe),
    }


def types(root, seed=None):
    Butler.makeRepo(root, config=Config(seed) if seed else None)
    with Butler.from_config(root, writeable=True) as butler:
        for dataset_type in dataset_types(butler.dimensions).values():
            butler.registry.registerDatasetType(dataset_type)


def make(root, seed=None):
    Butler.makeRepo(root, config=Config(seed) if seed else None)
    with Butler.from_config(root, writeable=True) as butler:
        insert_records(butler)
        types = dataset_types(butler.dimensions)
        for dataset_type in types.values():
            butler.registry.registerDatasetType(dataset_type)
        for run in ("Cam1/calib/gen1", "Cam1/calib/gen2", "u/a/run1", "u/a/run2"):
            butler.collections.register(run, doc="")
        butler.collections.register("Cam1/calib", CollectionType.CALIBRATION, doc="certified")
        butler.collections.register("u/a/tag", CollectionType.TAGGED)
        for generation, run in ((1, "Cam1/calib/gen1"), (2, "Cam1/calib/gen2")):
            refs = [butler.put({"mean": 100.0 + d, "generation": generation}, "bias", instrument=INSTRUMENT, detector=d, run=run) for d in range(4)]
            flats = [butler.put({"level": 1.5 * d}, "flat", instrument=INSTRUMENT, detector=d, physical_filter="Cam1-G", run=run) for d in range(2)]
            begin, end = (None, tai("2025-01-01T20:11:00")) if generation == 1 else (tai("2025-01-01T20:11:00"), None)
            butler.registry.certify("Cam1/calib", refs + flats, Timespan(begin, end))
        tagged = []
        for run, visits in (("u/a/run1", (10, 11)), ("u/a/run2", (11, 12))):
            for visit in visits:
                for d in range(2):
                    tagged.append(butler.put({"visit": visit, "detector": d, "text": "é: #x"}, "stat", instrument=INSTRUMENT, visit=visit, detector=d, run=run))
                table = astropy.table.Table({"a": [1, 2, 3], "b": [1.5, 2.5, float("nan")], "c": ["x", "y z", '"q"']})
                butler.put(table, "tab", instrument=INSTRUMENT, visit=visit, run=run)
        for patch in range(2):
            for band in "gr":
                butler.put({"patch": patch}, "list_of", skymap="sky1", tract=0, patch=patch, band=band, run="u/a/run1")
        butler.put({"python": "3"}, "packages_of", run="u/a/run1")
        butler.registry.associate("u/a/tag", [ref for ref in tagged if ref.run == "u/a/run1"])
        butler.collections.register("u/a", CollectionType.CHAINED, doc="all of a")
        butler.collections.redefine_chain("u/a", ["u/a/run2", "u/a/run1", "Cam1/calib"])
        butler.registry.decertify("Cam1/calib", "bias", Timespan(tai("2025-01-01T20:12:10"), tai("2025-01-01T20:12:20")))


def span(timespan):
    return None if timespan is None else list(timespan.nsec)


def plain(value):
    if isinstance(value, Timespan):
        return span(value)
    if isinstance(value, bytes):
        return value.hex()
    if hasattr(value, "encode") and not isinstance(value, str):
        return value.encode().hex()
    return value


def describe(root):
    with Butler.from_config(root) as butler:
        registry = butler.registry
        out = {"collections": [], "dataset_types": [], "records": {}, "datasets": [], "associations": []}
        for info in sorted(butler.collections.query_info("*", include_doc=True), key=lambda info: info.name):
            out["collections"].append([info.name, info.type.name, list(info.children), info.doc])
        types = sorted(registry.queryDatasetTypes(), key=lambda t: t.name)
        for t in types:
            out["dataset_types"].append([t.name, list(t.dimensions.required), t.storageClass_name, t.isCalibration()])
        for element in butler.dimensions.elements:
            if element.has_own_table:
                records = sorted(registry.queryDimensionRecords(element.name), key=lambda r: r.dataId)
                if records:
                    out["records"][element.name] = [[plain(getattr(r, f)) for f in r.fields.names] for r in records]
        for t in types:
            for ref in sorted(registry.queryDatasets(t, collections="*", findFirst=False) if t.dimensions else registry.queryDatasets(t, collections="*", findFirst=False)):
                row = [t.name, ref.run, str(ref.id), {k: v for k, v in ref.dataId.required.items()}]
                if row not in out["datasets"]:
                    out["datasets"].append(row)
            for association in registry.queryDatasetAssociations(t, collections=..., collectionTypes={CollectionType.TAGGED, CollectionType.CALIBRATION}):
                out["associations"].append([t.name, association.collection, str(association.ref.id), span(association.timespan)])
        out["associations"].sort(key=json.dumps)
        json.dump(out, sys.stdout, ensure_ascii=False, indent=1)


def extend(root):
    with Butler.from_config(root, writeable=True) as butler:
        instrument = next(iter(butler.query_dimension_records("instrument"))).name
        source = butler.query_datasets("bias", "*", find_first=False)[0]
        run = "reference/extra"
        butler.collections.register(run)
        collection = butler.collections.query("*", collection_types=CollectionType.CALIBRATION)[0]
        detector = source.dataId["detector"]
        butler.registry.decertify(collection, "bias", Timespan(tai("2030-01-01T00:00:00"), None), dataIds=[source.dataId])
        ref = butler.registry.insertDatasets("bias", [source.dataId], run=run)[0]
        butler.registry.certify(collection, [ref], Timespan(tai("2030-01-01T00:00:00"), tai("2031-01-01T00:00:00")))
        json.dump({"instrument": instrument, "collection": collection, "detector": detector, "id": str(ref.id)}, sys.stdout)


def read(root, name, data_id, collection):
    with Butler.from_config(root, collections=collection) as butler:
        value = butler.get(name, json.loads(data_id))
        if isinstance(value, astropy.table.Table):
            value = {"columns": value.colnames, "rows": [[item.item() if hasattr(item, "item") else item for item in row] for row in value]}
        elif hasattr(value, "model_dump"):
            value = value.model_dump()
        json.dump(value, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    {"make": make, "types": types, "describe": describe, "extend": extend, "read": read}[sys.argv[1]](*sys.argv[2:])
