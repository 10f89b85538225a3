"""MTA-STS: Debian's postfix-mta-sts-resolver, a policy host and a mail exchanger of a domain."""

import http.server
import os
import re
import ssl
import subprocess
import threading

from harness import (FaultyRelay, Fleet, Instance, NameServer, Tls, check, deliver, need, own_network,
                     scratch, test, with_peer)
from harness.certificates import certificates
from harness.tools import wait_port

ZONE = """
{mode}.example.         MX 10 mx.{mode}.example.
mx.{mode}.example.      A {mx}
mta-sts.{mode}.example. A 127.0.3.1
_mta-sts.{mode}.example. TXT "v=STSv1; id=20261126"
"""
POLICY = "version: STSv1\r\nmode: {mode}\r\nmx: {mx}\r\nmax_age: 86400\r\n"
# Domain by domain: the mode of its policy, and the exchangers that it names.
DOMAINS = {"enforce": "*.enforce.example", "testing": "mx.testing.example",
           "elsewhere": "mx.other.example"}
RESOLVER = """host: 127.0.0.1
port: 8461
cache:
  type: internal
"""


class PolicyHost(http.server.BaseHTTPRequestHandler):
    """https://mta-sts.DOMAIN/.well-known/mta-sts.txt"""

    def do_GET(self):  # pylint: disable=invalid-name
        domain = self.headers["Host"].split(".")[1]
        mode = "testing" if domain == "testing" else "enforce"
        text = POLICY.format(mode=mode, mx=DOMAINS[domain]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


class World:
    def __init__(self):
        own_network()
        self.authority = certificates(*(f"{host}.{domain}.example" for domain in DOMAINS
                                        for host in ("mx", "mta-sts")))
        fleet = Fleet()
        held = self.authority.good
        self.exchangers = {
            name: FaultyRelay(fleet=fleet, address=f"127.0.2.{number}", port=25,
                              tls=Tls(held.cert, held.key))
            for number, name in enumerate(DOMAINS, 1)}
        self.names = NameServer("".join(ZONE.format(mode=name, mx=relay.address)
                                        for name, relay in self.exchangers.items()),
                                address="127.0.0.53", port=53)
        self.serve_policies(held)
        self.resolver = self.start_resolver()
        self.instance = Instance("", {
            "smtp_tls_policy_maps": "socketmap:inet:127.0.0.1:8461:postfix",
            "smtp_tls_security_level": "may", "smtp_tls_CAfile": self.authority.ca,
            "smtp_tls_loglevel": "1", "minimal_backoff_time": "1000s",
            "maximal_backoff_time": "1000s", "relayhost": ""}, peer=with_peer())
        self.instance.start()

    @staticmethod
    def serve_policies(held):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(held.cert, held.key)
        server = http.server.ThreadingHTTPServer(("127.0.3.1", 443), PolicyHost)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def start_resolver(self):
        config = scratch() / "mta-sts-daemon.yml"
        config.write_text(RESOLVER)
        process = subprocess.Popen([need("mta-sts-daemon"), "-c", config],
                                   env={**os.environ, "SSL_CERT_FILE": str(self.authority.ca)})
        wait_port("127.0.0.1", 8461, process=process)
        return process

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.instance.stop()
        self.resolver.terminate()
        self.resolver.wait(10)
        self.names.stop()

    def outcome(self, domain):
        """(status, code, word of the TLS line) of a mail to somebody there."""
        log = len(self.instance.log())
        queue_id = deliver(self.instance, recipients=[f"user@{domain}.example"])
        line = self.instance.wait_log(rf"{queue_id}: to=<.*dsn=(\S+), status=(\w+) ")
        words = re.findall(rf" (\w+) TLS connection established to mx\.{domain}\.example\[",
                           self.instance.log()[log:])
        return line[2], line[1], " ".join(words)

    def shows(self, domain, certificate):
        self.exchangers[domain].tls.load(certificate.cert, certificate.key)


@test(root=True, peer=True, timeout=90)
def test_policies_are_kept():
    with World() as world:
        wanted = {"enforce": ("sent", "2.0.0", "Verified"), "testing": ("sent", "2.0.0", "Trusted"),
                  "elsewhere": ("deferred", "4.7.5", "Trusted|Untrusted")}
        for domain, (*want, word) in wanted.items():
            *got, seen = world.outcome(domain)
            check(got == want and re.fullmatch(word, seen), domain, got, seen)
        check(world.exchangers["enforce"].mails[0].tls.sni == "mx.enforce.example", "SNI")
