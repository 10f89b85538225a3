"""DANE: TLSA records of a signed zone, asked of a resolver that validates; what becomes of a mail."""

from dane.cells import cells
from dane.world import World

from harness import check, test


def run_all(peer):
    with World(peer) as world:
        sent = [(cell, world.send(cell)) for cell in cells()]
        wrong = []
        for cell, queue_id in sent:
            got = world.outcome(cell, queue_id)
            if got[:3] != cell.want[:3] or not got[3].startswith(cell.want[3]):
                wrong.append(f"{cell.name}: {got}, not {cell.want}")
        print(f"figure: {len(sent)} cells")
        check(not wrong, f"{len(wrong)} of {len(sent)} cells:\n" + "\n".join(wrong))


@test(root=True, timeout=90, counted=False)
def test_postfix():
    run_all(True)


@test(root=True, timeout=90, counted=False)
def test_ours():
    run_all(False)
