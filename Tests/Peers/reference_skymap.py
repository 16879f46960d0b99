"""Reads sky maps with the reference's configuration classes and registry.

The package lsst.skymap itself is not in the virtualenv; its classes are stood in for by ones of the same names whose
configurations have the same fields, so that pickles and configuration texts are those of lsst.pex.config.

Usage: reference_skymap.py pickle READ WRITE   read a pickle, tell what it holds, write it again
       reference_skymap.py rows REPO NAME       tell the rows of a registered sky map, and its dataset
"""

import json
import pickle
import sys
import types

import lsst.pex.config as pex


def module(name):
    made = types.ModuleType(name)
    sys.modules[name] = made
    parent, _, child = name.rpartition(".")
    setattr(sys.modules[parent], child, made)
    return made


def place(made, cls):
    cls.__module__ = made.__name__
    setattr(made, cls.__name__, cls)
    return cls


module("lsst.skymap")
builders = module("lsst.skymap.tractBuilder")
registry = pex.makeRegistry("tract builders")


def builder(name, fields):
    config = place(builders, type(pex.Config)(name.capitalize() + "TractBuilderConfig", (pex.Config,), fields))
    registry.register(name, type(name, (), {"ConfigClass": config}), ConfigClass=config)


builder(
    "legacy",
    {
        "patchInnerDimensions": pex.ListField("-", int, length=2, default=(4000, 4000)),
        "patchBorder": pex.Field("-", int, default=100),
    },
)
builder(
    "cells",
    {
        "cellInnerDimensions": pex.ListField("-", int, length=2, default=(150, 150)),
        "cellBorder": pex.Field("-", int, default=50),
        "numCellsPerPatchInner": pex.Field("-", int, default=20),
        "numCellsInPatchBorder": pex.Field("-", int, default=1),
    },
)


class BaseConfig(pex.Config):
    tractBuilder = registry.makeField("-", default="legacy")
    tractOverlap = pex.Field("-", float, default=1.0)
    pixelScale = pex.Field("-", float, default=0.333)
    projection = pex.Field("-", str, default="STG")
    rotation = pex.Field("-", float, default=0)


class BaseSkyMap:
    pass


place(module("lsst.skymap.baseSkyMap"), BaseConfig)
place(sys.modules["lsst.skymap"], BaseSkyMap)


def kind(word, fields, has_state):
    made = module(f"lsst.skymap.{word.lower()}SkyMap")
    place(made, type(pex.Config)(f"{word}SkyMapConfig", (BaseConfig,), fields))

    def __init__(self, config, version=0):
        self.config, self.version = config, version

    def __reduce__(self):
        return type(self), (self.config, self.version)

    def __getstate__(self):
        return {"version": (1, 0), "config": self.config}

    def __setstate__(self, state):
        self.config, self.version = state["config"], list(state["version"])

    methods = {"__getstate__": __getstate__, "__setstate__": __setstate__}
    if not has_state:
        methods = {"__init__": __init__, "__reduce__": __reduce__}
    place(made, type(f"{word}SkyMap", (BaseSkyMap,), methods))


def reals():
    return pex.ListField("-", float, default=[])


kind("Rings", {"numRings": pex.Field("-", int), "raStart": pex.Field("-", float, default=0.0)}, False)
kind("Discrete", {"raList": reals(), "decList": reals(), "radiusList": reals()}, False)
kind("Healpix", {"log2NSide": pex.Field("-", int, default=0), "nest": pex.Field("-", bool, default=False)}, False)
kind("Dodeca", {"withTractsOnPoles": pex.Field("-", bool, default=False)}, True)
kind("Equat", {"numTracts": pex.Field("-", int, default=4), "decRange": reals()}, True)


def told(skymap):
    config = skymap.config.toDict()
    name = skymap.config.tractBuilder.name
    config["tractBuilder"] = {name: skymap.config.tractBuilder[name].toDict()}
    return {"class": type(skymap).__name__, "version": skymap.version, "config": config}


def rows(repo, name):
    from lsst.daf.butler import Butler

    butler = Butler.from_config(repo)
    with butler.query() as query:
        (record,) = query.dimension_records("skymap").where(skymap=name)
        tracts = query.dimension_records("tract").where(skymap=name)
        patches = query.dimension_records("patch").where(skymap=name)
        return {
            "skymap": [record.hash.hex(), record.tract_max, record.patch_nx_max, record.patch_ny_max],
            "tracts": sorted([r.id, r.region.encode().hex()] for r in tracts),
            "patches": sorted([r.tract, r.id, r.cell_x, r.cell_y, r.region.encode().hex()] for r in patches),
            "dataset": told(butler.get("skyMap", skymap=name, collections="skymaps")),
        }


if sys.argv[1] == "rows":
    print(json.dumps(rows(*sys.argv[2:])))
else:
    with open(sys.argv[2], "rb") as file:
        skymap = pickle.load(file)
    print(json.dumps(told(skymap)))
    with open(sys.argv[3], "wb") as file:
        pickle.dump(skymap, file, protocol=-1)
