"""Dovecot's auth service alone, with the users of a passwd-file."""

import contextlib
import os
import signal
import subprocess

from .places import scratch
from .processes import descendants
from .tools import need
from .trial import eventually

CONFIG = """protocols =
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
ssl = no
auth_mechanisms = {mechanisms}
auth_failure_delay = {failure_delay}
auth_verbose = yes
disable_plaintext_auth = no
auth_ssl_require_client_cert = {certified}
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
service auth {{
  unix_listener {folder}/auth {{
    mode = 0666
  }}
  {inet}
  unix_listener auth-userdb {{
    mode = 0
  }}
  user = {user}
  client_limit = 4096
}}
# Without this, who failed before waits longer each time.
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0
  }}
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid=65534 gid=65534 home=/nonexistent
}}
"""


class Dovecot:
    """`users` are passwords by name. `port`: listens there too, on 127.0.0.1. `certified`: lets in
    only who has shown a certificate."""

    def __init__(self, users, mechanisms="plain login cram-md5 scram-sha-256", port=None,
                 failure_delay="0 secs", certified=False):
        self.folder = scratch()
        os.chmod(self.folder, 0o755)
        self.socket = self.folder / "auth"
        user = "root" if os.geteuid() == 0 else os.environ["USER"]
        inet = f"inet_listener {{\n    address = 127.0.0.1\n    port = {port}\n  }}" if port else ""
        (self.folder / "users").write_text(
            "".join(f"{name}:{{PLAIN}}{password}::::::\n" for name, password in users.items()))
        (self.folder / "dovecot.conf").write_text(CONFIG.format(
            folder=self.folder, mechanisms=mechanisms, user=user, group="root", inet=inet,
            failure_delay=failure_delay, certified="yes" if certified else "no"))
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen([need("dovecot"), "-F", "-c",
                                         self.folder / "dovecot.conf"],
                                        stderr=subprocess.DEVNULL)
        eventually(self._serves, 15, "dovecot's auth socket")

    def _serves(self):
        if self.process.poll() is not None:
            raise AssertionError(f"dovecot ended: {self.log()}")
        return self.socket.exists()

    def stop(self):
        """Without the grace that its processes have for who is still connected."""
        children = descendants(self.process.pid)
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child.pid, signal.SIGKILL)
        self.socket.unlink(missing_ok=True)

    def restart(self):
        self.stop()
        self.start()

    def log(self):
        log = self.folder / "log"
        return log.read_text(errors="replace") if log.exists() else ""
