"""TLS sessions are resumed, whichever worker a connection meets, on both sides."""

import re
import signal
import subprocess

from harness import Instance, Ledger, Stunnel, certificates, check, loopback, send, test
from harness.tools import need

RESUMED = re.compile(r"/smtp\[(\d+)\]: \S+: Reusing old session$", re.MULTILINE)


def s_client(instance, *options):
    """How openssl's client came in: "New" or "Reused"."""
    done = subprocess.run([need("openssl"), "s_client", "-starttls", "smtp", "-connect",
                           f"{instance.address}:{instance.port}", "-ign_eof", *options],
                          input=b"QUIT\r\n", capture_output=True, timeout=30, check=False)
    found = re.search(rb"^(New|Reused), TLSv1", done.stdout, re.MULTILINE)
    check(found, done.stdout, done.stderr)
    return found[1].decode()


@test(counted=False)
def test_tickets():
    """A ticket is good at every worker, at its successors, and after a reload; nothing is on disk."""
    with Instance(params={"smtpd_tls_security_level": "may", "smtpd_worker_processes": "2",
                          "smtpd_tls_chain_files": certificates().good.chain,
                          "service_throttle_time": "1s"}) as instance:
        for version in ("-tls1_3", "-tls1_2"):
            session = instance.folder / f"session{version}"
            check(s_client(instance, version, "-sess_out", session) == "New")
            check([s_client(instance, version, "-sess_in", session) for _ in range(4)] == ["Reused"] * 4)
        for pid in instance.pids("smtpd"):
            send(pid, signal.SIGKILL)
        instance.greeted()
        check(s_client(instance, version, "-sess_in", session) == "Reused", "after a kill")
        instance.reload()
        check(s_client(instance, version, "-sess_in", session) == "Reused", "after a reload")
        check(not list(instance.data.glob("*tls*")))


@test(counted=False)
def test_client_sessions():
    """What one worker of the client began another goes on with."""
    instance = Instance(params={
        "smtp_tls_security_level": "encrypt", "smtp_tls_loglevel": "2",
        "smtp_tls_session_cache_database": "btree:${data_directory}/smtp_scache",
        "smtp_tls_connection_reuse": "no", "service_throttle_time": "1s"})
    ledger = Ledger(instance.folder, loopback())
    stunnel = Stunnel(instance.folder, ledger.address, ledger.port)
    instance.set(relayhost=stunnel.nexthop)
    with instance:
        def load():
            ledger.load(instance, "--messages", 10, "--sessions", 1, "--per-session", 1)
            ledger.wait_all(30)
            instance.wait_empty(20)
            return instance.log()

        load()
        before = set(instance.pids("smtp"))
        for pid in before:
            send(pid, signal.SIGKILL)
        log = load()
        fresh = [int(pid) for pid in RESUMED.findall(log) if int(pid) not in before]
        whole = len(re.findall(r"TLS connection established to", log)) - len(RESUMED.findall(log))
        check(fresh, "no later worker resumed what an earlier one began", log)
        check(whole <= 10, whole, "whole handshakes for 20 connections, some of them at the same time")
        check(not (instance.data / "smtp_scache.db").exists())
    stunnel.stop()
