"""Record how the reference creates its tables.

Writes `sqlite.sql` and, given the URL of an empty PostgreSQL database with btree_gist, `postgresql.sql` (schema
`repo`): one CREATE statement a line, white space made single blanks, in the order of execution. Run with the
reference's Python in this folder:

    python record_schema.py [postgresql://user@host/database]
"""

import sys
import tempfile

import sqlalchemy
from lsst.daf.butler import Butler, Config, DatasetType

DATASET_TYPES = [
    ("none", [], False),
    ("bias", ["instrument", "detector"], True),
    ("raw", ["instrument", "exposure", "detector"], False),
    ("coadd", ["skymap", "tract", "patch", "band"], False),
    ("refcat", ["htm7"], False),
    ("visit_cal", ["instrument", "visit", "detector"], True),
    ("band_cal", ["instrument", "band"], True),
]

statements = []


@sqlalchemy.event.listens_for(sqlalchemy.engine.Engine, "before_cursor_execute")
def record(connection, cursor, statement, parameters, context, executemany):
    if statement.strip().upper().startswith("CREATE"):
        statements.append(" ".join(statement.split()))


def write(path, url=None):
    statements.clear()
    config = Config()
    if url is not None:
        config["registry", "db"] = url
        config["registry", "namespace"] = "repo"
    with tempfile.TemporaryDirectory() as root:
        Butler.makeRepo(root, config=config)
        butler = Butler.from_config(root, writeable=True)
        for name, dimensions, is_calibration in DATASET_TYPES:
            group = butler.dimensions.conform(dimensions)
            butler.registry.registerDatasetType(
                DatasetType(name, group, "StructuredDataDict", isCalibration=is_calibration)
            )
    with open(path, "w") as stream:
        stream.writelines(statement + "\n" for statement in statements)


write("sqlite.sql")
if len(sys.argv) > 1:
    write("postgresql.sql", sys.argv[1])
