"""The same main.cf, master.cf and tables drive Debian's Postfix and Posthaste to the same results.

The cases are in peer/table_*.py; what may differ, and why, is in peer/allowed.py.
"""

import json
import os
import re

import peer
from harness import check, grand_totals, need, run, scratch, test
from harness.processes import become_subreaper, end_all
from peer.allowed import ALLOWED, allowed, settle
from peer.drive import drive, summary


def both(groups, folder):
    """What was observed of (Postfix, Posthaste), which run side by side, each in a net of its own;
    their logs stay in the folder."""
    children = {}
    for is_peer in (True, False):
        file = folder / ("postfix" if is_peer else "posthaste")
        pid = os.fork()
        if pid == 0:
            os._exit(run_one(groups, is_peer, file))
        children[pid] = file
    for pid in children:
        check(os.waitpid(pid, 0)[1] == 0, "one of the systems did not get through")
    return [json.loads(settle(file.read_text())) for file in children.values()]


def run_one(groups, is_peer, file):
    import traceback
    become_subreaper()
    try:
        drive(groups, is_peer, file)
        return 0
    except BaseException:  # pylint: disable=broad-except
        traceback.print_exc()
        return 1
    finally:
        end_all(os.getpid())


def differences(case, postfix, posthaste):
    """Lines that say how one case differs, without what is allowed."""
    for part in postfix:
        if postfix[part] != posthaste[part] and not allowed(case, part):
            yield f"{case}: {part}:\n    Postfix    {postfix[part]}\n    Posthaste  {posthaste[part]}"


def compare(groups):
    """What differs, and what Postfix did otherwise than the table says, as lines."""
    folder = scratch()
    cases = [case for group in groups for case in group.cases]
    postfix, posthaste = both(groups, folder)
    faults = []
    for case in cases:
        if summary(postfix[case.name]) != case.want:
            faults.append(f"{case.name}: Postfix itself: {summary(postfix[case.name])!r}, "
                          f"expected {case.want!r}: {postfix[case.name]}")
        faults += differences(case.name, postfix[case.name], posthaste[case.name])
    faults += compare_totals(folder, "postfix", postfix)
    faults += compare_totals(folder, "posthaste", posthaste)
    print(f"figure: {len(cases)} cases, {len(faults)} differences that are not allowed")
    check(not faults, "\n" + "\n".join(faults))


def compare_totals(folder, name, seen):
    """pflogsumm's totals of one system's log, where they differ from what was done and observed."""
    report = grand_totals(run(need("pflogsumm"), folder / f"{name}.log"))
    statuses = [[each["status"] for each in case["recipients"]] for case in seen.values()]
    taken = int((folder / f"{name}.taken").read_text())
    discarded = sum(each["program"] == "discard" for case in seen.values()
                    for each in case["recipients"])
    want = {
        "received": sum(bool(each) for each in statuses),
        "delivered": taken + discarded,
        "bounced": sum(each.count("bounced") for each in statuses),
        "deferred": sum("deferred" in each for each in statuses),
    }
    for total, number in want.items():
        if report[total] != number:
            yield f"pflogsumm on {name}: {total} {report[total]}, not {number}"


@test()
def test_allowed_differences_name_cases():
    """An entry that no case needs any more is removed."""
    names = [case.name for group in [*peer.all_groups(),
                                     *peer.odd_groups()] for case in group.cases]
    for cases, _, reason in ALLOWED:
        check(any(re.fullmatch(cases, name) for name in names), cases, "names no case")
        check(len(reason) > 20, cases, "has no reason")


@test(timeout=150, root=True)
def test_all_cases():
    groups = peer.all_groups()
    check(sum(len(group.cases) for group in groups) >= 150, "the cases are too few")
    compare(groups)


@test(timeout=60, root=True)
def test_name_servers_that_misbehave():
    compare(peer.odd_groups())
