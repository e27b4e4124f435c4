"""Every fault of the table: it ends in its word with evidence, stores nothing wrong, and the next visit has it all."""

import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import psutil

from benchmarks.proving.accounts import ensure_account, forget
from benchmarks.proving.ground import Compared, Ground, Visit
from benchmarks.proving.results import Case, Results
from scraping.demo_portal.fault_table import ALL, FAULTS, GOOD, NONE, Fault
from tests.e2e.house import kill
from twin_project.kit import processes

DAYS = {"slots_48": 300}  # back to the clock change of spring
FEW = 8
NO_EVIDENCE = {"disk_full"}  # there is no room for it, and the browser may not have started


def run_faults(ground: Ground, results: Results, names: list[str]) -> None:
    """One after the other on an empty database each."""
    for name in names:
        if results.has("faults", name):
            continue
        fault = FAULTS[name]
        if fault.site not in ground.accounts:
            ensure_account(ground, fault.site)
            ground.accounts.add(fault.site)
        forget(fault.site)
        results.add(_one(ground, name, fault))


def _one(ground: Ground, name: str, fault: Fault) -> Case:
    days = DAYS.get(name, FEW)
    ground.empty()
    visit = _visit_with(ground, name, fault, days)
    if fault.stored == GOOD:
        ground.validate()
    found = ground.compare(fault.site, days=days)
    problems = _problems(name, fault, visit, found)
    ground.fault()
    forget(fault.site)
    after = ground.visit(fault.site, days=days)
    healed = ground.compare(fault.site, days=days)
    if after.ended != "done" or not healed.whole:
        problems.append(f"the next visit ended as {after.ended} ({after.sentence}) with {healed}")
    facts: dict[str, float] = {"lost": healed.missing, "doubled": healed.doubled + found.doubled}
    facts |= {"wrong": _wrong(fault, found) + healed.wrong, "seconds": visit.seconds}
    return Case("faults", name, not problems, "; ".join(problems) or f"{visit.ended}: {visit.sentence}", facts)


def _problems(name: str, fault: Fault, visit: Visit, found: Compared) -> list[str]:
    problems = []
    if visit.ended != fault.ends:
        problems.append(f"ended as {visit.ended}, not {fault.ends}: {visit.sentence}")
    if fault.ends != "done" and not visit.has_evidence and name not in NO_EVIDENCE:
        problems.append("no evidence")
    if wrong := _wrong(fault, found):
        problems.append(f"{wrong} wrong rows stored")
    if fault.stored == NONE and found.right:
        problems.append(f"{found.right} rows stored")
    if fault.stored == ALL and not found.whole:
        problems.append(f"not everything stored: {found}")
    if fault.stored == GOOD and not found.right > found.true_n / 2:
        problems.append(f"the good rows are not stored: {found}")
    return problems


def _wrong(fault: Fault, found: Compared) -> int:
    """What a portal corrects is its word for the time being."""
    return 0 if fault.is_their_word else found.wrong + found.extra


def _visit_with(ground: Ground, name: str, fault: Fault, days: int) -> Visit:
    if fault.change is not None or fault.rows is not None:
        ground.fault(name, fault.times)
        return ground.visit(fault.site, days=days)
    return _OF_THE_MACHINE[name](ground, fault.site, days)


def _browser_crash(ground: Ground, key: str, days: int) -> Visit:
    """Kill Chromium once, as soon as the visit has one."""
    done = threading.Event()

    def strike() -> None:
        while not done.is_set():
            for process in processes.of_folder(ground.house.var):
                with suppress(psutil.Error):
                    if process.name().startswith("chrom") and "--type=" not in " ".join(process.cmdline()):
                        if process.name().startswith("chromedriver"):
                            continue
                        time.sleep(1)
                        kill(process)
                        return
            time.sleep(0.2)

    thread = threading.Thread(target=strike)
    thread.start()
    try:
        return ground.visit(key, days=days)
    finally:
        done.set()
        thread.join()


def _mounted(ground: Ground, key: str, days: int, script: str) -> Visit:
    """Run the visit in a mount namespace of its own, so that only it sees the small disk."""
    return ground.visit(key, days=days, words=["unshare", "-m", "sh", "-c", f'{script} && exec "$@"', "sh"])


def _full_dev_shm(ground: Ground, key: str, days: int) -> Visit:
    fill = "dd if=/dev/zero of=/dev/shm/full bs=64k count=16 2>/dev/null"
    return _mounted(ground, key, days, f"mount -t tmpfs -o size=256k none /dev/shm && {{ {fill} || true; }}")


def _disk_full(ground: Ground, key: str, days: int) -> Visit:
    [(account,)] = ground.house.sql("SELECT id FROM scraping_portalaccount WHERE name = %s", key)
    folder: Path = ground.house.var / "visits" / str(account)
    folder.mkdir(parents=True, exist_ok=True)
    return _mounted(ground, key, days, f"mount -t tmpfs -o size=1m none '{folder}'")


def _clock_jump(ground: Ground, key: str, days: int) -> Visit:
    """The visit's own process believes that it is two days later; the portal and the database do not."""
    travel = (
        "import sys, datetime, time_machine;"
        "time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=2), tick=True).start();"
        "sys.argv = sys.argv[2:]; from django.core.management import execute_from_command_line as run; run(sys.argv)"
    )
    return ground.visit(key, days=days + 2, words=[sys.executable, "-c", travel])


_OF_THE_MACHINE = {
    "browser_crash": _browser_crash,
    "full_dev_shm": _full_dev_shm,
    "disk_full": _disk_full,
    "clock_jump": _clock_jump,
}
