"""Each row of the failure taxonomy: what becomes of the mail, and what is known of the relay then."""

from taxonomy.rows import ALONE, ROWS
from taxonomy.secure_rows import SECURE, SECURE_ALONE, SecureWorld
from taxonomy.trial import World, run_rows

from harness import check, own_network, small_buffers, test


def all_hold(kind, rows, alone=False):
    own_network()
    small_buffers()
    with kind(rows, alone) as world:
        wrong = run_rows(world, rows)
    check(not wrong, f"{len(wrong)} of {len(rows)} rows:", *wrong)


@test(root=True, timeout=120, counted=False)
def test_with_a_peer():
    all_hold(World, ROWS)


@test(root=True, timeout=120, counted=False)
def test_alone():
    all_hold(World, ALONE, alone=True)


@test(root=True, timeout=120, counted=False)
def test_tls_and_logins():
    all_hold(SecureWorld, SECURE)


@test(root=True, timeout=120, counted=False)
def test_tls_and_logins_alone():
    all_hold(SecureWorld, SECURE_ALONE, alone=True)
