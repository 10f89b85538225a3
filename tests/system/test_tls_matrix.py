"""Security level by kind of peer: under which TLS a mail arrives, or why it does not.

The cells are in levels/cells.py, with what Posthaste does otherwise than Postfix, and why.
"""

from levels.cells import cells, wanted_of_us
from levels.world import World

from harness import check, test


def faults(world, wanted):
    """A line for each cell that came out otherwise."""
    sent = [(cell, world.send(cell)) for cell in world.cells]
    for cell, queue_id in sent:
        got, want = world.outcome(cell, queue_id), wanted(cell)
        if got != want:
            yield f"{cell.name}: {got}, not {want}"
        yield from told_by_the_peer(cell, got, world.came(cell))


def told_by_the_peer(cell, outcome, mails):
    """What the relay saw must be what the log says of it."""
    status, _, word, _ = outcome
    if len(mails) != (status == "sent"):
        yield f"{cell.name}: {status}, but {len(mails)} mails came"
    for mail in mails:
        if bool(mail.tls) != bool(word):
            yield f"{cell.name}: {word or 'no TLS'} in the log, but it came under {mail.tls}"


def run_all(peer, wanted):
    with World(cells(), peer) as world:
        wrong = list(faults(world, wanted))
        print(f"figure: {len(world.cells)} cells")
        check(not wrong, f"{len(wrong)} of {len(world.cells)} cells:\n" + "\n".join(wrong))


@test(root=True, timeout=120, counted=False)
def test_posthaste():
    run_all(False, wanted_of_us)


@test(root=True, timeout=120, counted=False)
def test_postfix():
    run_all(True, lambda cell: cell.want)
