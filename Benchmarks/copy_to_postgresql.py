"""Copies the registry of a repository on SQLite into a new repository on PostgreSQL, row by row.

Usage: copy_to_postgresql.py FROM TO URL NAMESPACE

The reference makes the schema and the tables of the dataset types; the rows keep their keys. The user must be allowed to
turn off constraints (session_replication_role), as the owner of a private server is. The configuration asks for a driver
in C: psycopg where it has its binary part, else psycopg2; written in Python it would double the reference's times.
"""

import io
import os
import sqlite3
import sys

import psycopg
import psycopg2
from lsst.daf.butler import Butler, Config

FROM, TO, URL, NAMESPACE = sys.argv[1:]
LARGEST = 4102444800000000000
source = sqlite3.connect(f"file:{FROM}/gen3.sqlite3?mode=ro", uri=True)


def make_tables():
    config = Config()
    config["registry", "db"] = URL if psycopg.pq.__impl__ != "python" else URL.replace(":", "+psycopg2:", 1)
    config["registry", "namespace"] = NAMESPACE
    os.makedirs(TO, exist_ok=True)
    Butler.makeRepo(TO, config=config, overwrite=True)
    original = Butler.from_config(FROM)
    butler = Butler.from_config(TO, writeable=True)
    for (name,) in source.execute("SELECT name FROM dataset_type ORDER BY id").fetchall():
        butler.registry.registerDatasetType(original.get_dataset_type(name))


def text(value, kind):
    if value is None:
        return "\\N"
    if kind == "bytea":
        return "\\\\x" + value.hex()
    if kind == "boolean":
        return "t" if value else "f"
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def span(begin, end):
    if begin is None:
        return "\\N"
    if end <= begin:
        return "empty"
    return f"[{begin},{end})" if begin > 0 and end < LARGEST else (
        f"{'[' + str(begin) if begin > 0 else '('},{str(end) if end < LARGEST else ''})"
    )


def copy(target, table):
    cursor = target.cursor()
    cursor.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = %s AND table_name = %s"
        " ORDER BY ordinal_position", (NAMESPACE, table))
    columns = cursor.fetchall()
    wanted, places = [], []
    for name, kind in columns:
        places.append(len(wanted))
        wanted += [f"{name}_begin", f"{name}_end"] if kind == "int8range" else [name]
    rows = source.execute(f"""SELECT {', '.join(f'"{name}"' for name in wanted)} FROM "{table}\"""")
    cursor.execute(f'DELETE FROM {NAMESPACE}."{table}"')
    while some := rows.fetchmany(20_000):
        lines = io.StringIO("".join(
            "\t".join(
                span(row[place], row[place + 1]) if kind == "int8range" else text(row[place], kind)
                for place, (_, kind) in zip(places, columns)
            ) + "\n"
            for row in some
        ))
        names = ", ".join(f'"{name}"' for name, _ in columns)
        cursor.copy_expert(f'COPY {NAMESPACE}."{table}" ({names}) FROM STDIN', lines)
    for name, _ in columns:
        cursor.execute("SELECT to_regclass(%s)", (f'{NAMESPACE}."{table}_seq_{name}"',))
        if sequence := cursor.fetchone()[0]:
            cursor.execute(f"""SELECT setval(%s, (SELECT coalesce(max("{name}"), 0) + 1 FROM {NAMESPACE}."{table}"), false)""",
                           (sequence,))


def main():
    make_tables()
    target = psycopg2.connect(URL)
    cursor = target.cursor()
    cursor.execute("SET session_replication_role = replica")
    cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = %s AND table_type = 'BASE TABLE'",
                   (NAMESPACE,))
    ours = {name for (name,) in source.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    tables = {name for (name,) in cursor.fetchall()} - {"butler_attributes"}
    if missing := tables - ours:
        raise SystemExit(f"These tables are not in {FROM}: {sorted(missing)}")
    for table in sorted(tables):
        copy(target, table)
    target.commit()
    target.autocommit = True
    cursor.execute("VACUUM ANALYZE")


main()
