"""What master does with processes: starting, replacing, limiting, stopping them."""

import os
import signal
import socket
import subprocess
import threading
import time

from harness import Client, Instance, check, eventually, free_port, test
from harness.processes import descendants, send

SMALL = """
qmgr      unix       n - n 300 1 qmgr
bounce    unix       - - n -   0 bounce
showq     unix       n - n -   - showq
postlog   unix-dgram n - n -   1 postlogd
"""


def small(params=None, maxproc="-", **more):
    """An instance of few services; smtpd's maxproc column is `maxproc`."""
    instance = Instance(params=params, **more)
    instance.master = (f"{instance.address}:{instance.port} inet n - n - {maxproc} smtpd\n" + SMALL)
    instance.write_config()
    return instance


def session(instance, timeout=20):
    client = Client(instance.address, instance.port, timeout)
    client.open()
    return client


@test()
def test_killed_workers_come_back_at_once():
    with small() as instance:
        for _ in range(15):
            for pid in instance.pids("smtpd"):
                os.kill(pid, signal.SIGKILL)
            instance.greeted()
        log = instance.log()
    check("killed by signal 9" in log, "no word of the kills")
    check("throttling" not in log, "workers that were ready were throttled")


@test()
def test_a_killed_master_can_be_started_again_at_once():
    instance = small().start()
    for _ in range(5):
        client = session(instance)
        os.kill(instance.master_pid(), signal.SIGKILL)
        instance.start()
        client.expect("NOOP", 250)  # an old worker ends what was begun
        client.expect("QUIT", 221)
    instance.stop()


@test()
def test_workers_leave_when_master_is_gone():
    instance = small().start()
    family = [process.pid for process in instance.processes()]
    os.kill(instance.master_pid(), signal.SIGKILL)
    eventually(lambda: not any(instance.runs(pid) for pid in family), 20, "all processes gone")


@test()
def test_only_failures_before_ready_are_throttled():
    instance = small()
    daemons = instance.folder / "daemons"
    daemons.mkdir()
    for program in instance.daemons.iterdir():
        (daemons / program.name).symlink_to(program)
    broken = daemons / "smtpd"
    broken.unlink()
    starts = instance.folder / "starts"
    broken.write_text(f"#!/bin/sh\ndate +%s.%N >> {starts}\nexit 1\n")
    broken.chmod(0o755)
    instance.set(daemon_directory=daemons, smtpd_worker_processes=1)
    instance.start(wait=False)
    eventually(lambda: starts.exists() and len(starts.read_text().split()) >= 3, 10, "three starts")
    times = [float(line) for line in starts.read_text().split()]
    check(0.9 < times[1] - times[0] < 1.7 and 1.9 < times[2] - times[1] < 2.9, times)
    instance.wait_log(r"smtpd: bad command startup -- throttling")
    broken.unlink()
    broken.symlink_to(instance.daemons / "smtpd")
    eventually(lambda: instance.pids("smtpd"), 10, "a working smtpd")
    instance.greeted()
    instance.stop()


@test()
def test_sessions_are_limited_over_all_workers():
    with small({"smtpd_worker_processes": 2}, maxproc=3) as instance:
        clients = [session(instance) for _ in range(3)]
        fourth = Client(instance.address, instance.port, 1)
        try:
            check(False, "a fourth session was greeted:", fourth.reply())
        except TimeoutError:
            pass
        fourth.socket.settimeout(20)
        clients[1].expect("QUIT", 221)
        fourth.open()
        for client in (clients[0], clients[2], fourth):
            client.expect("QUIT", 221)


@test()
def test_processes_on_demand():
    with small() as instance:
        check(not instance.pids("showq"), "showq runs although nobody asked")
        for _ in range(3):
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(str(instance.queue / "public" / "showq"))
                pid, = eventually(lambda: instance.pids("showq"), 10, "showq")
            os.kill(pid, signal.SIGKILL)
            # Where it died before it accepted, another one comes for the client that still waits.
            eventually(lambda: pid not in instance.pids("showq"), 10, "showq gone")


@test()
def test_listeners_come_and_go_with_a_reload():
    with small() as instance:
        other = free_port(instance.address)
        line = f"{instance.address}:{other} inet n - n - - smtpd -o smtpd_banner=other\n"
        instance.master = line + instance.master
        instance.write_config()
        instance.reload()

        def greeting():
            try:
                with Client(instance.address, other) as client:
                    return client.reply()[1]
            except OSError:
                return ""
        eventually(lambda: greeting() == "other", 10, "the new listener")
        instance.master = instance.master.replace(line, "")
        instance.write_config()
        instance.reload()
        eventually(lambda: greeting() == "", 10, "the removed listener closed")
        instance.greeted()


@test()
def test_reload_keeps_qmgr_and_replaces_the_others():
    with small() as instance:
        qmgr, smtpd = instance.pids("qmgr"), instance.pids("smtpd")
        instance.reload()
        eventually(lambda: not set(smtpd) & set(instance.pids("smtpd")), 15, "new smtpd workers")
        check(instance.pids("qmgr") == qmgr, "qmgr was replaced")
        check(len(instance.pids("smtpd")) == len(smtpd), "workers:", instance.pids("smtpd"))


@test()
def test_reload_with_a_port_in_use_changes_nothing():
    with small() as instance, socket.socket() as taken:
        taken.bind((instance.address, 0))
        taken.listen()
        port = taken.getsockname()[1]
        before = instance.pids("smtpd")
        instance.master += f"{instance.address}:{port} inet n - n - - smtpd\n"
        instance.write_config()
        check(instance.attempt("postfix", "reload")[0] != 0, "the reload succeeded")
        instance.wait_log(r"error: .*master\.cf, line \d+: .*:%d: .*Address already in use" % port)
        instance.wait_log(r"error: not reloaded")
        instance.greeted()
        check(instance.pids("smtpd") == before, "workers were replaced")


@test()
def test_stop_waits_for_no_client():
    instance = small().start()
    idle = session(instance)
    busy = session(instance)
    busy.envelope()
    busy.expect("DATA", 354)
    begun = time.monotonic()
    instance.stop()
    check(time.monotonic() - begun < 8, "stop took", time.monotonic() - begun)
    check(idle.hung_up() and busy.hung_up(), "a session outlived the stop")


@test()
def test_a_stopped_process_does_not_hold_up_the_stop():
    instance = small().start()
    for pid in instance.pids("smtpd"):
        os.kill(pid, signal.SIGSTOP)
    begun = time.monotonic()
    instance.command("postfix", "stop")
    check(time.monotonic() - begun < 10, "stop took", time.monotonic() - begun)
    # Its lock goes a moment before the process does.
    eventually(lambda: instance.master_pid() is None, 5, "master gone")


@test(timeout=90, soak_only=True)
def test_a_worker_without_a_sign_of_life_is_replaced():
    with small({"worker_stall_limit": "10s"}) as instance:
        stalled = instance.pids("smtpd")
        for pid in stalled:
            os.kill(pid, signal.SIGSTOP)
        eventually(lambda: not set(stalled) & set(instance.pids("smtpd")), 40, "new workers")
        instance.greeted()
        instance.wait_log(r"gave no sign of life for 10s")


@test()
def test_no_log_line_is_lost():
    """Lines sent while postlogd is replaced, stands still and is stopped."""
    instance = small().start()
    path = str(instance.queue / "public" / "postlog")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
        log.connect(path)
        for number in range(3000):
            log.send(b"test/lines[1]: number %d\n" % number)
            if number in (500, 1500):
                instance.reload()
            elif number == 2000:
                pid, = instance.pids("postlogd")
                os.kill(pid, signal.SIGSTOP)
                threading.Timer(0.3, os.kill, (pid, signal.SIGCONT)).start()
    instance.stop()
    seen = [int(line.rpartition(" ")[2]) for line in instance.log().splitlines()
            if "test/lines[1]: number" in line]
    check(seen == list(range(3000)), len(seen), "lines of 3000")


@test()
def test_start_fg():
    instance = small()
    words = [str(word) for word in (instance.commands / "postfix", "-c", instance.config, "start-fg")]
    with subprocess.Popen(words, stderr=subprocess.PIPE) as process:
        eventually(lambda: instance.master_pid() == process.pid, 10, "master in the foreground")
        eventually(lambda: instance.pids("smtpd"), 10, "workers")
        family = [each.pid for each in descendants(process.pid)]
        process.terminate()
        check(process.wait(20) == 0, "exit status", process.returncode)
    check(not any(instance.runs(pid) for pid in family), "processes stayed")


@test()
def test_two_starts_at_once():
    """Exactly one of them wins."""
    instance = small()
    words = [str(word) for word in (instance.commands / "postfix", "-c", instance.config, "start")]
    starts = [subprocess.Popen(words, stderr=subprocess.DEVNULL) for _ in range(4)]
    statuses = sorted(start.wait(20) for start in starts)
    check(statuses == [0, 1, 1, 1], statuses)
    instance.greeted()
    instance.stop()


@test()
def test_stop_with_a_broken_main_cf():
    instance = small().start()
    text = (instance.config / "main.cf").read_text()
    (instance.config / "main.cf").write_text(text + "this line is wrong\n")
    check(instance.attempt("postfix", "status")[0] == 0, "status")
    instance.stop()


@test()
def test_a_removed_service_ends():
    with small() as instance:
        pid, = instance.pids("qmgr")
        instance.master = instance.master.replace("qmgr ", "# qmgr ", 1)
        instance.write_config()
        send(instance.master_pid(), signal.SIGHUP)
        eventually(lambda: not instance.runs(pid), 40, "qmgr gone")
        check(not (instance.queue / "public" / "qmgr").exists(), "its socket is still there")
        instance.greeted()
