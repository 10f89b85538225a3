"""Each row of the failure taxonomy: what becomes of the mail, and what is known of the relay then."""

from taxonomy.rows import ALONE, ROWS
from taxonomy.secure_rows import SECURE, SECURE_ALONE, SecureWorld
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


@test(root=True, timeout=120, counted=False)
def test_tls_and_logins():
    own_network()
    with SecureWorld(SECURE) as world:
        wrong = run_rows(world, SECURE)
    check(not wrong, f"{len(wrong)} of {len(SECURE)} rows:", *wrong)


@test(root=True, timeout=120, counted=False)
def test_tls_and_logins_alone():
    own_network()
    with SecureWorld(SECURE_ALONE, alone=True) as world:
        wrong = run_rows(world, SECURE_ALONE)
    check(not wrong, f"{len(wrong)} of {len(SECURE_ALONE)} rows:", *wrong)
