"""A network and an /etc/resolv.conf of this test's own, so that ports 25 and 53 are free.

Needs root. Everything the test starts afterwards lives there: its whole net is 127.0.0.0/8.
"""

import ctypes
import os
import socket
from pathlib import Path

from .places import scratch
from .tools import need, run

NEW_MOUNTS, NEW_NETWORK = 0x00020000, 0x40000000
RESOLV_CONF, HOSTS = Path("/etc/resolv.conf"), Path("/etc/hosts")


def own_network(name_server="127.0.0.53", options="timeout:1 attempts:2", hosts=None):
    """Moves this process into it; call before any thread starts. `hosts` replaces /etc/hosts."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(NEW_MOUNTS | NEW_NETWORK) != 0:
        raise AssertionError(f"own_network: {os.strerror(ctypes.get_errno())} (needs root)")
    run(need("mount"), "--make-rprivate", "/")
    run(need("ip"), "link", "set", "lo", "up")
    folder = scratch()
    _cover(RESOLV_CONF, folder / "resolv.conf", f"nameserver {name_server}\noptions {options}\n")
    if hosts is not None:
        _cover(HOSTS, folder / "hosts", hosts)
    return folder


def small_buffers():
    """What a peer does not read stays with the sender, but for some 100 KB. After own_network()."""
    Path("/proc/sys/net/ipv4/tcp_wmem").write_text("4096 16384 65536")


def _cover(target, file, text):
    file.write_text(text)
    file.chmod(0o644)
    run(need("mount"), "--bind", file, target.resolve())


def listens_on(address, port):
    """True when something takes connections there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((address, port)) == 0


def own_tree(*folders):
    """Gives this process its own copy of these folders (/etc, /var): what it changes there, nobody
    else sees, and it is gone with the process. After own_network()."""
    room = scratch()
    run(need("mount"), "-t", "tmpfs", "tmpfs", room)
    for number, folder in enumerate(folders):
        upper, work = room / f"upper{number}", room / f"work{number}"
        upper.mkdir()
        work.mkdir()
        covered = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()
                   if line.split()[1].startswith(f"{folder}/")]
        texts = {path: Path(path).read_text() for path in covered if Path(path).is_file()}
        run(need("mount"), "-t", "overlay", "overlay", "-o",
            f"lowerdir={folder},upperdir={upper},workdir={work}", folder)
        for path, text in texts.items():  # an overlay does not show what is mounted below it
            Path(path).write_text(text)
