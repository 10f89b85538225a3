"""Recipients a second that Debian's Postfix and Posthaste, in turn, route by a transport table of
BENCH_KEYS (1,000,000) keys: taken by smtpd, looked up, handed to discard. And without a table, to
compare. BENCH_RUNS (3) runs each, alternating; medians are compared.
"""

import os
import random
import shutil
import statistics
import threading
import time

from harness import Client, Instance, check

KEYS = int(os.environ.get("BENCH_KEYS", "1000000"))
RUNS = int(os.environ.get("BENCH_RUNS", "3"))
MESSAGES, RECIPIENTS, SESSIONS = 1000, 50, 4


def send(instance, messages, seed):
    """Messages of RECIPIENTS random keys each, every transaction in one write."""
    numbers = random.Random(seed)
    with Client(instance.address, instance.port, timeout=120) as client:
        client.open()
        for _ in range(messages):
            recipients = [f"RCPT TO:<u@d{number}.example>\r\n"
                          for number in numbers.sample(range(KEYS), RECIPIENTS)]
            client.send("MAIL FROM:<s@in.example>\r\n" + "".join(recipients) + "DATA\r\n")
            for _ in range(RECIPIENTS + 1):
                client.expect(None, 250)
            client.expect(None, 354)
            client.send("Subject: x\r\n\r\nx\r\n.\r\n")
            client.expect(None, 250)
        client.expect("QUIT", 221)


def discarded(instance):
    return instance.log().count("status=sent (bulk)")


def routed(instance):
    """Recipients a second until the last is logged."""
    threads = [threading.Thread(target=send, args=(instance, MESSAGES // SESSIONS, seed))
               for seed in range(SESSIONS)]
    start = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    end = time.monotonic() + 300
    while discarded(instance) < MESSAGES * RECIPIENTS:
        check(time.monotonic() < end, "recipients got lost:", discarded(instance))
        time.sleep(0.05)
    return MESSAGES * RECIPIENTS / (time.monotonic() - start)


def measure(peer):
    """Figures of one run, by name."""
    figures = {}
    instance = Instance(peer=peer, params={"default_transport": "discard:bulk",
                                           "smtpd_recipient_limit": "1000"})
    table = instance.config / "transport"
    table.write_text("".join(f"d{number}.example discard:bulk\n" for number in range(KEYS)))
    instance.command("postmap", f"hash:{table}", seconds=600)
    with instance:
        figures["recipients/s without a table"] = routed(instance)
    instance.maillog.unlink()
    instance.set(transport_maps=f"hash:{table}")
    instance._own()  # pylint: disable=protected-access
    with instance:
        figures["recipients/s by the table"] = routed(instance)
    shutil.rmtree(instance.folder, ignore_errors=True)
    return figures


def compare(peers):
    """Measures the given systems in turn, RUNS times; prints medians and ratios."""
    print(f"a transport table of {KEYS} keys, {RUNS} runs", flush=True)
    runs = {peer: [] for peer in peers}
    for _ in range(RUNS):
        for peer in peers:
            runs[peer].append(measure(peer))
    for name in runs[peers[0]][0]:
        medians = {peer: statistics.median(each[name] for each in runs[peer]) for peer in peers}
        words = [f"{'Postfix' if peer else 'Posthaste'} {value:.0f}"
                 for peer, value in medians.items()]
        if len(medians) == 2:
            words.append(f"ratio {medians[False] / medians[True]:.2f}")
        print(f"{name}: {', '.join(words)}", flush=True)
