"""Run commands of the reference's `butler` one after the other, in one process.

usage: reference_commands.py ROOT INVOCATIONS    print a JSON list of {"exit": code, "output": standard output}

INVOCATIONS is a file with one JSON list of arguments a line, in which REPO stands for ROOT (and REPO-2 for a folder beside it).
"""

import json
import logging
import sys

from click.testing import CliRunner
from lsst.daf.butler.cli.butler import cli


def main(root, path):
    answers = []
    with open(path) as stream:
        for line in stream:
            arguments = [word.replace("REPO", root) for word in json.loads(line)]
            result = CliRunner().invoke(cli, arguments)
            logging.getLogger().handlers.clear()
            answers.append({"exit": result.exit_code, "output": result.stdout, "errors": result.stderr[-600:]})
    json.dump(answers, sys.stdout)


main(*sys.argv[1:])
