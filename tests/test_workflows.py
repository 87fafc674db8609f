"""What the workflows run exists, and what the course promises of them is there.

The workflows themselves run only at their host; this holds their files to the repository.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
WORKFLOWS = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / ".github/workflows").glob("*.yml"))
}


def steps(workflow):
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def commands(workflow):
    return [step["run"] for step in steps(workflow) if "run" in step]


def faults(workflow, root=ROOT):
    """Yield a sentence for everything that a workflow names and the repository has not."""
    targets = set(re.findall(r"^([a-z-]+):", (root / "Makefile").read_text(), re.MULTILINE))
    for command in commands(workflow):
        for target in re.findall(r"\bmake ([a-z-]+)", command):
            if target not in targets:
                yield f"`make {target}` is run, but the Makefile has no such target"
        for file in re.findall(r"(?<![\w./])(?:tests|tools|chapters)/[\w./]+\.\w+", command):
            if not (root / file).is_file():
                yield f"{file} is named, but is not there"
    for step in steps(workflow):
        if not re.fullmatch(r"[\w-]+/[\w-]+@v\d+", step.get("uses", "a/b@v1")):
            yield f"{step['uses']} is not pinned to a major version"
    for name, job in workflow["jobs"].items():
        if "timeout-minutes" not in job:
            yield f"the job {name} may run for ever: give it timeout-minutes"


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_names_what_is_there(name):
    assert list(faults(WORKFLOWS[name])) == []


def test_a_workflow_that_names_what_is_not_there_is_noticed():
    job = {
        "steps": [
            {"run": "make tests"},
            {"run": "python -m pytest tests/test_nothing.py"},
            {"uses": "actions/checkout"},
        ]
    }
    assert [fault.split(" ")[0] for fault in faults({"jobs": {"test": job}})] == [
        "`make",
        "tests/test_nothing.py",
        "actions/checkout",
        "the",
    ]


def test_make_test_runs_on_each_supported_python():
    job = WORKFLOWS["ci"]["jobs"]["everything"]
    assert job["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]
    assert [step.get("run") for step in job["steps"] if "run" in step] == ["make test"]


def test_the_weekly_jobs_open_an_issue_when_they_fail():
    weekly = WORKFLOWS["weekly"]
    assert weekly[True]["schedule"]  # YAML reads the key `on` as true
    assert weekly["permissions"]["issues"] == "write"
    for name, job in weekly["jobs"].items():
        last = job["steps"][-1]
        assert last["if"] == "failure()" and "tools/open_issue.sh" in last["run"], name


@pytest.mark.parametrize(
    ("found", "expected"),
    [("", "issue create --title It broke"), ("7", "issue comment 7")],
    ids=["none is open", "one is open"],
)
def test_an_issue_is_opened_once(tmp_path, found, expected):
    """A stand-in for GitHub's command writes down what it is asked."""
    program = tmp_path / "gh"
    program.write_text(
        f'#!/bin/sh\necho "$*" >> "{tmp_path}/asked"\n[ "$2" = list ] && echo "{found}" || true\n'
    )
    program.chmod(0o755)
    run = {
        "GITHUB_SERVER_URL": "https://host",
        "GITHUB_REPOSITORY": "a/b",
        "GITHUB_RUN_ID": "9",
        "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
    }
    subprocess.run(
        [shutil.which("sh"), ROOT / "tools/open_issue.sh", "It broke"], env=run, check=True
    )
    listed, asked = (tmp_path / "asked").read_text().splitlines()
    assert "--state open" in listed and asked.startswith(expected)
    assert "https://host/a/b/actions/runs/9" in asked
