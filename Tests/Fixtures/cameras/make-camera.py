"""Writes camera.fits: SimCam as a `camera` dataset of the reference (the archive of `lsst.afw`), by its published layout.

Detector 3 has another serial number and lies 0.5 mm further in x than in the definition. mappings.json holds mappings
of the Starlink AST library with points before and after. Needs astropy, numpy and starlink-pyast.
"""

import json

import numpy as np
import starlink.Ast as Ast
from astropy.io import fits


class Lines:
    def __init__(self):
        self.lines = []

    def astsink(self, line):
        self.lines.append(line)


def text(mapping):
    lines = Lines()
    Ast.Channel(None, lines, "Comment=0,Full=-1").write(mapping)
    return "\n".join(lines.lines) + "\n"


def radial(coefficients):
    """Radius becomes a polynomial of itself, as the reference's cameras have it."""
    norm = Ast.UnitNormMap([0.0, 0.0])
    terms = [[value, 1, power] for power, value in enumerate(coefficients) if value]
    polynomial = Ast.PolyMap(terms, None, "IterInverse=1,NiterInverse=20,TolInverse=1e-13")
    inverse = norm.copy()
    inverse.invert()
    scale = Ast.CmpMap(Ast.UnitMap(2), polynomial, False)
    return Ast.CmpMap(Ast.CmpMap(norm, scale, True), inverse, True)


def table(number, name, columns, flags=()):
    """A table of the archive; the form "text" is a column of texts of any length, "bytes" one of bytes."""
    parts = []
    if flags:
        bits = np.array([[values[row] for _, values in flags] for row in range(len(flags[0][1]))], dtype=bool)
        parts.append(fits.Column("flags", f"{len(flags)}X", array=bits))
    for key, form, values in columns:
        if form in ("text", "bytes"):
            longest = max(max(len(value) for value in values), 1)
            raw = [np.frombuffer((value or " ").encode(), dtype=np.uint8) for value in values]
            kept = np.empty(len(raw), dtype=object)
            kept[:] = [np.char.array([bytes([byte]) for byte in item]) for item in raw] if form == "text" else raw
            parts.append(fits.Column(key, f"Q{'A' if form == 'text' else 'B'}({longest})", array=kept))
        else:
            parts.append(fits.Column(key, form, array=np.array(values)))
    unit = fits.BinTableHDU.from_columns(parts)
    unit.header["EXTTYPE"] = "ARCHIVE_DATA"
    unit.header["AR_CATN"] = number
    unit.header["AR_NAME"] = name
    unit.header["EXTNAME"] = name
    if flags:
        unit.header["FLAGCOL"] = 1
        for position, (flag, _) in enumerate(flags, 1):
            unit.header[f"TFLAG{position}"] = flag
    return unit


places = [(-7.9, -7.9), (7.9, -7.9), (-7.9, 7.9), (8.4, 7.9)]
names = ["R00_S00", "R00_S01", "R00_S10", "R00_S11"]
serials = ["SIM-0001", "SIM-0002", "SIM-0003", "SIM-0104"]
count = len(names)
ones = [1] * count
zeros = [0] * count
# Identifiers: 1 camera, 2 transform map, 3 transform, 10 and on detectors.
detectors = table(1, "Detector", [
    ("name", "text", names), ("id", "1J", list(range(count))), ("type", "1J", zeros), ("serial", "text", serials),
    ("bbox_min_x", "1J", zeros), ("bbox_min_y", "1J", zeros), ("bbox_max_x", "1J", [511] * count),
    ("bbox_max_y", "1J", [511] * count), ("pixelSize_x", "1D", [0.03] * count), ("pixelSize_y", "1D", [0.03] * count),
    ("fpPosition_x", "1D", [place[0] for place in places]), ("fpPosition_y", "1D", [place[1] for place in places]),
    ("fpPosition_z", "1D", [0.0] * count), ("refPoint_x", "1D", [255.5] * count),
    ("refPoint_y", "1D", [255.5] * count), ("yaw", "1D", [0.0] * count), ("pitch", "1D", [0.0] * count),
    ("roll", "1D", [0.0] * count), ("transformMap", "1J", [2] * count), ("physicalType", "text", ["SIM"] * count),
])
boxes = []
for root in ["bbox", "raw_bbox", "raw_databbox", "raw_horizontaloverscanbbox", "raw_verticaloverscanbbox",
             "raw_prescanbbox"]:
    boxes += [(f"{root}_min_x", "1J", zeros), (f"{root}_min_y", "1J", zeros), (f"{root}_extent_x", "1J", [512] * count),
              (f"{root}_extent_y", "1J", [512] * count)]
amplifiers = table(2, "Detector", [
    ("name", "text", ["C00"] * count), *boxes, ("gain", "1D", [1.5] * count), ("saturation", "1D", [65535.0] * count),
    ("suspectlevel", "1D", [np.nan] * count), ("readnoise", "1D", [5.0] * count), ("readoutcorner", "1J", zeros),
    ("linearity_coeffs", "2D", [[0.0, 0.0]] * count), ("linearity_type", "text", ["none"] * count),
    ("raw_xyoffset_x", "1J", zeros), ("raw_xyoffset_y", "1J", zeros),
], [("hasrawinfo", ones), ("raw_flip_x", zeros), ("raw_flip_y", zeros)])
transform = table(3, "TransformPoint2ToPoint2",
                  [("bytes", "bytes", ["1 TransformPoint2ToPoint2 " + text(radial([0.0, 1.0e-4]))])])
connections = table(4, "TransformMap", [
    ("fromSysName", "text", ["FocalPlane"]), ("fromSysDetectorName", "text", [""]), ("toSysName", "text", ["FieldAngle"]),
    ("toSysDetectorName", "text", [""]), ("transform", "1J", [3]),
])
members = table(5, "Camera", [("detector", "1J", [10 + number for number in range(count)])])
camera = table(6, "Camera", [("name", "text", ["SimCam"]), ("pupilFactoryName", "text", ["none"]), ("transformMap", "1J", [2])])
entries = [(3, 3, 0, 0, 1, "TransformPoint2ToPoint2", "lsst.afw.geom"),
           (2, 4, 0, 0, 1, "TransformMap", "lsst.afw.cameraGeom")]
for number in range(count):
    entries += [(10 + number, 1, 0, number, 1, "Detector", "lsst.afw.cameraGeom"),
                (10 + number, 2, 1, number, 1, "Detector", "lsst.afw.cameraGeom")]
entries += [(1, 5, 0, 0, count, "Camera", "lsst.afw.cameraGeom"), (1, 6, 1, 0, 1, "Camera", "lsst.afw.cameraGeom")]
index = fits.BinTableHDU.from_columns([
    fits.Column(name, form, array=np.array([entry[position] for entry in entries]))
    for position, (name, form) in enumerate([("id", "1J"), ("cat.archive", "1J"), ("cat.persistable", "1J"),
                                             ("row0", "1J"), ("nrows", "1J"), ("name", "64A"), ("module", "64A")])
])
index.header["EXTTYPE"] = "ARCHIVE_INDEX"
index.header["EXTNAME"] = "ARCHIVE_INDEX"
index.header["AR_CATN"] = 0
index.header["AR_NCAT"] = 7
primary = fits.PrimaryHDU()
primary.header["AR_HDU"] = 2
fits.HDUList([primary, index, detectors, amplifiers, transform, connections, members, camera]).writeto(
    "camera.fits", overwrite=True, output_verify="exception")

distorted = radial([0.0, 9.69881e-5, 0.0, -8.1e-13])
mirrored = Ast.CmpMap(distorted, Ast.MatrixMap([[-1.0, 0.0], [0.0, 1.0]]), True).simplify()
inverted = distorted.copy()
inverted.invert()
planar = Ast.PolyMap([[1.0, 1, 1, 0], [1e-4, 1, 1, 1], [0.5, 2, 0, 0], [1.1, 2, 0, 1]], None, "IterInverse=1")
points = [[0.0, 0.0], [100.0, 20.0], [-30.5, 300.0], [250.0, -250.0]]
mappings = []
for name, mapping, before in [
    ("radial", distorted, points), ("radial and a mirror", mirrored, points),
    ("radial, inverted", inverted, [[0.01 * x / 300, 0.01 * y / 300] for x, y in points[1:]]),
    ("polynomial", planar, points),
]:
    after = mapping.tran(np.array(before).T.tolist()).T.tolist()
    mappings.append({"name": name, "text": text(mapping), "before": before, "after": after})
with open("mappings.json", "w") as file:
    json.dump(mappings, file, indent=1)
    file.write("\n")
