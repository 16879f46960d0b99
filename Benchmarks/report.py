"""Put both sides' times beside each other: report.py WORK-DIRECTORY STEWARD-BINARY"""

import datetime
import glob
import json
import math
import os
import sqlite3
import subprocess
import sys
import time

work, steward = sys.argv[1:]


def best(name):
    """The shortest time of each job over the rounds."""
    rounds = [json.load(open(path)) for path in sorted(glob.glob(os.path.join(work, "[0-9]", name)))]
    return {job: min(times[job] for times in rounds) for job in rounds[0]}


def floor():
    """Seconds of 200 durable files with 200 durable one-row commits: what no put can go below on this disk."""
    folder = os.path.join(work, "floor")
    os.mkdir(folder)
    database = sqlite3.connect(os.path.join(folder, "floor.sqlite3"), isolation_level=None)
    database.execute("CREATE TABLE t (a)")
    start = time.perf_counter()
    for number in range(200):
        file = os.open(os.path.join(folder, f"f{number}"), os.O_CREAT | os.O_WRONLY)
        os.write(file, b"value: 1\n")
        os.fsync(file)
        os.close(file)
        directory = os.open(folder, os.O_RDONLY)
        os.fsync(directory)
        os.close(directory)
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO t VALUES (1)")
        database.execute("COMMIT")
    return time.perf_counter() - start


ours, theirs = best("ours.json"), best("theirs.json")
command = [steward, "query-collections", os.path.join(work, "1", "our-put")]
times = []
for _ in range(10):
    start = time.perf_counter()
    subprocess.run(command, capture_output=True, check=True)
    times.append(time.perf_counter() - start)
ours["query-collections"] = min(times)
goals = {
    "put one by one": 4, "put in one batch": 30, "get by data ID": 20, "get by reference": 20, "ingest by copy": 5,
    "ingest by direct": 10, "insert 10,000 references": 10, "import 10,000 datasets": 20,
    "htm7 envelopes of 1,000 detectors": 1, "overlaps of 10⁶ polygon pairs": 1, "HEALPix 9 envelopes of 50 visits": 20,
    "20,000 UTC strings to nanoseconds": 50,
}
print("# Benchmarks\n")
print(f"Made by `make bench` on {datetime.date.today()}, {os.cpu_count()} cores, release build; the reference is the installed")
print("`lsst-daf-butler`. Both sides do the same work on repositories and files of the same form in the same run; the best of three rounds counts.\n")
print("| job | Steward | reference | ratio | goal |")
print("|---|---|---|---|---|")
for job, reference in theirs.items():
    if job not in ours:
        continue
    ratio = reference / ours[job]
    goal = f"≥ {goals[job]} ×" if job in goals else "< 30 ms" if job == "query-collections" else ""
    print(f"| {job} | {ours[job] * 1000:.1f} ms | {reference * 1000:.1f} ms | {ratio:.1f} × | {goal} |")
print(f"\nThe floor of putting one by one on this disk, 200 synced files and one-row commits: {floor() * 1000:.1f} ms.")


def table(name):
    """The rows of one side of the survey by question: a list of numbers each; none if that side was not run."""
    path = os.path.join(work, name)
    lines = open(path).read().splitlines() if os.path.exists(path) else []
    return {question: [float(number) for number in rest] for question, *rest in (line.split(" | ") for line in lines)}


def growth():
    """How time grows from the survey to one with a multiple of its datasets."""
    small, large = table("survey-ours.txt"), table("survey-large-ours.txt")
    small_theirs, large_theirs = table("survey-theirs.txt"), table("survey-large-theirs.txt")
    if not large:
        print("\n`STEWARD_SURVEY_LARGE=1 make bench` asks a repository of a million datasets, too.")
        return
    counts = [int(open(os.path.join(work, f"survey{size}-datasets.txt")).read()) for size in ("", "-large")]
    print(f"\nWith {counts[1]:,} instead of {counts[0]:,} datasets, {counts[1] / counts[0]:.1f} times as many:\n")
    print("| question | Steward | times longer | reference | ratio |\n|---|---|---|---|---|")
    for question in small_theirs:
        ours, theirs = large[question][1], large_theirs[question][1]
        print(f"| {question} | {ours:.2f} ms | {ours / small[question][1]:.2f} | {theirs:.1f} ms | {theirs / ours:.1f} × |")


def survey():
    ours, theirs, floors = table("survey-ours.txt"), table("survey-theirs.txt"), table("survey-floors.txt")
    print("\n## Questions to a survey\n")
    print("The repository of `survey_repository.py`: 600 visits of 100 detectors, 200 tracts. One process for each side, warm,")
    print("the best of at least three. \"SQL alone\" are the statements of a side stepped through SQLite's C interface, rows not")
    print("read. The last two questions are beyond the goal of at least 5 × each and 15 × on geometric average.\n")
    print("| question | rows | Steward | its SQL alone | reference | its SQL alone | ratio |\n|---|---|---|---|---|---|---|")
    ratios = []
    for question, (rows, time) in theirs.items():
        found, our_time, floor = ours[question]
        if rows != found:
            raise SystemExit(f"{question}: {found} rows here, {rows} in the reference")
        ratios.append(time / our_time)
        print(
            f"| {question} | {rows:.0f} | {our_time:.2f} ms | {floor:.2f} ms | {time:.1f} ms | {floors[question][0]:.2f} ms "
            f"| {ratios[-1]:.1f} × |"
        )
    mean = math.prod(ratios[:12]) ** (1 / 12)
    print(f"\nGeometric mean of the first twelve ratios: {mean:.1f} ×. Most memory of Steward: {ours['memory'][0]:.0f} MiB.")
    growth()


def raws():
    def shortest(name):
        rounds = [json.load(open(path)) for path in glob.glob(os.path.join(work, "[0-9]", name))]
        return min(rounds, key=lambda round: round["seconds"])

    ours, quarter, theirs = map(shortest, ("raws-ours-4.json", "raws-ours-1.json", "raws-theirs.json"))
    ratio = theirs["seconds"] / ours["seconds"]
    print("\n## Raw ingest\n")
    print(f"{ours['files']:,} files of {ours['exposures']:,} exposures with headers like LSSTCam's (`make_raws.py`), taken in as hard links.")
    print("Steward reads and translates the headers, too; the reference begins with translated headers and expanded data")
    print("IDs (`reference_raws.py`). Goal: at least 15 ×, and memory that does not grow with the number of files (but")
    print("for SQLite's pages, at most 64 MiB, and the files' names). The better of two rounds counts.\n")
    print("| | Steward | a quarter of the files | reference |\n|---|---|---|---|")
    rows = [ours, quarter, theirs]
    print("| time | " + " | ".join(f"{row['seconds']:.2f} s" for row in rows) + " |")
    print("| processor time | " + " | ".join(f"{row['busy']:.2f} s" for row in rows) + " |")
    print("| files per second | " + " | ".join(f"{row['files'] / row['seconds']:.0f}" for row in rows) + " |")
    print("| statements | " + " | ".join(f"{row['statements']:,}" for row in rows) + " |")
    print("| most memory | " + " | ".join(f"{row['memory']:.0f} MiB" for row in rows) + " |")
    print(f"\nRatio: {ratio:.1f} ×.")


def best_rounds(side):
    """The shortest time of each question on PostgreSQL over the rounds, with its rows."""
    rounds = [table(os.path.basename(path)) for path in sorted(glob.glob(os.path.join(work, f"postgresql-{side}-*.txt")))]
    names = [name for name in rounds[0] if name != "memory"]
    return {name: (rounds[0][name][0], min(found[name][1] for found in rounds)) for name in names}


def postgresql():
    if not os.path.exists(os.path.join(work, "insert", "theirs.json")):
        print("\nThere is no PostgreSQL server on this machine, so nothing was timed on one.")
        return
    print("\n## On PostgreSQL\n")
    print("The same survey, copied row by row into a schema that the reference has made, on a private server behind a Unix socket;")
    print("both sides ask the same server in turns, the best of two processes for each counts. The goal is at least 3 × each and 8 ×")
    print("on geometric average of the first twelve, and 10 × for the insertion.\n")
    ours, theirs = best_rounds("ours"), best_rounds("theirs")
    print("| question | rows | Steward | reference | ratio |\n|---|---|---|---|---|")
    ratios = []
    for question, (rows, time) in theirs.items():
        found, our_time = ours[question]
        if rows != found:
            raise SystemExit(f"{question} on PostgreSQL: {found} rows here, {rows} in the reference")
        ratios.append(time / our_time)
        print(f"| {question} | {rows:.0f} | {our_time:.2f} ms | {time:.1f} ms | {ratios[-1]:.1f} × |")
    ours, theirs = (json.load(open(os.path.join(work, "insert", f"{side}.json"))) for side in ("ours", "theirs"))
    for job, time in theirs.items():
        print(f"| {job} | | {ours[job] * 1e3:.1f} ms | {time * 1e3:.1f} ms | {time / ours[job]:.1f} × |")
    print(f"\nGeometric mean of the first twelve ratios: {math.prod(ratios[:12]) ** (1 / 12):.1f} ×. The user of the")
    print("insertion may go without the server's triggers for foreign keys, which Steward then checks at once; see `docs/postgresql.md`.")


survey()
raws()
postgresql()
