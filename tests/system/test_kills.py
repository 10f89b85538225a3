"""kill -9 and SIGSTOP under load: what got its 250 arrives, once, except a delivery in flight."""

import os
import random
import signal
import time

from harness import Instance, Ledger, check, eventually, loopback, send, soaking, test

QUICK = {"minimal_backoff_time": "1s", "maximal_backoff_time": "2s", "queue_run_delay": "1s",
         "service_throttle_time": "2s"}


def loaded_instance(params=None):
    instance = Instance(params={**QUICK, **(params or {})})
    ledger = Ledger(instance.folder, loopback())
    instance.set(relayhost=ledger.nexthop)
    return instance, ledger


@test(timeout=240, alone=True, counted=False)
def test_random_processes_then_master():
    seconds = 20 if soaking() else 6
    seed = random.randrange(1 << 32)
    chance = random.Random(seed)
    instance, ledger = loaded_instance()
    killed = {}
    with instance:
        load = ledger.start_load(instance, "--seconds", seconds + 1, "--sessions", 20,
                                 "--per-session", 20)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(0.15)
            victims = instance.processes()
            if victims:
                victim = chance.choice(victims)
                send(victim.pid, signal.SIGKILL)
                killed[victim.name] = killed.get(victim.name, 0) + 1
        os.kill(instance.master_pid(), signal.SIGKILL)
        eventually(lambda: instance.master_pid() is None, 5, "master dead")
        eventually(lambda: starts(instance), 10, "a start right after master was killed")
        figures = ledger.finish_load(load)
        check(figures["accepted"] > 100 * seconds, "too little load:", figures)
        print(f"figure: seed {seed}, killed {killed} and master; {figures['accepted']:.0f} messages "
              f"got their 250, {figures['refused']:.0f} refused, {figures['lost']:.0f} unknown")
        ledger.wait_all(25)
        instance.wait_empty(30)
        twice = ledger.check_duplicates_in_flight()
        print(f"figure: none lost; {twice} delivered twice, all in flight when their client died")
        check(twice <= 20 * (killed.get("smtp", 0) + 3), twice, "duplicates")


def starts(instance):
    try:
        instance.start()
        return True
    except AssertionError:
        return False


@test(timeout=120, alone=True, counted=False)
def test_everything_at_once():
    instance, ledger = loaded_instance()
    with instance:
        for _ in range(3 if not soaking() else 20):
            load = ledger.start_load(instance, "--seconds", 1.5, "--sessions", 10)
            time.sleep(1)
            instance.kill_all()
            instance.start()
            ledger.finish_load(load)
        ledger.wait_all(25)
        instance.wait_empty(30)
        twice = ledger.check_duplicates_in_flight()
    print(f"figure: {len(ledger.accepted)} accepted around 3 deaths of all processes, none lost, "
          f"{twice} in flight delivered twice")


@test(timeout=120, alone=True, counted=False)
def test_queue_manager_dies_alone():
    """Deliveries that outlive it are told to the next one: nothing comes twice."""
    instance, ledger = loaded_instance()
    with instance:
        load = ledger.start_load(instance, "--seconds", 4, "--sessions", 10)
        for _ in range(8):
            time.sleep(0.4)
            for pid in instance.pids("qmgr"):
                send(pid, signal.SIGKILL)
        figures = ledger.finish_load(load)
        check(figures["refused"] == 0 and figures["lost"] == 0, figures)
        ledger.wait_all(25)
        instance.wait_empty(30)
        ledger.check_once()


@test(timeout=240, alone=True, counted=False)
def test_queue_manager_stopped():
    """smtpd accepts on while qmgr does not move, and no client waits; afterwards all is delivered."""
    pause = 60 if soaking() else 5
    instance, ledger = loaded_instance()
    with instance:
        usual = ledger.load(instance, "--seconds", 3, "--sessions", 20)
        usual_rate = usual["accepted"] / usual["seconds"]
        pid, = instance.pids("qmgr")
        load = ledger.start_load(instance, "--seconds", pause, "--sessions", 20, "--progress")
        os.kill(pid, signal.SIGSTOP)
        figures = ledger.finish_load(load)
        check(pid in instance.pids("qmgr"), "qmgr was replaced while it was stopped")
        os.kill(pid, signal.SIGCONT)
        rate = figures["accepted"] / figures["seconds"]
        print(f"figure: accepted {usual_rate:.0f} a second before and {rate:.0f} while qmgr was "
              f"stopped for {pause} s (slowest {figures['slowest']:.2f} s)")
        check(figures["refused"] == 0 and figures["lost"] == 0, figures)
        check(figures["accepted"] > 100 * pause, "acceptance came to a stop", figures)
        check(figures["slowest"] < 3, "a client waited", figures)
        ledger.wait_all(60 + 2 * pause)
        instance.wait_empty(30)
        ledger.check_once()


@test(timeout=120, alone=True, counted=False)
def test_delivery_agents_die():
    """Each death may repeat the deliveries that were in flight in it, nothing else."""
    instance, ledger = loaded_instance()
    deaths = 0
    with instance:
        load = ledger.start_load(instance, "--seconds", 5, "--sessions", 10)
        for _ in range(20):
            time.sleep(0.2)
            for pid in instance.pids("smtp"):
                send(pid, signal.SIGKILL)
                deaths += 1
        figures = ledger.finish_load(load)
        check(figures["refused"] == 0 and figures["lost"] == 0, figures)
        check(deaths >= 5, deaths, "deaths of smtp")
        ledger.wait_all(25)
        instance.wait_empty(30)
        twice = ledger.check_duplicates_in_flight()
        check(twice <= 20 * deaths, twice, "duplicates")
    print(f"figure: {deaths} deaths of smtp, {len(ledger.accepted)} messages, {twice} in flight "
          "delivered twice")
