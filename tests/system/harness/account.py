"""What a test's own clients and relays saw of mail, to be held against the totals that pflogsumm reads
in the logs of the whole run.

A client counts a message when its first recipient is accepted, as the log does with `client=`; a relay
counts the recipients of each mail that it took. Foreign clients and sinks are counted by what they say.
"""

import json
from pathlib import Path

TOTALS = ("received", "delivered")

_received = 0
_takers = []


def sent(count=1):
    """So many messages were handed to an instance."""
    global _received  # pylint: disable=global-statement
    _received += count


def taker(recipients):
    """Adds a server: `recipients()` is the number of recipients whose mail it took so far."""
    _takers.append(recipients)


def delivered_elsewhere(count=1):
    """So many recipients' mail went where nothing counts it: discarded, or to a foreign store."""
    _takers.append(lambda: count)


def close(folder, name, logs):
    """Writes the account of a test that is over, and the log lines of it."""
    counts = {"received": _received, "delivered": sum(each() for each in _takers)}
    (folder / f"{name}.json").write_text(json.dumps(counts))
    (folder / f"{name}.log").write_text("".join(logs))


def balance(folder):
    """What pflogsumm says of all logs together, beside the accounts; fails where they differ."""
    from .tools import grand_totals, need, run
    accounts = sorted(Path(folder).glob("*.json"))
    told = dict.fromkeys(TOTALS, 0)
    whole = Path(folder) / "maillog"
    with open(whole, "w", encoding="utf-8") as out:
        for account in accounts:
            for name, number in json.loads(account.read_text()).items():
                told[name] += number
            out.write(log_of(account))
    found = grand_totals(run(need("pflogsumm"), whole, seconds=120))
    found = {name: found[name] for name in TOTALS}
    if found == told:
        return f"{len(accounts)} tests: pflogsumm's totals are the tests' own: {found}"
    differing = [line for line in map(difference, accounts) if line]
    raise AssertionError(f"pflogsumm: {found}, the tests: {told}\n" + "\n".join(differing))


def log_of(account):
    return account.with_name(account.name[:-len("json")] + "log").read_text(errors="replace")


def difference(account):
    """"" when pflogsumm reads the same in this test's log alone."""
    from .tools import grand_totals, need, run
    report = run(need("pflogsumm"), input=log_of(account), seconds=120)
    if "Grand Totals" not in report:
        return ""
    told = json.loads(account.read_text())
    found = {name: grand_totals(report)[name] for name in TOTALS}
    return "" if found == told else f"{account.stem}: pflogsumm {found}, the test {told}"
