#!/usr/bin/env python3
"""The report in a real browser: what a person sees and does, on 1,299 datasets, hostile names and old files.

  TOKENSTATS=PROGRAM python3 Tests/BrowserTests/run.py [-k PATTERN ...]

Needs Chromium. Without one it says so and passes; with CI=true it fails.
"""

import argparse
import os
import pathlib
import sys
import unittest

import chromium
from report_case import ReportTest


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-k", dest="patterns", action="append", help="only tests with this in their name")
    arguments = parser.parse_args()
    if chromium.find_program() is None:
        print("not run: browser tests: there is no Chromium here")
        return 1 if os.environ.get("CI") == "true" else 0
    loader = unittest.TestLoader()
    if arguments.patterns:
        loader.testNamePatterns = [f"*{pattern}*" for pattern in arguments.patterns]
    tests = loader.discover(str(pathlib.Path(__file__).parent))
    try:
        ReportTest.start()
        result = unittest.TextTestRunner(stream=sys.stdout).run(tests)
    finally:
        ReportTest.stop()
    return 0 if result.wasSuccessful() and result.testsRun > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
