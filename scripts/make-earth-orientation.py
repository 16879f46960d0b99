#!/usr/bin/env python3
"""Write the table of Earth orientation that Steward ships, from the IERS data that the reference installs.

usage: PYTHON scripts/make-earth-orientation.py    (PYTHON of a virtualenv with the reference)

Source: finals2000A.all (USNO, rapid service and predictions), overwritten by EOP 20 C04 (Paris Observatory) where that
has values, as astropy combines them; both come with the package astropy-iers-data.
"""
import importlib.metadata
import pathlib

import numpy
from astropy.utils.iers import IERS_Auto

table = IERS_Auto.read()
days = table["MJD"].value
assert (numpy.diff(days) == 1).all()


def steps(column: str, unit: str, resolution: float) -> list[int]:
    values = numpy.asarray(table[column].to_value(unit)) / resolution
    whole = numpy.rint(values)
    assert abs(values - whole).max() < 1e-4
    return numpy.diff(whole, prepend=0).astype(int).tolist()


target = pathlib.Path(__file__).parent.parent / "Sources/ObservationMetadata/Tables/earth-orientation.txt"
with target.open("w") as file:
    version = importlib.metadata.version("astropy-iers-data")
    print(f"# Earth orientation parameters of the IERS, from astropy-iers-data {version}.", file=file)
    print("# Made by scripts/make-earth-orientation.py. One line for each day at 0h UTC, ascending from the day below:", file=file)
    print("# x and y of the pole in microarcseconds, UT1-UTC in tenths of microseconds, each less the day before's.", file=file)
    print(f"first_mjd {int(days[0])}", file=file)
    for row in zip(steps("PM_x", "arcsec", 1e-6), steps("PM_y", "arcsec", 1e-6), steps("UT1_UTC", "s", 1e-7)):
        print(*row, file=file)
