"""Lookup tables: interchangeable with Debian's, rebuilt under readers, noticed by daemons."""

import os
import pwd
import re
import subprocess
import threading
import time

from harness import Client, Instance, check, deliver, eventually, test
from harness.instance import PEER_PLACES
from harness.places import BIN

PEER = PEER_PLACES[0]
SOURCE = """# comment
Example.COM   smtp:[a.example]:25
user@d.example
   continued  value
"quo ted"@d.example  x
.parent.example error:5.1.1 no
dup one
dup two
alone
"""


def same(found, expected, what=""):
    check(found == expected, f"{what}\nfound:    {found}\nexpected: {expected}")


class Lab:
    """A folder with a main.cf, in which commands of either system run."""

    def __init__(self):
        self.instance = Instance()
        self.folder = self.instance.folder / "tables"
        self.folder.mkdir()
        (self.folder / "main.cf").write_text("compatibility_level = 3.6\nmyhostname = h.example\n")
        (self.folder / "master.cf").write_text(
            "smtp unix - - n - - smtp\nrelay unix - - n - - smtp\n")

    def write(self, name, text):
        (self.folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())

    def run(self, place, program, *arguments, input=None):
        """(status, standard output, standard error) of a command."""
        done = subprocess.run([str(place / program), "-c", ".", *arguments], cwd=self.folder,
                              input=input, capture_output=True, text=True, timeout=60,
                              errors="replace")
        return done.returncode, done.stdout, done.stderr


@test()
def test_tables_of_one_are_read_by_the_other():
    lab = Lab()
    lab.write("t", SOURCE)
    keys = "example.com\nuser@d.example\nUSER@D.example\n\"quo ted\"@d.example\ndup\nalone\nnone\n"
    for kind in ("hash", "btree", "lmdb", "cdb"):
        shown = {}
        for maker in (BIN, PEER):
            for file in lab.folder.glob("t.*"):
                file.unlink()
            status, _, errors = lab.run(maker, "postmap", f"{kind}:t")
            same(status, 0, f"{maker} makes {kind}")
            check('duplicate entry: "dup"' in errors and "line 9: expected format" in errors, errors)
            for reader in (BIN, PEER):
                shown[maker, reader] = lab.run(reader, "postmap", "-q", "-", f"{kind}:t",
                                               input=keys)[:2]
            if kind != "cdb":
                for reader in (BIN, PEER):
                    listed = sorted(lab.run(reader, "postmap", "-s", f"{kind}:t")[1].splitlines())
                    same(len(listed), 5, f"{kind} by {maker} listed by {reader}")
                # Each edits what the other made.
                for editor in (BIN, PEER):
                    same(lab.run(editor, "postmap", "-d", "dup", f"{kind}:t")[0], 0)
                    same(lab.run(editor, "postmap", "-i", f"{kind}:t", input="dup three\n")[0], 0)
                    same(lab.run(PEER, "postmap", "-q", "dup", f"{kind}:t")[1], "three\n")
                    same(lab.run(BIN, "postmap", "-q", "dup", f"{kind}:t")[1], "three\n")
        same(len(set(shown.values())), 1, f"{kind}: {shown}")
        check("continued  value" in shown[BIN, BIN][1], shown[BIN, BIN][1])


QUESTIONS = [
    ("-q example.com hash:t", ""), ("-q EXAMPLE.com hash:t", ""), ("-f -q EXAMPLE.com hash:t", ""),
    ("-q none hash:t", ""), ("-q - hash:t", "none\nDUP\nexample.com\n"), ("-q - hash:t", "none\n"),
    ("-q dup texthash:t", ""), ("-q x hash:nofile", ""), ("-q x texthash:nofile", ""),
    ("-q x regexp:nofile", ""), ("-q x foo:x", ""), ("-q abc regexp:r", ""), ("-q xyz regexp:r", ""),
    ("-q b@c pcre:r", ""), ("-q 10.1.2.3 cidr:c", ""), ("-q 10.2.2.3 cidr:c", ""),
    ("-q x cidr:c", ""), ("-q a inline:{a=b}", ""), ("-q A inline:{a=b}", ""),
    ("-q x static:y", ""), ("-q x fail:y", ""), ("-q root unix:passwd.byname", ""),
    ("-q root unix:group.byname", ""), ("-q nosuch unix:passwd.byname", ""),
    ("-q x unix:none", ""), ("-q x unionmap:{static:a,static:b}", ""),
    ("-q a pipemap:{inline:{a=b},inline:{b=c}}", ""), ("-q x randmap:{z}", ""),
    ("-q x inline:{}", ""), ("-q x pipemap:{foo}", ""), ("-q dup hash:t -q x", ""),
    ("-s texthash:u", ""), ("-s inline:{a=b}", ""), ("-s static:x", ""), ("-s cdb:nofile", ""),
    ("-d none hash:t", ""), ("-d dup hash:t", ""), ("-q dup hash:t", ""), ("-d a static:b", ""),
    ("-d - hash:t", "none\nexample.com\n"), ("-s hash:t", ""), ("-i hash:t", "new v\n"),
    ("-i hash:t", "new v2\n"), ("-q new hash:t", ""), ("-r -i hash:t", "new v3\n"),
    ("-q new hash:t", ""), ("-w -i hash:t", "new v4\n"), ("-q new hash:t", ""),
    ("cidr:c", ""), ("hash:nofile", ""), ("texthash:t", ""), ("regexp:r", ""), ("-x", ""), ("", ""),
    ("-q x -d y hash:t", ""), ("-s -q x hash:t", ""), ("-F hash:f", ""), ("-q k hash:f", ""),
    ("-F -q k hash:f", ""), ("-F -q k2 hash:f", ""), ("-h -q - regexp:all", "A: b\n c\n\nbody\n"),
    ("-b -q - regexp:all", "A: b\n c\n\nbody\n"), ("-hb -q - regexp:all", "A: b\nbody\n\nmore\n"),
    ("-h -q x regexp:all", ""), ("-p hash:t", ""), ("-n hash:t", ""), ("-N hash:t", ""),
    ("-r hash:d", ""), ("-s hash:d", ""), ("-w hash:d", ""), ("-s hash:d", ""), ("-f hash:d", ""),
    ("-s hash:d", ""), ("hash:utf", ""), ("-q caf\u00e9 hash:utf", ""), ("-q CAF\u00c9 hash:utf", ""),
]


@test()
def test_postmap_answers_as_debians_does():
    answers = {}
    for place in (BIN, PEER):
        lab = Lab()
        lab.write("t", SOURCE)
        lab.write("u", "a b\n")
        lab.write("r", "/^a(.)c/ got $1\n!/x/ no-x\nif /y/\n/z/ yz\nendif\n")
        lab.write("all", "/(.*)/ [$1]\n")
        lab.write("c", "10.1.0.0/16 one\n!10.0.0.0/8 other\n10.2.0.0/15 two\n")
        lab.write("d", "A b\nA c\n")
        lab.write("f", "k u, c\nk2 nofile\n")
        lab.write("none", "/./\n")
        lab.write("odd", b"  begins with space\n  goes on\n/a\\(b/ x\nif /a/\n  /b/ inner\nk\\\"q v\n"
                         b"/(a)/ $2\n/(a)/ ${1?{y}:{n}}\n\"a\\\" b\" c\n/b/ y\0z\nn\0ul x\n/c/ last")
        lab.write("utf", b"Caf\xc3\x89 v\nbad\xff v\n")
        lab.run(place, "postmap", "hash:t")
        answers[place] = []
        for question, lines in QUESTIONS:
            arguments = question.split()
            status, output, errors = lab.run(place, "postmap", *arguments, input=lines)
            # Which options there are differs by version; the reason of a failure may be longer here.
            if "usage:" in errors:
                errors = "usage"
            errors = re.sub(r"(query error): .*", r"\1", errors)
            errors = re.sub(r"table (hash|btree):(\w+)\.db:", r"table \1:\2:", errors)
            # Of several warnings ours of repeated keys come last.
            lines = sorted(errors.replace("postmap: ", "").splitlines())
            answers[place].append((question, status, output, lines))
    differences = [f"\nours {ours}\nhers {theirs}"
                   for ours, theirs in zip(answers[BIN], answers[PEER]) if ours != theirs]
    check(not differences, *differences)


@test()
def test_postalias_and_newaliases_make_what_debians_do():
    text = ("Root: admin, \"quo ted\"@x.example ,  other\n  more\n\"a b\": c\nlist: :include:/etc/x, "
            "\"|/bin/p x\", /file\nbad line\nx@y: z\ndup: one\ndup: two\n")
    answers = []
    for place in (BIN, PEER):
        lab = Lab()
        lab.write("al", text)
        made = lab.run(place, "postalias", "hash:al")
        entries = sorted(line for line in lab.run(place, "postalias", "-s", "hash:al")[1].splitlines()
                         if not line.startswith("YP_LAST"))
        asked = lab.run(place, "postalias", "-q", "-", "hash:al", input="ROOT\nnone\na b\n")
        warnings = sorted(made[2].splitlines())
        answers.append((made[0], warnings, entries, asked))
    same(answers[0], answers[1])
    lab = Lab()
    lab.write("al", text)
    with open(lab.folder / "main.cf", "a") as main_cf:
        main_cf.write(f"alias_database = hash:{lab.folder}/al\ncommand_directory = {BIN}\n")
    subprocess.run([str(BIN / "newaliases")], env=os.environ | {"MAIL_CONFIG": str(lab.folder)},
                   check=True, timeout=60)
    same(lab.run(PEER, "postalias", "-q", "list", "hash:al")[1],
         ":include:/etc/x, \"|/bin/p x\", /file\n")


@test()
def test_repeated_destinations_are_a_list():
    lab = Lab()
    lab.write("t", "".join(f"example.com smtp:[host{n}]:587\n" for n in (1, 2, 3))
              + "other.example smtp:[a]\nother.example local:\n")
    status, _, errors = lab.run(BIN, "postmap", "hash:t")
    same(status, 0)
    check("t, line 3: 3 entries of \"example.com\" make one list of destinations: "
          "smtp:[host1]:587, [host2]:587, [host3]:587" in errors, errors)
    check('t.db: duplicate entry: "other.example"' in errors, errors)
    for kind in ("hash", "texthash"):
        same(lab.run(BIN, "postmap", "-q", "example.com", f"{kind}:t")[1],
             "smtp:[host1]:587, [host2]:587, [host3]:587\n")


@test()
def test_owner_and_mode_are_kept():
    lab = Lab()
    lab.write("t", "a b\n")
    source, made = lab.folder / "t", lab.folder / "t.db"
    for mode, expected in ((0o640, 0o640), (0o604, 0o604), (0o600, 0o600), (0o666, 0o644)):
        made.unlink(missing_ok=True)
        source.chmod(mode)
        same(lab.run(BIN, "postmap", "hash:t")[0], 0)
        same(made.stat().st_mode & 0o777, expected)
    source.chmod(0o600)
    same(lab.run(BIN, "postmap", "hash:t")[0], 0)
    same(made.stat().st_mode & 0o777, 0o644, "a file that is there keeps its mode")
    if os.geteuid() != 0:
        return
    nobody = pwd.getpwnam("nobody").pw_uid
    made.unlink()
    source.chmod(0o644)
    os.chown(source, nobody, -1)
    check(lab.run(BIN, "postmap", "hash:t")[0] != 0, "root wrote where the owner may not")
    os.chown(lab.folder, nobody, -1)
    same(lab.run(BIN, "postmap", "hash:t")[0], 0)
    same(made.stat().st_uid, nobody)


def goes_with(instance, reason):
    """Sends messages to far.example until one is thrown away for that reason."""
    def seen():
        deliver(instance, sender="", recipients=["r@far.example"])
        instance.wait_log(r"status=sent")
        return f"status=sent ({reason})" in instance.log()
    eventually(seen, 15, f"a message is thrown away: {reason}", every=0.3)


@test(root=True, counted=False)
def test_qmgr_makes_room_for_one_that_may_read_the_table():
    instance = Instance()
    folder = instance.folder

    def rewrite(name, kind, reason):
        source = folder / name
        source.write_text(f"far.example discard:{reason}\n")
        source.chmod(0o600)
        if kind == "hash":
            instance.command("postmap", f"hash:{source}")
            same((folder / f"{name}.db").stat().st_mode & 0o777, 0o600)

    def replaced(before):
        eventually(lambda: instance.pids("qmgr") not in (before, []), 15, "another qmgr")
        same(len(instance.pids("qmgr")), 1)

    rewrite("transport", "hash", "one")
    instance.set(transport_maps=f"hash:{folder}/transport")
    with instance:
        first = instance.pids("qmgr")
        goes_with(instance, "one")
        # It is rebuilt: qmgr may not open it anew.
        rewrite("transport", "hash", "two")
        replaced(first)
        goes_with(instance, "two")
        # Others are named, that qmgr never had open.
        for number, kind in enumerate(("hash", "texthash")):
            before = instance.pids("qmgr")
            rewrite(f"new{number}", kind, f"new {number}")
            instance.set(transport_maps=f"{kind}:{folder}/new{number}")
            instance.reload()
            replaced(before)
            goes_with(instance, f"new {number}")
        # One that it may read needs none.
        before = instance.pids("qmgr")
        (folder / "open").write_text("far.example discard:open\n")
        instance.set(transport_maps=f"texthash:{folder}/open")
        instance.reload()
        goes_with(instance, "open")
        same(instance.pids("qmgr"), before)
        instance.wait_empty()
        for word in ("]: error:", "]: fatal:", "status=deferred", "Permission denied"):
            check(word not in instance.log(), instance.log())


def verdict(client):
    """What smtpd says of one recipient."""
    client.send("RCPT TO:<r@far.example>\r\n")
    return client.reply()[1]


def asks_table(kind, chroot, mode=0o644, mapped=""):
    """An instance whose smtpd judges recipients by a table, and a function that rewrites that."""
    instance = Instance(listener=f"-o smtpd_recipient_restrictions=check_recipient_access,"
                                 f"{mapped}{kind}:FOLDER/access,reject")
    folder = instance.folder
    instance.master = instance.master.replace("FOLDER", str(folder))
    if chroot:
        instance.master = re.sub(r"inet n - n - - smtpd", "inet n - y - - smtpd", instance.master)
    if mapped:
        instance.params["proxy_read_maps"] = f"proxy:{kind}:{folder}/access"
    instance.write_config()

    def rewrite(text, place=BIN):
        source = folder / "access"
        source.write_text(f"r@far.example {text}\n")
        source.chmod(mode)
        if kind not in ("texthash", "regexp"):
            subprocess.run([str(place / "postmap"), "-c", str(instance.config), f"{kind}:{source}"],
                           check=True, timeout=60)
    return instance, rewrite


def sees(instance, text):
    with Client(instance.address, instance.port) as client:
        client.reply()
        client.send("EHLO a.example\r\n")
        client.reply()
        client.send("MAIL FROM:<s@a.example>\r\n")
        client.reply()
        return text in verdict(client)


@test()
def test_daemons_notice_a_table_that_was_rebuilt():
    cases = [("hash", False, 0o644, ""), ("texthash", False, 0o644, ""), ("lmdb", False, 0o644, ""),
             ("cdb", False, 0o644, "proxy:")]
    if os.geteuid() == 0:
        cases += [("hash", True, 0o644, ""), ("texthash", False, 0o600, "")]
    for kind, chroot, mode, mapped in cases:
        name = f"{mapped}{kind} chroot={chroot} mode={mode:o}"
        instance, rewrite = asks_table(kind, chroot, mode, mapped)
        rewrite("554 5.7.1 first")
        with instance, Client(instance.address, instance.port) as client:
            client.reply()
            client.send("EHLO a.example\r\n")
            client.reply()
            client.send("MAIL FROM:<s@a.example>\r\n")
            client.reply()
            check("first" in verdict(client), name)
            for number, place in enumerate((BIN, PEER)):
                time.sleep(0.01)
                rewrite(f"554 5.7.1 version{number}", place)
                eventually(lambda: sees(instance, f"version{number}"), 5,
                           f"{name}: a new session is judged by the new table")
            # The session that was open meanwhile goes on.
            text = verdict(client)
            check("5.7.1" in text or "4.3." in text, f"{name}: {text}")
            client.send("NOOP\r\n")
            same(client.reply()[0], 250, name)


@test()
def test_rebuilt_under_load_no_answer_is_wrong():
    for kind in ("hash", "lmdb"):
        instance, rewrite = asks_table(kind, False)
        rewrite("554 5.7.1 version 0")
        wrong, seen, over = [], set(), threading.Event()

        def ask():
            with Client(instance.address, instance.port) as client:
                client.reply()
                client.send("EHLO a.example\r\n")
                client.reply()
                client.send("MAIL FROM:<s@a.example>\r\n")
                client.reply()
                while not over.is_set():
                    text = verdict(client)
                    found = re.search(r"version (\d+)", text)
                    if found:
                        seen.add(int(found[1]))
                    elif "421" not in text:
                        wrong.append(text)

        instance.params["smtpd_hard_error_limit"] = "1000000"
        instance.params["smtpd_error_sleep_time"] = "0"
        instance.write_config()
        with instance:
            threads = [threading.Thread(target=ask) for _ in range(3)]
            for thread in threads:
                thread.start()
            for version in range(1, 9):
                rewrite(f"554 5.7.1 version {version}", PEER if version % 2 else BIN)
                if version % 2 or version == 8:  # the others are replaced at once
                    eventually(lambda: version in seen, 20, f"{kind}: version {version}")
            over.set()
            for thread in threads:
                thread.join(20)
        same(wrong, [], kind)
        check(len(seen) >= 5 and max(seen) == 8, f"{kind}: {sorted(seen)}")
