"""Each row of the failure taxonomy: what becomes of the mail, and what is known of the relay then."""

from taxonomy.rows import ALONE, ROWS
from taxonomy.trial import World, run_rows

from harness import check, own_network, small_buffers, test


@test(root=True, timeout=120, counted=False)
def test_with_a_peer():
    own_network()
    small_buffers()
    with World(ROWS) as world:
        wrong = run_rows(world, ROWS)
    check(not wrong, f"{len(wrong)} of {len(ROWS)} rows:", *wrong)


@test(root=True, timeout=120, counted=False)
def test_alone():
    own_network()
    with World(ALONE, alone=True) as world:
        wrong = run_rows(world, ALONE)
    check(not wrong, f"{len(wrong)} of {len(ALONE)} rows:", *wrong)
