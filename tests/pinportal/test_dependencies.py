"""The installed packages match the lock files by hash, and an audit that fails to run says so."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LISTS = {"requirements.txt": "requirements.lock", "requirements-dev.txt": "requirements-dev.lock"}


def listed(name):
    """(package, version) of each line of a readable list."""
    return set(re.findall(r"^([\w-]+)(?:\[[\w-]+\])?==(\S+)", (ROOT / name).read_text(), re.MULTILINE))


def locked(name):
    """Each package of a lock file with its version and its hashes."""
    blocks = re.split(r"^(?=[\w.-]+(?:\[[\w-]+\])?==)", (ROOT / name).read_text(), flags=re.MULTILINE)[1:]
    packages = {}
    for block in blocks:
        head = re.match(r"([\w.-]+)(?:\[[\w-]+\])?==(\S+)", block)
        packages[head[1]] = (head[2], re.findall(r"--hash=sha256:[0-9a-f]{64}", block))
    return packages


@pytest.mark.parametrize(("readable", "lock"), LISTS.items())
def test_the_lock_has_what_the_list_names(readable, lock):
    versions = {(package, version) for package, (version, _hashes) in locked(lock).items()}
    assert len(listed(readable)) > 10
    assert listed(readable) - versions == set(), "Run `make lock`"


@pytest.mark.parametrize("lock", LISTS.values())
def test_every_package_is_locked_by_hashes(lock):
    assert [package for package, (_version, hashes) in locked(lock).items() if not hashes] == []


def test_tests_run_with_what_the_product_runs_with():
    run, dev = locked("requirements.lock"), locked("requirements-dev.lock")
    assert {package: dev.get(package) for package in run} == run


def test_psycopg_3_never_comes_along():
    assert not {"psycopg", "psycopg-binary"} & set(locked("requirements-dev.lock"))


# --- The audit -----------------------------------------------------------------------------------


def audit(tmp_path, answer):
    """The result of bin/audit-packages for this output of pip-audit, which a stand-in module prints."""
    (tmp_path / "pip_audit.py").write_text(f"import sys; {answer}")
    return subprocess.run(  # noqa: S603
        [sys.executable, ROOT / "bin" / "audit-packages", "some.lock"],
        env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def says(*packages):
    return f"print({json.dumps(json.dumps({'dependencies': packages}))})"


GOOD = {"name": "one", "version": "1", "vulns": []}
BAD = {"name": "two", "version": "2", "vulns": [{"id": "CVE-1", "fix_versions": ["2.1"]}]}
SKIPPED = {"name": "three", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("answer", "code", "words", "never"),
    [
        (says(GOOD), 0, "none of 1 packages has a known vulnerability", "NOT CHECKED"),
        (says(GOOD, BAD), 1, "VULNERABLE: two 2: CVE-1, fixed in 2.1", "none of"),
        (says(GOOD, SKIPPED), 0, "NOT CHECKED: some.lock", "none of"),
        (says(BAD, SKIPPED), 1, "NOT CHECKED", "none of"),
        (says(), 0, "NOT CHECKED", "none of"),
        ("sys.exit('no network')", 0, "(0 packages were): no network", "none of"),
        ("print('No known vulnerabilities found')", 0, "NOT CHECKED", "none of"),
    ],
)  # fmt: skip
def test_an_audit_that_could_not_look_is_never_called_passed(tmp_path, answer, code, words, never):
    done = audit(tmp_path, answer)
    assert done.returncode == code, done.stderr
    assert words in done.stdout
    assert never not in done.stdout


def test_the_bill_of_materials_names_what_is_locked(tmp_path):
    command = [Path(sys.executable).with_name("cyclonedx-py"), "requirements", "--output-reproducible"]
    done = subprocess.run(  # noqa: S603
        [*command, "--pyproject", ROOT / "pyproject.toml", ROOT / "requirements.lock"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    bill = json.loads(done.stdout)
    assert bill["bomFormat"] == "CycloneDX"
    assert bill["metadata"]["component"]["name"] == "pinportal"
    assert {each["name"]: each["version"] for each in bill["components"]} == {
        package: version for package, (version, _hashes) in locked("requirements.lock").items()
    }
