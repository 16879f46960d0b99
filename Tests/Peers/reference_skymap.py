"""Reads a sky map's pickle with the reference's configuration classes, tells what it holds, writes it again.

The package lsst.skymap itself is not in the virtualenv; its classes are stood in for by ones of the same names whose
configurations have the same fields, so that pickles and configuration texts are those of lsst.pex.config.

Usage: reference_skymap.py READ WRITE
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


place(module("lsst.skymap.baseSkyMap"), BaseConfig)


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
    place(made, type(f"{word}SkyMap", (), methods))


def reals():
    return pex.ListField("-", float, default=[])


kind("Rings", {"numRings": pex.Field("-", int), "raStart": pex.Field("-", float, default=0.0)}, False)
kind("Discrete", {"raList": reals(), "decList": reals(), "radiusList": reals()}, False)
kind("Healpix", {"log2NSide": pex.Field("-", int, default=0), "nest": pex.Field("-", bool, default=False)}, False)
kind("Dodeca", {"withTractsOnPoles": pex.Field("-", bool, default=False)}, True)
kind("Equat", {"numTracts": pex.Field("-", int, default=4), "decRange": reals()}, True)

with open(sys.argv[1], "rb") as file:
    skymap = pickle.load(file)
config = skymap.config.toDict()
name = skymap.config.tractBuilder.name
config["tractBuilder"] = {name: skymap.config.tractBuilder[name].toDict()}
print(json.dumps({"class": type(skymap).__name__, "version": skymap.version, "config": config}))
with open(sys.argv[2], "wb") as file:
    pickle.dump(skymap, file, protocol=-1)
