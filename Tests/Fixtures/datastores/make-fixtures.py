"""Make the JSON files of this directory with Python's `format` and the reference's file templates.

usage: make-fixtures.py     (with the reference's Python; writes format-specs.json and templates.json beside itself)
"""

import itertools
import json
import pathlib
import random
import uuid

import astropy.time
from lsst.daf.butler import DataCoordinate, DatasetRef, DatasetType, DimensionUniverse, StorageClass, Timespan
from lsst.daf.butler.datastore.file_templates import FileTemplate

HERE = pathlib.Path(__file__).parent
random.seed(5)


def write(name, rows):
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (HERE / name).write_text(f"[\n{lines}\n]\n")


def formatted(value, spec):
    try:
        return format(value, spec)
    except (ValueError, OverflowError, TypeError):
        return None


def format_specs():
    ints = [0, 1, -1, 7, 42, -1234, 1234567, 2**40, -(2**63), 8364]
    floats = [0.0, -0.0, 1.0, 30.0, 1.5, -2.25, 0.1, 1e-5, 1e-4, 123456.789, 1e15, 1e16, 1.2345e17, 1e22, 1e300,
              2.5, 99.995, -1e-7, 3.0000001]
    texts = ["", "a", "HSC", "naïve", "a b", "日本"]
    specs = ["", "d", "4d", "04d", "+d", " d", "-d", "<6d", ">6", "^7", "*^7d", "=+6d", "x", "X", "#x", "#o", "b",
             "08b", ",", "_", "_x", "010,", "c", "n", "08", "s", "5s", "05", "<05d", ".3", ".2s", "5.1s", "=5",
             "f", ".0f", ".1f", "08.2f", "+.3e", ".2E", "g", ".3g", ".10g", "G", "%", ".1%", ".1", ".5", "12.4",
             "012,.2f", "#.0f", "#.3g", "e", "z", "4x ", "#", "é<4", "1001d", ".d"]
    rows = []
    for kind, values in (("int", ints), ("float", floats), ("str", texts), ("bool", [True, False])):
        rows += [[kind, str(v) if kind == "int" else v, s, formatted(v, s)] for v, s in itertools.product(values, specs)
                 if s != "z"]
    # What Python allows and a file name cannot use: widths beyond any file name.
    rows = [row for row in rows if row[2] != "1001d"]
    write("format-specs.json", rows)


def references():
    universe = DimensionUniverse()
    tai = astropy.time.Time("2025-01-01T12:00:00", scale="tai")
    span = Timespan(tai, astropy.time.Time("2025-01-02T12:00:00", scale="tai"))
    fields = {
        "instrument": dict(name="Cam1", visit_max=999, visit_system=0, exposure_max=999, detector_max=9, class_name="c"),
        "band": dict(name="g"),
        "physical_filter": dict(instrument="Cam1", name="Cam1-G", band="g"),
        "detector": dict(instrument="Cam1", id=1, full_name="A1", name_in_raft="1", raft="A", purpose="SCIENCE"),
        "day_obs": dict(instrument="Cam1", id=20250101, timespan=span),
        "group": dict(instrument="Cam1", name="g/1 x"),
        "exposure": dict(
            instrument="Cam1", id=10, obs_id="ten", physical_filter="Cam1-G", group="g/1 x", day_obs=20250101,
            exposure_time=30.0, dark_time=31.25, observation_type="science", observation_reason="a:b?", seq_num=10,
            seq_start=10, seq_end=10, target_name="M 31 / \"x\".y#z", science_program="p", tracking_ra=None,
            tracking_dec=-5.0, sky_angle=0.0, azimuth=1e-7, zenith_angle=1e17, has_simulated=False,
            can_see_sky=True, timespan=span),
        "visit": dict(
            instrument="Cam1", id=10, name="ten", physical_filter="Cam1-G", day_obs=20250101, seq_num=10,
            exposure_time=30.0, target_name="M 31", observation_reason="r", science_program="p", azimuth=1.5,
            zenith_angle=2.5, timespan=span),
        "skymap": dict(name="sky1", tract_max=9, patch_nx_max=9, patch_ny_max=9, hash=b"x"),
        "tract": dict(skymap="sky1", id=0),
        "patch": dict(skymap="sky1", tract=0, id=3, cell_x=1, cell_y=2),
    }
    keys = dict(instrument="Cam1", band="g", physical_filter="Cam1-G", detector=1, day_obs=20250101, group="g/1 x",
                exposure=10, visit=10, skymap="sky1", tract=0, patch=3, htm7=147103, healpix5=17)
    types = {
        "raw": (["exposure", "detector"], "u/me"), "calexp": (["visit", "detector"], "u/me/20250101T000000Z"),
        "calexp.wcs": (["visit", "detector"], "u/me/x"), "visitSummary": (["visit"], "u/me/x y:z"),
        "deepCoadd": (["patch", "band"], "c/1"), "skyMap": (["skymap"], "skymaps"),
        "bias": (["detector"], "Cam1/calib/v1.2#3"), "flat": (["detector", "physical_filter"], "Cam1/calib/a+b%c"),
        "gaia": (["htm7"], "refcats"), "two": (["htm7", "healpix5"], "refcats"), "isr_config": ([], "u/run"),
        "grp": (["group", "detector"], "u/run"),
    }
    refs = {}
    for number, (name, (dimensions, run)) in enumerate(types.items()):
        group = universe.conform(dimensions)
        composite = StorageClass("Composite", components={"wcs": StorageClass("Wcs"), "psf": StorageClass("Psf")})
        if "." in name:
            kind = DatasetType(name, group, StorageClass("Wcs"), parentStorageClass=composite)
        else:
            kind = DatasetType(name, group, composite)
        data_id = DataCoordinate.standardize({k: keys[k] for k in group.names}, dimensions=group)
        records = {}
        for element in group.elements:
            if element in fields:
                records[element] = universe[element].RecordClass(**fields[element])
            else:
                records[element] = None
        refs[name] = DatasetRef(kind, data_id.expanded(records), run, id=uuid.UUID(int=number + 1))
    return refs


def templates():
    default = (
        "{run:/}/{datasetType}.{component:?}/{tract:?}/{patch:?}/{day_obs|visit.day_obs|exposure.day_obs:?}/{band:?}/"
        "{subfilter:?}/{physical_filter:?}/{visit:?}/{exposure.obs_id|group:?}/{datasetType}_{component:?}_"
        "{instrument:?}_{tract:?}_{patch:?}_{band:?}_{physical_filter:?}_{visit:?}_{exposure.obs_id|group:?}_"
        "{detector.full_name:?}_{skymap:?}_{skypix:?}_{ssp_hypothesis_table:?}_{ssp_hypothesis_bundle:?}_"
        "{ssp_balanced_index:?}_{run}"
    )
    texts = [
        default,
        "{run:/}/{datasetType}.{component:?}/{day_obs|exposure.day_obs}/{exposure.obs_id}/{datasetType}_{component:?}_"
        "{instrument:?}_{physical_filter}_{exposure.obs_id}_{detector.full_name}_{run}",
        "{run}/{id}",
        "{run:/}/{visit.name}_{visit.exposure_time:.1f}_{detector.full_name:?}",
        "{run:/}/{datasetType}.{component:?}/{visit:04d}/{datasetType}_{detector:03d}_{run}",
        "{run:/}/{datasetType}/{visit.name}/{detector.full_name}_{band:?}_{tract:?}_{physical_filter}",
        "/abs/{run:/}/{visit}_{detector}.{instrument}",
        "{run:/}/{instrument:>10}",
        "{run:/}/a#{visit}.x#y{detector}",
        "{run:/}/{{literal}}/{detector}",
        "{run:/}//x/./{detector}_{instrument!r}_{instrument!s:>6}",
        "{run!r:/}/{exposure.target_name}_{exposure.target_name:/}",
        "{run:/}/{exposure.target_name:/}/{exposure.observation_reason}_{exposure.has_simulated}_{exposure.azimuth}",
        "{run:/}/{exposure.zenith_angle}_{exposure.can_see_sky:d}_{exposure.tracking_ra}_{exposure.dark_time:07.3f}",
        "{run:/}/{exposure.nonsense:?}_{exposure.obs_id}",
        "{run:/}/{exposure.nonsense}_{exposure.obs_id}",
        "{run:/}/{visit|exposure|detector:06d}",
        "{run:/}/{nothing|detector}",
        "{run:/}/{nothing:?}x{detector:?}/end{visit:?}",
        "{run:/}/{skypix}_{htm7:?}",
        "{run:/}/{skypix:08d}",
        "{run:/}/{htm7}_{healpix5:?}",
        "{run:/}/{group:/}/{group}",
        "{run:/}/{component}/{detector}_{component:>5}",
        "{datasetType}/{run}_{detector.id}_{patch.cell_x:?}_{patch:03d}",
        "{run:?/}/{id}_{datasetType:^12}",
        "{run:/}/{detector:s}",
        "{run:/}/{instrument:04d}",
        "{run:/}/{id!s:>40}",
        "{run:/}/{instrument:.2}_{detector:x}_{id}",
        "{detector}", "{run}", "{run}/{datasetType}", "{id}/{detector}", "{run}/../{detector}", "{collection}/{detector}",
        "{run}/{detector", "{run}/{}", "{run}}/{detector}", "{run}/{detector!z}", "plain", "",
    ]
    refs = references()
    rows = []
    for text in texts:
        try:
            template = FileTemplate(text)
        except Exception:
            rows.append([text, None])
            continue
        paths = {}
        for name, ref in refs.items():
            try:
                paths[name] = template.format(ref)
            except Exception:
                paths[name] = None
        rows.append([text, paths])
    write("templates.json", rows)


format_specs()
templates()
