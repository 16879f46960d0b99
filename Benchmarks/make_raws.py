"""Make small raw files with headers like LSSTCam's for the ingest benchmark: make_raws.py FOLDER [FILES]

Four nights, a folder each; 20 detectors of each exposure.
"""

import os
import sys

folder = sys.argv[1]
files = int(sys.argv[2]) if len(sys.argv) > 2 else 20_000
DETECTORS = [f"R{raft}_S{x}{y}" for raft in ("01", "02", "03") for x in range(3) for y in range(3)][:20]
FILTERS = [("u", "u_24"), ("g", "g_6"), ("r", "r_57"), ("i", "i_39"), ("z", "z_20"), ("y", "y_10")]


def card(key, value):
    if isinstance(value, bool):
        text = f"{'T' if value else 'F':>20}"
    elif isinstance(value, (int, float)):
        text = f"{value!r:>20}"
    else:
        text = f"'{value:<8}'"
    return f"{key:<8}= {text} / as the observatory says".ljust(80)[:80]


def header(cards):
    text = "".join(card(*item) for item in cards) + "END".ljust(80)
    return text.ljust(-(-len(text) // 2880) * 2880)


EXTENSION = (
    header([("XTENSION", "IMAGE"), ("BITPIX", 16), ("NAXIS", 2), ("NAXIS1", 16), ("NAXIS2", 16), ("PCOUNT", 0),
            ("GCOUNT", 1), ("EXTNAME", "Segment10"), ("CHANNEL", 1)]).encode() + bytes(2880)
)


def primary(night, number, detector, label, mjd):
    raft, slot = detector.split("_")
    band, physical = FILTERS[number % len(FILTERS)]
    day = 20251201 + night
    cards = [
        ("SIMPLE", True), ("BITPIX", 8), ("NAXIS", 0), ("EXTEND", True), ("BINX", 1), ("BINY", 1), ("CCDGAIN", 1.0),
        ("CCDNOISE", 10.0), ("IMGTYPE", "OBJECT"), ("OBSID", label), ("MJD-OBS", mjd), ("MJD-TRG", mjd), ("MJD-BEG", mjd),
        ("MJD-END", mjd + 0.00035), ("BUNIT", "adu"), ("TIMESYS", "TAI"),
        ("GROUPID", f"2025-12-{1 + night:02d}T{number // 60:02d}:{number % 60:02d}:26.692"), ("INSTRUME", "lsstCam"),
        ("TELESCOP", "Simonyi Survey Telescope"), ("OBS-LONG", -70.749417), ("OBS-LAT", -30.244639),
        ("OBS-ELEV", 2663.0), ("OBSGEO-X", 1818938.94), ("OBSGEO-Y", -5208470.95), ("OBSGEO-Z", -3195172.08),
        ("RA", 20 + 0.5 * number + 0.1 * night), ("DEC", -20 - 0.1 * night), ("RASTART", 20 + 0.5 * number + 0.1 * night),
        ("DECSTART", -20 - 0.1 * night), ("ROTPA", 131.357), ("ROTCOORD", "sky"), ("HASTART", -1.3), ("ELSTART", 67.9926),
        ("AZSTART", 60.2739), ("AMSTART", 1.078), ("ELEND", 68.08), ("AZEND", 60.07), ("AMEND", 1.077),
        ("TRACKSYS", "RADEC"), ("RADESYS", "ICRS"), ("FOCUSZ", -3.2005), ("OBJECT", f"field {number % 40}"),
        ("VIGNETTE", "NO"), ("VIGN_MIN", "NO"), ("TESTTYPE", "OBJECT"), ("CAMCODE", "MC"), ("CONTRLLR", "O"),
        ("DAYOBS", str(day)), ("SEQNUM", number), ("PROGRAM", "BLOCK-365"), ("REASON", "field_survey_science"),
        ("CURINDEX", 1), ("MAXINDEX", 1), ("TSTAND", "TMAMCv1_SUM"), ("IMAGETAG", "57bdd0bf5c668740"),
        ("CCD_MANU", "ITL"), ("CCD_TYPE", "3800C"), ("CCDSLOT", slot), ("RAFTBAY", raft), ("FIRMWARE", "3139500e"),
        ("PLATFORM", "lsstcam"), ("CONTNUM", "18ed9486"), ("DAQPART", "camera"), ("DAQFOLD", "raw"),
        ("SEQFILE", "FP_ITL_2s_l3cp_v30.seq"), ("LSST_NUM", "ITL-3800C-226"), ("CCD_SERN", "23000"),
        ("RAFTNAME", "LCA-11021_RTM-011"), ("FPVERS", "1.2.14"), ("IHVERS", "1.1.10"), ("FILTBAND", band),
        ("FILTER", physical), ("FILTPOS", 287.0), ("FILTSLOT", 2), ("EXPTIME", 30.0), ("DARKTIME", 30.9487),
        ("SHUTTIME", 30.0009), ("AIRTEMP", 9.7), ("PRESSURE", 74210.0), ("HUMIDITY", 11.175), ("WINDSPD", 5.92),
        ("WINDDIR", 5.5), ("HEADVER", 2), ("FILENAME", f"{label}_{detector}.fits"),
    ]
    return header(cards + [(f"EXTRA{index:03d}", 0.5 * index) for index in range(160 - len(cards))])


made = 0
for night in range(4):
    os.makedirs(os.path.join(folder, str(night)))
    for number in range(1, -(-files // (4 * len(DETECTORS))) + 1):
        label = f"MC_O_{20251201 + night}_{number:06d}"
        for detector in DETECTORS:
            if made >= files * (night + 1) // 4:
                break
            made += 1
            with open(os.path.join(folder, str(night), f"{label}_{detector}.fits"), "wb") as file:
                file.write(primary(night, number, detector, label, 61010.1 + night + number * 0.0005).encode() + EXTENSION)
