"""Print the tables of default storage classes and formatters in the layout of ButlerConfig.

Run with a Python that has the reference installed; paste the output into
StorageClassTable.swift and FormatterTable.swift.
"""

import json
from importlib.resources import files

import yaml

configs = files("lsst.daf.butler") / "configs"


def pairs(mapping, sign):
    return " ".join(f"{key}{sign}{value}" for key, value in (mapping or {}).items())


print("--- storage classes")
for name, entry in yaml.safe_load((configs / "storageClasses.yaml").read_text())["storageClasses"].items():
    unknown = set(entry) - {
        "pytype", "inheritsFrom", "components", "derivedComponents", "parameters", "delegate", "converters"
    }
    assert not unknown, unknown
    fields = [
        name,
        entry.get("pytype", ""),
        entry.get("inheritsFrom", ""),
        pairs(entry.get("components"), "="),
        pairs(entry.get("derivedComponents"), "="),
        " ".join(entry.get("parameters", [])),
        entry.get("delegate", ""),
        pairs(entry.get("converters"), "="),
    ]
    print("|".join(fields).rstrip("|"))

print("--- formatters")
text = (configs / "datastores/formatters.yaml").read_text().replace("!include writeRecipes.yaml", "null")
groups = {}
for name, entry in yaml.safe_load(text).items():
    if name in ("write_recipes", "default"):
        continue
    if isinstance(entry, str):
        entry = {"formatter": entry}
    parameters = entry.get("parameters")
    key = (entry["formatter"], json.dumps(parameters) if parameters else "")
    groups.setdefault(key, []).append(name)
for (formatter, parameters), names in groups.items():
    print("|".join([formatter, " ".join(names), parameters]).rstrip("|"))
