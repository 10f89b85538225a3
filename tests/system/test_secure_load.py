"""Load under TLS, while the workers that send it die."""

import random
import signal
import time

from harness import Instance, Ledger, Stunnel, check, loopback, send, soaking, test

QUICK = {"minimal_backoff_time": "1s", "maximal_backoff_time": "2s", "queue_run_delay": "1s",
         "smtp_tls_security_level": "encrypt", "service_throttle_time": "2s"}


@test(timeout=120, alone=True, counted=False)
def test_workers_die_with_tls_sessions():
    """None lost; what comes twice was in flight when its worker was killed."""
    seconds = 20 if soaking() else 4
    chance = random.Random(seed := random.randrange(1 << 32))
    instance, killed = Instance(params=QUICK), 0
    ledger = Ledger(instance.folder, loopback())
    stunnel = Stunnel(instance.folder, ledger.address, ledger.port)
    instance.set(relayhost=stunnel.nexthop)
    with instance:
        load = ledger.start_load(instance, "--seconds", seconds, "--sessions", 20)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(0.3)
            if workers := instance.pids("smtp"):
                send(chance.choice(workers), signal.SIGKILL)
                killed += 1
        figures = ledger.finish_load(load)
        ledger.wait_all(30)
        instance.wait_empty(30)
        twice = ledger.check_duplicates_in_flight()
        check(killed >= 2 * seconds, killed, "killed")
        print(f"figure: seed {seed}, {killed} workers killed, {figures['accepted']:.0f} messages, none "
              f"lost, {twice} twice")
    stunnel.stop()
