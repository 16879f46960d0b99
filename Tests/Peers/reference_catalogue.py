"""What the reference and astropy find of a reference catalogue: REPOSITORY NAME SHARD-FILE WHERE, as JSON."""

import json
import sys

from astropy.io import fits
from lsst.daf.butler import Butler

repository, name, shard, where = sys.argv[1:]
butler = Butler(repository)
everything = butler.query_datasets(name, collections="refcats", limit=None)
some = butler.query_datasets(name, collections="refcats", where=where, limit=None)
with fits.open(shard) as file:
    file.verify("exception")
    table = file[1]
    flags = {table.header[f"TFLAG{k}"]: k - 1 for k in range(1, 100) if f"TFLAG{k}" in table.header}
    bits = table.data["flags"] if flags else None
    print(
        json.dumps(
            {
                "trixels": sorted(ref.dataId["htm7"] for ref in everything),
                "some": sorted(ref.dataId["htm7"] for ref in some),
                "storage_class": everything[0].datasetType.storageClass_name,
                "columns": table.columns.names,
                "units": [column.unit or "" for column in table.columns],
                "id": [int(value) for value in table.data["id"]],
                "coord_ra": [float(value) for value in table.data["coord_ra"]],
                "coord_raErr": [float(value) for value in table.data["coord_raErr"]],
                "text": [str(value) for value in table.data["var_class"]],
                "flags": {key: [bool(value) for value in bits[:, k]] for key, k in flags.items()},
                "version": table.header["REFCAT_FORMAT_VERSION"],
            }
        )
    )
