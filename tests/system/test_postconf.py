"""postconf beside Debian's: the same files, the same words, the same output, exit code, edits."""

import os
import shutil
import subprocess
from pathlib import Path

from harness import check, scratch, test
from harness.places import BIN

PEER = "/usr/sbin/postconf"
OURS = BIN / "postconf"

MAIN = """\
# A configuration with something of everything.
compatibility_level = 3.6
myhostname = mx.example.org

# about the banner
smtpd_banner = ${myhostname}   ESMTP
\t$mail_name (one
# inside
    two)
mynetworks = 127.0.0.0/8,
  10.0.0.0/8
relayhost=[192.0.2.1]:587
own = here
second = ${own?{$own}:{none}} ${{$compatibility_level} <level {3} ? {old} : {new}} $$1
smtpd_restriction_classes = strict
strict = reject
relay_destination_concurrency_limit = 3
none_destination_concurrency_limit = 4
never_used = $no_such
virtual_alias_maps = ldap:corp
corp_server_host = ldap.example.org
fallback_relay = [192.0.2.9]
forward_path = $home/x
mime_header_checks = ${own:x}$second
soft_bounce = no
soft_bounce = yes
#commented = 1
  # the end
"""

MASTER = """\
# services
smtp      inet  n       -       y       -       -       smtpd
  -o smtpd_banner=x
# inside
  -o { own = b  c }  -v
127.0.0.1:10025 inet n - n - 10 smtpd -o syslog_name=postfix/$service_name -o stray=1

# agents
pickup    unix  n       -       y       60      1       pickup
qmgr unix n - n 300 1 qmgr
smtp      unix  -       -       y       -       -       smtp
relay     unix  -       -       y       -       -       smtp
        -o syslog_name=postfix/$service_name
#       -o smtp_helo_timeout=5
tlsmgr    unix  -       -       y       1000?   1       tlsmgr
maildrop  unix  -       n       n       -       -       pipe
  flags=DRXhu user=vmail argv=/usr/bin/maildrop { a b } -d ${recipient} ${extension} ${user} ${nexthop}
# the end
"""

# What both releases have, with the same default.
STEADY = ("append_dot_mydomain", "relay_domains", "smtpd_relay_restrictions", "mynetworks_style",
          "smtputf8_enable", "smtpd_timeout", "smtp_fallback_relay", "parent_domain_matches_subdomains",
          "default_rbl_reply", "smtpd_expansion_filter", "lmtp_lhlo_name", "lmtp_connect_timeout",
          "lmtp_tls_secure_cert_match", "virtual_alias_maps", "syslog_name", "transport_maps",
          "relay_destination_rate_delay", "smtpd_per_request_deadline", "mydestination", "proxy_write_maps",
          "postscreen_dnsbl_max_ttl", "tlsproxy_tls_security_level", "maildrop_time_limit")

SHOWN = [
    ["-n"], ["-nx"], ["-nf"], ["-nh"], ["-nH"], ["-nxf"], ["-C", "user"], ["-C", "service", "-n"],
    ["-C", "builtin", "-n"], ["-C", "all", "-n"], ["-C", "user,service", "-n"],
    ["-d", *STEADY], ["-dx", *STEADY], ["-df", *STEADY], ["-dh", *STEADY], list(STEADY),
    ["-x", *STEADY], ["-d", "myhostname", "mydomain", "mynetworks"],
    ["-x", "mynetworks", "myorigin", "mydomain"], ["-p", "myhostname"], ["-h", "no_such"],
    ["myhostname", "no_such", "own", "none_destination_concurrency_limit"],
    ["-n", "no_such", "own"], ["-o", "myhostname=a.b", "-n"], ["-o", "own = q", "-x", "second"],
    ["-d", "own"],
    ["-M"], ["-Mf"], ["-Mx"], ["-M", "smtp"], ["-M", "smtp/inet"], ["-M", "*/unix"], ["-M", "no_such"],
    ["-F"], ["-Fh", "smtp/inet"], ["-FH", "smtp/unix"], ["-F", "smtp/unix/command"],
    ["-F", "*/unix/chroot"], ["-Ff", "maildrop/unix"],
    ["-P"], ["-Ph"], ["-PH"], ["-Px"], ["-P", "smtp/inet/*"], ["-P", "*/*/syslog_name"],
    ["-P", "smtp/unix/no_such"], ["-l"],
    # Postfix's command takes a second for each of these.
    ["-h", "-H"], ["-M", "-F"], ["-Mh"], ["-e"], ["-X"], ["-#", "a=b"], ["a = b", "c"],
    ["-e", "=x"], ["-e", "a=b\nc=d"], ["-C", "bogus"],
    # What folds, what is expanded.
    ["-Ff", "smtp/inet"], ["-FHf", "smtp/inet/command"], ["-Fx", "smtp/inet/command"],
    ["-Fxf", "127.0.0.1:10025/inet"], ["-Pxf"], ["-M", "-C", "user"],
]

EDITED = [
    ["-e", "myhostname = new.example.org"], ["smtpd_banner=implicit"], ["-e", "added = 1"],
    ["-e", "relayhost = ", "soft_bounce = twice"], ["-e", "own=$x", "own=2"], ["-#", "smtpd_banner"],
    ["-#", "no_such"], ["-X", "smtpd_banner", "soft_bounce"], ["-X", "no_such"], ["-X", "commented"],
    ["-#", "soft_bounce"], ["-e", "mynetworks = a,  b\tc"],
    ["-Me", "smtp/inet=smtp inet n - n - 5 smtpd -o x=y"], ["-M", "qmgr/unix=qmgr unix n - n 60 1 qmgr"],
    ["-Me", "new/unix = new unix - n n - - pipe user=nobody argv=/bin/true -x"],
    ["-Fe", "smtp/inet/chroot=n"], ["-F", "*/unix/process_limit=7"],
    ["-Fe", "smtp/inet/command=smtpd -o z=1"], ["-P", "smtp/inet/zz=1"], ["-Pe", "relay/unix/syslog_name=x"],
    ["-PX", "smtp/inet/own"], ["-MX", "smtp/inet"], ["-M#", "relay/unix"], ["-MX", "no_such/unix"],
    ["-Fe", "no_such/unix/chroot=n"], ["-PX", "smtp/inet/*"], ["-Pe", "no_such/unix/a=b"], ["-Pe", "smtp/unix/a=b c"],
]


def run(program, folder, words):
    """(exit code, output, complaints): the order of warnings is a matter of hash tables."""
    done = subprocess.run(["postconf", "-c", folder, *words], executable=program,
                          capture_output=True, text=True, timeout=20, check=False)
    complaints = sorted(set(done.stderr.splitlines()))
    return done.returncode, done.stdout, complaints


def fresh(folder, main=MAIN, master=MASTER):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, text in (("main.cf", main), ("master.cf", master)):
        (folder / name).write_text(text)
        os.utime(folder / name, (1, 1))  # Postfix reads a file again that was just written


def differences(folder, words, files=()):
    """What the two commands do differently; each finds the files as they were."""
    results = []
    for program in (PEER, OURS):
        fresh(folder)
        done = run(program, folder, words)
        results.append((*done, *((folder / name).read_text() for name in files)))
    peer, ours = results
    kinds = ("exit code", "output", "complaints", *files)
    return [f"{' '.join(words)}: {kind}:\n  peer {a!r}\n  ours {b!r}"
            for kind, a, b in zip(kinds, peer, ours) if a != b]


@test(timeout=60)
def test_shows_what_postfix_shows():
    folder = Path(scratch()) / "config"
    found = [line for words in SHOWN for line in differences(folder, words)]
    check(not found, "\n".join(found))


@test(timeout=60)
def test_edits_as_postfix_does():
    folder = Path(scratch()) / "config"
    found = [line for words in EDITED for line in differences(folder, words, ("main.cf", "master.cf"))]
    check(not found, "\n".join(found))
    check(not list(folder.glob("*.tmp")), "a temporary file stayed")


def defaults(program, folder):
    done = run(program, folder, ["-d"])
    return dict(line.split(" =", 1) for line in done[1].splitlines())


# Where the newest release has another default than Debian's, or this system has another place.
NEWER = {
    "address_verify_map", "alias_maps", "config_directory", "daemon_directory", "html_directory", "import_environment",
    "mail_release_date", "mail_version", "milter_default_action", "postscreen_cache_map", "process_id",
    "proxy_read_maps", "readme_directory", "shlib_directory", "lmtp_tls_connection_reuse",
    "smtp_tls_connection_reuse",
    "smtp_tls_security_level", "smtpd_forbid_bare_newline", "smtpd_forbid_unauth_pipelining",
    "smtpd_forbidden_commands", "tls_eecdh_auto_curves", "tls_export_cipherlist", "tls_high_cipherlist",
    "tls_low_cipherlist", "tls_medium_cipherlist", "tls_null_cipherlist",
    "tlsproxy_client_policy_maps", "tlsproxy_client_security_level",
}


@test(timeout=60)
def test_every_default_of_postfix_is_ours():
    folder = Path(scratch()) / "config"
    fresh(folder, "", Path("/usr/share/postfix/master.cf.dist").read_text())
    peer, ours = defaults(PEER, folder), defaults(OURS, folder)
    check(len(peer) > 1000, len(peer))
    missing = sorted(peer.keys() - ours.keys())
    check(not missing, "no such parameter here:", *missing)
    other = sorted(name for name in peer if peer[name] != ours[name])
    check(set(other) <= NEWER, "other defaults:", *sorted(set(other) - NEWER))
    check(set(other) == NEWER, "no longer different:", *sorted(NEWER - set(other)))


@test()
def test_refuses_what_is_not_built():
    folder = Path(scratch()) / "config"
    fresh(folder)
    for words in (["-b"], ["-t"], ["-j"]):
        code, output, complaints = run(OURS, folder, words)
        check(code == 1 and not output, words, code, output)
        check("not built yet" in complaints[0], complaints)
    code, output, complaints = run(OURS, folder, ["-q", "-n"])
    check(code == 0 and "own = here" in output and not complaints, complaints)
    check([run(OURS, folder, [word])[1].split() for word in ("-a", "-A")] ==
          [["cyrus", "dovecot"], ["cyrus"]])
    for kind in ("compile-version", "run-version"):
        shown = run(OURS, folder, ["-T", kind])[1]
        check(shown.startswith("OpenSSL 3."), kind, shown)
    types = run(OURS, folder, ["-m"])[1].split()
    check({"hash", "btree", "regexp", "static"} <= set(types), types)
