# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
"""formats.py FORMAT FILE [KTAP]: reads what forkcheck-report wrote with libraries of others; prints the numbers that
it found: results, failures, errors, skipped."""
import json
import os
import re
import sys

import jsonschema
import junitparser

HERE = os.path.dirname(os.path.abspath(__file__))


def validator(path):
    with open(os.path.join(HERE, path), encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


def junit(path):
    suite, = junitparser.JUnitXml.fromfile(path)
    kinds = [type(result).__name__ for case in suite for result in case.result]
    counted = len(list(suite)), kinds.count("Failure"), kinds.count("Error"), kinds.count("Skipped")
    assert counted == (suite.tests, suite.failures, suite.errors, suite.skipped), counted
    return counted


def jsonl(path):
    check = validator("../docs/forkcheck-results.schema.json")
    with open(path, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    for line in lines:
        check.validate(line)
    assert [line["type"] for line in lines] == ["run"] + ["result"] * (len(lines) - 2) + ["end"]
    verdicts = [line["verdict"] for line in lines[1:-1]]
    assert {v: verdicts.count(v) for v in lines[-1]["counts"]} == lines[-1]["counts"]
    bad = [line for line in lines[1:-1] if "unexpected" in line]
    return len(verdicts), len(bad), verdicts.count("BROKEN"), verdicts.count("SKIP")


def kcidb(path):
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    validator("kcidb.schema.json").validate(data)
    statuses = [test["status"] for test in data["tests"]]
    assert len({test["id"] for test in data["tests"]}) == len(statuses)
    return len(statuses), statuses.count("FAIL"), statuses.count("ERROR"), statuses.count("SKIP")


def lava(path):
    """As LAVA's own pattern finds signals on a console."""
    with open(path, encoding="utf-8") as file:
        signals = re.findall(r"<LAVA_SIGNAL_(\S+) ([^>]+)>", file.read())
    cases = [dict(word.split("=", 1) for word in rest.split()) for name, rest in signals if name == "TESTCASE"]
    assert all(re.fullmatch(r"[\w.-]+", case["TEST_CASE_ID"]) for case in cases)
    assert len({case["TEST_CASE_ID"] for case in cases}) == len(cases)
    results = [case["RESULT"] for case in cases]
    return len(results), results.count("fail"), results.count("unknown"), results.count("skip")


print(*{"junit": junit, "jsonl": jsonl, "kcidb": kcidb, "lava": lava}[sys.argv[1]](sys.argv[2]))
