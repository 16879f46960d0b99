"""Answer queries with the reference, for the differential test.

usage: reference_queries.py FOLDER QUERIES    answers go to standard output

Each line of the file QUERIES is an object: `repository` (a folder in FOLDER), `call` (`data_ids`, `datasets`,
`records`, `all_datasets` or `query`), `args`, `defaults` and `fields`, as in the golden query cases. Each line of the
answers has `rows` or `value`, or the `error` class and its message.
"""

import hashlib
import json
import resource
import signal
import sys
import uuid
import warnings

import astropy.time
import lsst.sphgeom
from lsst.daf.butler import Butler, DataCoordinate, Timespan
from lsst.daf.butler.time_utils import TimeConverter

warnings.simplefilter("ignore")
SECONDS_PER_QUERY = 10


# Values


def time(text, scale="tai"):
    return astropy.time.Time(text, scale=scale, format="isot" if "T" in text else "iso")


def special(value):
    """Give what an argument stands for; lists and objects with `$` are special."""
    match value:
        case list():
            return [special(item) for item in value]
        case {"$time": text, **rest}:
            return time(text, rest.get("scale", "tai"))
        case {"$timespan": [begin, end]}:
            return Timespan(*(None if bound is None else time(bound) for bound in (begin, end)))
        case {"$region": text}:
            return lsst.sphgeom.Region.from_ivoa_pos(text)
        case {"$point": [ra, dec]}:
            return lsst.sphgeom.LonLat.fromDegrees(ra, dec)
        case {"$uuid": text}:
            return uuid.UUID(text)
        case {"$set": items}:
            return {special(item) for item in items}
        case dict():
            return {key: special(item) for key, item in value.items()}
        case _:
            return value


def plain(value):
    match value:
        case Timespan():
            return {"timespan_nsec": list(value.nsec)}
        case lsst.sphgeom.Region():
            return {"region_sha256_16": hashlib.sha256(value.encode()).hexdigest()[:16]}
        case astropy.time.Time():
            return {"time_nsec": TimeConverter().astropy_to_nsec(value)}
        case uuid.UUID():
            return str(value)
        case bytes():
            return value.hex()
        case _:
            return value


def with_records(row, coordinate, fields):
    records = {}
    for name in fields or []:
        element, field = name.split(".")
        record = coordinate.records[element]
        records[name] = None if record is None else plain(getattr(record, field))
    return {"row": row, "records": records}


def row(item, fields):
    """Write a row as the golden cases do."""
    if isinstance(item, DataCoordinate):
        keys = dict(item.mapping)
        return keys if fields is None else with_records(keys, item, fields)
    if isinstance(item, dict):
        return {key: plain(value) for key, value in item.items()}
    if hasattr(item, "datasetType"):
        ref = {
            "type": item.datasetType.name,
            "storage_class": item.datasetType.storageClass_name,
            "run": item.run,
            "id": str(item.id),
            "data_id": dict(item.dataId.mapping),
        }
        return ref if fields is None else with_records(ref, item.dataId, fields)
    return {name: plain(getattr(item, name)) for name in item.definition.schema.names}


# Queries


def listed(butler, call, args):
    method = {
        "data_ids": butler.query_data_ids,
        "datasets": butler.query_datasets,
        "records": butler.query_dimension_records,
        "all_datasets": butler.query_all_datasets,
    }[call]
    kwargs = special(args.pop("kwargs", {}))
    for name in ("bind", "data_id"):
        if name in args:
            args[name] = special(args[name])
    return method(**args, **kwargs)


def step(butler, query, name, *arguments):
    match name, arguments:
        case "where", (condition,):
            words = [condition["expr"]] if "expr" in condition else []
            if "data_id" in condition:
                words.append(special(condition["data_id"]))
            bind = special(condition.get("bind", {}))
            return query.where(*words, bind=bind, **special(condition.get("kwargs", {})))
        case "join_data_coordinates", (rows,):
            return query.join_data_coordinates(
                [DataCoordinate.standardize(values, universe=butler.dimensions) for values in rows]
            )
        case "materialize", (options,):
            return query.materialize(**options)
        case "datasets", (dataset_type, collections, options):
            return query.datasets(dataset_type, collections, **options)
        case "general", (options,):
            names = options.pop("names", [])
            for dataset_type, fields in options.get("dataset_fields", {}).items():
                options["dataset_fields"][dataset_type] = ... if fields == "..." else set(fields)
            return query.general(options.pop("dimensions"), *names, **options)
        case "order_by", (terms,):
            return query.order_by(*terms)
        case _:
            return getattr(query, name)(*arguments)


def stepwise(butler, args, fields):
    with butler.query() as query:
        for name, *arguments in args["steps"]:
            query = step(butler, query, name, *arguments)
        match args.get("action", ["rows"]):
            case ["count", options]:
                return {"value": query.count(**options)}
            case ["any", options]:
                return {"value": query.any(**options)}
            case ["explain"]:
                return {"value": len(list(query.explain_no_results(execute=False)))}
            case _:
                return {"rows": [row(item, fields) for item in query]}


def answer(butler, query):
    fields = query.get("fields")
    signal.alarm(SECONDS_PER_QUERY)
    try:
        if query["call"] == "query":
            return stepwise(butler, query["args"], fields)
        return {"rows": [row(item, fields) for item in listed(butler, query["call"], query["args"])]}
    except Exception as error:
        return {"error": type(error).__name__, "message": str(error)[:300]}
    finally:
        signal.alarm(0)


def client(butlers, folder, query):
    """Give the client for a query's repository and defaults, made once."""
    defaults = dict(query.get("defaults", {}))
    key = json.dumps([query["repository"], defaults], sort_keys=True)
    if key not in butlers:
        if defaults:
            base = client(butlers, folder, {"repository": query["repository"]})
            options = {"inferDefaults": defaults.pop("infer", True)}
            if "collections" in defaults:
                options["collections"] = defaults.pop("collections")
            butlers[key] = base.clone(dataId=defaults, **options)
        else:
            butlers[key] = Butler.from_config(f"{folder}/{query['repository']}")
    return butlers[key]


def out_of_time(*_):
    raise TimeoutError


def main():
    signal.signal(signal.SIGALRM, out_of_time)
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    butlers = {}
    for line in open(sys.argv[2]):
        query = json.loads(line)
        print(json.dumps(answer(client(butlers, sys.argv[1], query), query)), flush=True)


main()
