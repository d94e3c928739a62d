"""``python -m bench.sheets``: measure 2,000 sheets in successive runs, then eight runs at once (attack 18).

Each run has the largest allowed size. The process that renders it reports its peak memory.
"""

import os
import resource
import subprocess
import sys
import time

FAMILIES = 2_000
AT_ONCE = 8


def draw(count: int, rounds: int) -> None:
    """Render ``count`` sheets as one PDF, ``rounds`` times. Print seconds and peak memory after the first and last."""
    import django  # noqa: PLC0415

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from django.db import connection  # noqa: PLC0415

    from audit.trail import Actor  # noqa: PLC0415
    from portal.models import Pin  # noqa: PLC0415
    from portal.pins import sealing  # noqa: PLC0415
    from portal.sheets import sheet  # noqa: PLC0415
    from tests import people  # noqa: PLC0415
    from tests.portal import steps  # noqa: PLC0415

    name = f"bench-{os.getpid()}.sqlite3"
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = f"/tmp/{name}"  # noqa: S108  # deleted below
    else:
        connection.settings_dict["TEST"]["NAME"] = f"bench_{os.getpid()}"
    database = connection.creation.create_test_db(verbosity=0)
    try:
        mother = people.contact("Ngozi", "Okafor")
        steps.issued(Actor(people.staff("Dana Ortiz", "front_desk"), ""), *steps.children_of(mother, 2))
        live = [
            (pin, sealing.unseal(pin.sealed))
            for pin in Pin.objects.select_related("registration__family_contact__patient")
        ]
        started, peaks = time.perf_counter(), []
        for _ in range(rounds):
            sheet.render([sheet.Sheet(mother, live)] * count)
            peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        print(f"{time.perf_counter() - started:.1f} {peaks[0]:.0f} {peaks[-1]:.0f}")
    finally:
        connection.creation.destroy_test_db(database, verbosity=0)


def main() -> None:
    from portal.desk.runs import MAX_FAMILIES  # noqa: PLC0415

    def start(rounds: int) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "bench.sheets", str(MAX_FAMILIES), str(rounds)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def result_of(process: subprocess.Popen[str]) -> list[float]:
        out, _ = process.communicate()
        if process.returncode:
            raise SystemExit("A process failed; see above.")
        return [float(word) for word in out.split()]

    rounds = -(-FAMILIES // MAX_FAMILIES)
    seconds, first, last = result_of(start(rounds))
    print(
        f"{rounds * MAX_FAMILIES} sheets, {MAX_FAMILIES} to a PDF: {seconds:.0f} s; peak {first:.0f} MB after the first"
    )
    print(f"  PDF, {last:.0f} MB after the last")
    processes = [start(1) for _ in range(AT_ONCE)]
    each = [result_of(process) for process in processes]
    print(f"{AT_ONCE} PDFs of {MAX_FAMILIES} at once: the last after {max(one[0] for one in each):.0f} s;")
    print(f"  peak of the largest process {max(one[2] for one in each):.0f} MB")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        draw(int(sys.argv[1]), int(sys.argv[2]))
    else:
        import django

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
        django.setup()
        main()
