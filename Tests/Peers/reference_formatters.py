"""Write datasets with the reference's formatters, or read datasets that Steward wrote.

usage: reference_formatters.py write DIRECTORY   put known objects and copy their files to the directory
       reference_formatters.py read DIRECTORY    ingest the files of the directory, get them, print them as JSON

A file's name before the first dot or underscore tells its storage class.
"""

import json
import logging
import pathlib
import shutil
import sys
import tempfile

import astropy.table
import astropy.time
import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord
from lsst.daf.butler import Butler, DatasetRef, DatasetType, FileDataset, Timespan
from lsst.daf.butler.logging import ButlerLogRecord, ButlerLogRecords
from lsst.pipe.base import TaskMetadata
from lsst.utils.packages import Packages


def structured():
    return {
        "zeta": 1, "alpha": [1, 2.5, None, True, "x: y", "2020-01-01", "é", {"q": {}}], "long": "word " * 40,
        "big": 1e20, "small": 1e-7, "nan": float("nan"), "inf": float("-inf"), "lines": "a\nb\n", "empty": "",
        "digits": "123", "none": [], "tab": "a\tb", "nested": [[1, 2], [3, []]], "y": "y", "yes": "yes", "hex": "0x1F",
        "exp": "1e5", "zero": -0.0, "colon:key": "- dash", "#hash": "'quoted' \"both\"", "true": "null", "~": "~",
        "wide": "日本 🚀", "max": 2**63 - 1, "min": -(2**63), "control": "\x01\x7f",
    }


def metadata():
    data = TaskMetadata()
    data["a"] = 1
    data["b"] = 2.5
    data["c"] = "x"
    data["sub.q"] = True
    data["l"] = [1, 2, 3]
    return data


def logs():
    records = []
    for level, message, created in ((logging.INFO, 'hello "you"\nnext', 1600000000.123456), (logging.ERROR, "é", 1600000001.0)):
        record = logging.LogRecord("lsst.x", level, "/p/f.py", 12, message, (), None, "fn" if level < 30 else None)
        record.created = created
        record.process = 17
        record.MDC = {"LABEL": "task:{instrument: 'Cam1'}", "RUN": "r"} if level < 30 else {}
        records.append(ButlerLogRecord.from_record(record))
    return ButlerLogRecords(records)


def table():
    t = astropy.table.Table(meta={"k": 1, "l": [1, 2, {"a": None}], "s": "x: y", "z": {"q": 1.5e20, "p": True}, "comments": ["c1"]})
    for name in "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128".split():
        t[name] = np.array([0, 1, 0], dtype=name)
    t["float64"] = [1.5, np.nan, -np.inf]
    t["float32"] = np.array([1 / 3, 1e-30, 3e38], dtype="f4")
    t["float16"] = np.array([0.1, 1, 2], dtype="f2")
    t["complex128"] = [1 + 2j, -1.5j, 3e-7 - 1e20j]
    t["s"] = ["a b", 'q"uo', "x"]
    t["s"].description = 'desc: with "quotes" and é'
    t["s2"] = ["x", "None", "nan"]
    t["s3"] = ["é", "a,b", "#x"]
    t["bytes"] = np.array([b"ab", b"c", b"d"])
    t["f"] = astropy.table.Column([1.25, 2, 3], unit="m / s", format=".3f", description="speed", meta={"ucd": "x", "n": 1})
    t["m"] = astropy.table.MaskedColumn([1, 2, 3], mask=[False, True, False])
    t["ms"] = astropy.table.MaskedColumn(["a", "b", "c"], mask=[False, True, False])
    t["mf"] = astropy.table.MaskedColumn([1.5, 2, 3], mask=[True, True, False])
    t["mb"] = astropy.table.MaskedColumn([True, False, True], mask=[True, False, False])
    t["md"] = np.arange(12).reshape(3, 2, 2)
    t["mdf"] = np.arange(6.0).reshape(3, 2)
    t["mdm"] = astropy.table.MaskedColumn(np.arange(6.0).reshape(3, 2), mask=[[0, 1], [0, 0], [1, 1]])
    t["mds"] = np.array([["a", "b"], ["c d", "e"], ["", "g"]])
    t["obj"] = np.array([{"a": 1}, [1, 2], None], dtype=object)
    t["var"] = np.empty(3, dtype=object)
    for i in range(3):
        t["var"][i] = np.arange(i + 1)
    t["str with space"] = [1, 2, 3]
    t["nl"] = ["a\nb", "c\td", "e"]
    return t


def qtable():
    q = astropy.table.QTable(
        {"q": [1.5, 2] * u.m, "t": astropy.time.Time(["2020-01-01T00:00:00", "2021-01-01T00:00:00"]),
         "c": SkyCoord([1, 2] * u.deg, [3, 4] * u.deg), "n": [1, 2]}, meta={"a": 1})
    q["q"].info.description = "dd"
    return q


OBJECTS = {
    "StructuredDataDict": structured, "int": lambda: 5, "TaskMetadata": metadata, "ButlerLogRecords": logs,
    "Timespan": lambda: Timespan(astropy.time.Time("2020-01-01T00:00:00", scale="tai"), None),
    "Packages": lambda: Packages({"python": "3.11.2", "a": "1.0", "b c": "x: y"}),
    "AstropyTable": table, "AstropyQTable": qtable,
}


def repository(root):
    Butler.makeRepo(root)
    butler = Butler.from_config(root, writeable=True, run="r")
    return butler


def register(butler, name, storage_class):
    kind = DatasetType(name, [], storage_class, universe=butler.dimensions)
    butler.registry.registerDatasetType(kind)
    return kind


def plain(value):
    """Make JSON of an object in which types and missing values can be told apart."""
    if isinstance(value, astropy.table.Table):
        return {
            "meta": plain({k: v for k, v in value.meta.items()}),
            "columns": [
                {"name": c.info.name, "kind": type(c).__name__, "type": str(getattr(c, "dtype", "")), "unit": str(c.info.unit or ""),
                 "format": c.info.format, "description": c.info.description, "meta": plain(dict(c.info.meta or {})),
                 "values": [plain(x.tolist()) if isinstance(x, (np.ndarray, np.generic)) and not hasattr(x, "unit") else plain(x)
                            for x in c]}
                for c in value.itercols()
            ],
        }
    if isinstance(value, ButlerLogRecords):
        return [json.loads(r.model_dump_json()) for r in value]
    if isinstance(value, TaskMetadata):
        return json.loads(value.model_dump_json())
    if isinstance(value, Timespan):
        return list(value.nsec)
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, float):
        return f"float:{value!r}"
    if isinstance(value, (astropy.time.Time, SkyCoord, u.Quantity, np.ma.core.MaskedConstant)):
        return str(value)
    if isinstance(value, complex):
        return f"complex:{value.real!r}:{value.imag!r}"
    return value


def write(directory):
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as root:
        butler = repository(root)
        for name, make in OBJECTS.items():
            register(butler, name, name)
            butler.put(make(), name)
            path = pathlib.Path(butler.getURI(name).ospath)
            shutil.copy(path, directory / (name + path.suffix))


def read(directory):
    result = {}
    with tempfile.TemporaryDirectory() as root:
        butler = repository(root)
        for path in sorted(directory.absolute().iterdir()):
            name = path.name.replace(".", "_")
            kind = register(butler, name, path.name.split(".")[0].split("_")[0])
            ref = DatasetRef(kind, butler.registry.expandDataId({}), run="r")
            butler.ingest(FileDataset(path=str(path), refs=ref), transfer="copy")
            result[path.name] = plain(butler.get(ref))
    print(json.dumps(result, ensure_ascii=False))


{"write": write, "read": read}[sys.argv[1]](pathlib.Path(sys.argv[2]))
