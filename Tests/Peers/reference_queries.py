"""Answer queries with the reference, for the differential test.

usage: reference_queries.py FOLDER QUERIES    answers go to standard output

Each line of the file QUERIES is an object: `repository` (a folder in FOLDER), `call` (`data_ids`, `datasets` or
`records`) and the arguments of the Butler method of that name. Each line of the answers has `rows`, or the `error`
class and its message.
"""

import hashlib
import json
import resource
import signal
import sys
import warnings

import astropy.time
from lsst.daf.butler import Butler, Timespan
from lsst.sphgeom import Region

warnings.simplefilter("ignore")


def plain(value):
    match value:
        case Timespan():
            return {"timespan_nsec": list(value.nsec)}
        case Region():
            return {"region_sha256_16": hashlib.sha256(value.encode()).hexdigest()[:16]}
        case bytes():
            return value.hex()
        case _:
            return value


def data_id(coordinate):
    return dict(coordinate.mapping)


def row(item, call):
    match call:
        case "data_ids":
            return data_id(item)
        case "records":
            return {name: plain(getattr(item, name)) for name in item.definition.schema.names}
        case _:
            return {"id": str(item.id), "run": item.run, "data_id": data_id(item.dataId)}


def answer(butlers, folder, query):
    name = query.pop("repository")
    if name not in butlers:
        butlers[name] = Butler.from_config(f"{folder}/{name}")
    butler = butlers[name]
    call = query.pop("call")
    defaults = query.pop("defaults", {})
    butler = butler.clone(dataId=defaults) if defaults else butler
    method = {
        "data_ids": butler.query_data_ids,
        "datasets": butler.query_datasets,
        "records": butler.query_dimension_records,
    }[call]
    signal.alarm(20)
    try:
        rows = [row(item, call) for item in method(**query, explain=False)]
    except Exception as error:
        return {"error": type(error).__name__, "message": str(error)[:300]}
    finally:
        signal.alarm(0)
    return {"rows": rows}


def out_of_time(*_):
    raise TimeoutError


def main():
    signal.signal(signal.SIGALRM, out_of_time)
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    butlers = {}
    for line in open(sys.argv[2]):
        print(json.dumps(answer(butlers, sys.argv[1], json.loads(line))), flush=True)


main()
