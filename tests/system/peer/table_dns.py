"""What the name service says of a destination, and what becomes of the mail."""

from .case import Case, Group

FALLBACK = "127.9.1.1"
A1 = "@ MX 10 a|a A {1}"
TWO = "@ MX 10 a|@ MX 20 b|a A {1}|b A {2}"


def zone(name, dns, want="sent 2.0.0 1", **more):
    more.setdefault("servers", {1: ""})
    return Case(name, want, dns=dns, **more)


def via(service, name, dns, want, **more):
    """The same by way of another entry of master.cf."""
    return zone(name, dns, want, maps={"transport": "{d} " + service + ":"}, **more)


ORDER = [
    zone("one-mx", A1),
    zone("mx-two", TWO, servers={1: "", 2: ""}),
    zone("mx-lower-first", "@ MX 20 b|@ MX 10 a|a A {1}|b A {2}", servers={1: "", 2: ""}),
    zone("mx-first-refused", TWO, "sent 2.0.0 2", servers={2: ""}),
    zone("mx-first-4xx", TWO, "sent 2.0.0 1>2", servers={1: "rcpt=450 4.2.0 later", 2: ""}),
    zone("mx-first-5xx", TWO, "bounced 5.1.1 1", servers={1: "rcpt=550 5.1.1 unknown", 2: ""}),
    zone("mx-first-greets-554", TWO, "sent 2.0.0 1>2", servers={1: "connect=554 no", 2: ""}),
    zone("mx-all-refused", TWO, "deferred 4.4.1", servers={}),
    zone("mx-equal", "@ MX 10 a|@ MX 10 b|@ MX 20 c|a A {1}|b A {2}|c A {3}", "sent 2.0.0 1>2>3",
         servers={1: "connect=421 busy", 2: "connect=421 busy", 3: ""}, unordered=True),
    zone("mx-two-addresses", "@ MX 10 a|a A {1}|a A {2}", "sent 2.0.0 1>2", unordered=True,
         servers={1: "mail=451 4.3.0 x", 2: "rcpt=250 ok"}),
    zone("mx-three-levels", "@ MX 1 a|@ MX 2 b|@ MX 3 c|a A {1}|b A {2}|c A {3}",
         "sent 2.0.0 3", servers={3: ""}),
    zone("mx-zero-preference", "@ MX 0 a|@ MX 65535 b|a A {1}|b A {2}", "sent 2.0.0 2",
         servers={2: ""}),
    zone("mx-same-host-twice", "@ MX 10 a|@ MX 20 a|a A {1}", "deferred 4.3.0 1>1",
         servers={1: "mail=451 4.3.0 x"}),
    zone("session-limit", "@ MX 1 a|@ MX 2 b|@ MX 3 c|a A {1}|b A {2}|c A {3}",
         "deferred 4.3.0 1>2", servers={1: "mail=451 4.3.0 x", 2: "mail=451 4.3.0 x", 3: ""}),
    zone("no-session-no-limit", "@ MX 1 a|@ MX 2 b|@ MX 3 c|a A {1}|b A {2}|c A {3}",
         "sent 2.0.0 1>2>3", servers={1: "connect=421 x", 2: "connect=421 x", 3: ""}),
    zone("address-limit", "@ MX 1 a|@ MX 2 b|@ MX 3 c|@ MX 4 d|@ MX 5 e|@ MX 6 f|a A {1}|b A {2}|"
         "c A {3}|d A {4}|e A {5}|f A {6}", "deferred 4.4.1", servers={6: ""}),
    via("few", "few-addresses", "@ MX 1 a|@ MX 2 b|@ MX 3 c|a A {1}|b A {2}|c A {3}",
        "deferred 4.4.1", servers={3: ""}),
    via("few", "few-sessions", TWO, "deferred 4.3.0 1", servers={1: "mail=451 4.3.0 x", 2: ""}),
    via("many", "many-sessions", "@ MX 1 a|@ MX 2 b|@ MX 3 c|a A {1}|b A {2}|c A {3}",
        "sent 2.0.0 1>2>3", servers={1: "mail=451 4.3.0 x", 2: "mail=451 4.3.0 x", 3: ""}),
]

NONE = [
    zone("a-only", "@ A {1}"),
    zone("a-only-refused", "@ A {1}", "deferred 4.4.1", servers={}),
    zone("nxdomain", "", "bounced 5.4.4"),
    zone("nodata", "@ TXT x", "bounced 5.4.4"),
    zone("null-mx", "@ MX 0 .", "bounced 5.1.0"),
    zone("null-mx-and-a", "@ MX 0 .|@ A {1}", "bounced 5.1.0"),
    zone("null-mx-beside-others", "@ MX 0 .|@ MX 10 a|a A {1}", "bounced 5.1.0"),
    zone("mx-no-address", "@ MX 10 a", "bounced 5.4.4"),
    zone("mx-no-address-and-a", "@ MX 10 a|@ A {1}", "bounced 5.4.4"),
    zone("mx-nodata", "@ MX 10 a|a TXT x", "bounced 5.4.4"),
    zone("mx-one-without-address", "@ MX 10 a|@ MX 20 b|b A {1}"),
    zone("mx-numeric", "@ MX 10 127.11.0.9.", "deferred 4.4.1"),
    zone("aaaa-only", "@ MX 10 a|a AAAA 2001:db8::1", "bounced 5.4.4"),
    via("soft", "soft-no-address", "@ MX 10 a", "deferred 4.4.4"),
]

TROUBLE = [
    Case("servfail", "deferred 4.4.3", to="u@broken.test"),
    Case("servfail-below", "deferred 4.4.3", to="u@a.b.broken.test"),
    zone("mx-servfail", "@ MX 10 a.broken.test.", "deferred 4.4.3"),
    zone("mx-one-servfail", "@ MX 10 a.broken.test.|@ MX 20 b|b A {1}"),
    zone("mx-servfail-then-none", "@ MX 10 a.broken.test.|@ MX 20 b", "deferred 4.4.4"),
    zone("mx-none-then-servfail", "@ MX 10 b|@ MX 20 a.broken.test.", "deferred 4.4.3"),
    via("blind", "blind-mx-error", "", "bounced 5.4.4", to="u@{d}"),
    Case("host-servfail", "deferred 4.4.3", maps={"transport": "{d} smtp:[x.broken.test]"}),
    Case("ignored-mx-error", "deferred 4.4.3", maps={"transport": "{d} blind:y.broken.test"}),
    Case("list-servfail-first", "sent 2.0.0 1", servers={1: ""},
         maps={"transport": "{d} smtp:[x.broken.test], [{1}]"}),
    Case("list-servfail-last", "deferred 4.4.3",
         maps={"transport": "{d} smtp:[{1}], x.broken.test"}),
]

ALIASES = [
    zone("cname", "@ CNAME real.{d}.|real MX 10 a.{d}.|a A {1}".replace("@ CNAME", "www CNAME"),
         to="u@www.{d}"),
    zone("cname-to-a", "www CNAME real|real A {1}", to="u@www.{d}"),
    zone("cname-chain", "c1 CNAME c2|c2 CNAME c3|c3 CNAME c4|c4 MX 10 a|a A {1}", to="u@c1.{d}"),
    zone("cname-loop", "c1 CNAME c2|c2 CNAME c1", "bounced 5.4.4", to="u@c1.{d}"),
    zone("cname-dangling", "c1 CNAME nothing", "bounced 5.4.4", to="u@c1.{d}"),
    zone("mx-to-cname", "@ MX 10 m|m CNAME a|a A {1}"),
    zone("mx-to-cname-of-nothing", "@ MX 10 m|m CNAME nothing", "bounced 5.4.4"),
    zone("host-cname", "m CNAME a|a A {1}", maps={"transport": "{d} smtp:[m.{d}]"}),
    zone("cname-long", "|".join(f"c{i} CNAME c{i + 1}" for i in range(1, 14)) + "|c14 A {1}",
         "sent 2.0.0 1",
         to="u@c1.{d}"),
]

SELF = [
    zone("own-host-best", "@ MX 10 me|me A 127.0.0.1", "bounced 5.4.6"),
    zone("own-host-second", "@ MX 10 a|@ MX 20 me|a A {1}|me A 127.0.0.1"),
    zone("own-host-second-refused", "@ MX 10 a|@ MX 20 me|@ MX 30 c|me A 127.0.0.1|a A {1}|c A {2}",
         "deferred 4.4.1", servers={2: ""}),
    zone("own-host-equal", "@ MX 10 a|@ MX 10 me|@ MX 20 c|a A {1}|me A 127.0.0.1|c A {2}",
         "bounced 5.4.6", servers={1: "", 2: ""}),
    zone("own-host-a", "@ A 127.0.0.1", "bounced 5.4.6"),
    Case("own-host-literal", "bounced 5.4.6", maps={"transport": "{d} smtp:[127.0.0.1]"}),
    Case("own-host-other-port", "sent 2.0.0", maps={"transport": "{d} smtp:[127.0.0.1]:2525"}),
    Case("own-name-in-ehlo", "bounced 5.4.6 1", servers={1: "name=mail.example.org"}, dns=A1),
    Case("own-name-in-ehlo-second", "deferred 4.4.6 1>2", dns=TWO, servers={
        1: "connect=421 x", 2: "name=mail.example.org"}),
    Case("own-name-other-port", "sent 2.0.0 1", servers={"1:2525": "name=mail.example.org"},
         maps={"transport": "{d} smtp:[{1}]:2525"}),
    Case("proxy-address", "bounced 5.4.6", dns="@ MX 10 p|p A 127.9.1.77"),
]

FALLBACKS = [
    via("fall", "fallback-unused", A1, "sent 2.0.0 1"),
    via("fall", "fallback-refused", A1, "sent 2.0.0", servers={}),
    via("fall", "fallback-4xx", A1, "sent 2.0.0 1", servers={1: "rcpt=450 4.2.0 x"}),
    via("fall", "fallback-5xx", A1, "bounced 5.1.1 1", servers={1: "rcpt=550 5.1.1 x"}),
    via("fall", "fallback-nxdomain", "", "sent 2.0.0"),
    via("fall", "fallback-null-mx", "@ MX 0 .", "sent 2.0.0"),
    via("fall", "fallback-own-host", "@ MX 10 me|me A 127.0.0.1", "bounced 5.4.6"),
    via("fall", "fallback-servfail", "@ MX 10 a.broken.test.", "sent 2.0.0"),
    via("fall", "fallback-partly", "@ MX 10 a|a A {1}", "sent 2.0.0, sent 2.0.0 1",
        to="a@{d}, b@{d}", servers={1: "rcpt=450 4.2.0 x"}),
    via("deadfall", "fallback-dead", A1, "deferred 4.4.1", servers={}),
    via("deadfall", "fallback-unknown", "", "deferred 4.4.1", servers={}),
    via("mxfall", "fallback-by-mx", A1, "sent 2.0.0", servers={}),
]

NATIVE = [
    via("native", "native-host-of-mx", "@ MX 10 hosted", "sent 2.0.0 1"),
    Case("native-host", "sent 2.0.0 1", maps={"transport": "{d} native:[hosted.{d}]"},
         servers={1: ""}),
    Case("native-unknown", "bounced 5.4.4", maps={"transport": "{d} native:[nowhere.{d}]"}),
    Case("hosts-file-not-asked", "bounced 5.4.4", maps={"transport": "{d} smtp:[hosted.{d}]"}),
    Case("both-hosts-file", "sent 2.0.0 1", maps={"transport": "{d} both:[hosted.{d}]"},
         servers={1: ""}),
    Case("both-dns", "sent 2.0.0 1", maps={"transport": "{d} both:[named.{d}]"},
         servers={1: ""}, dns="named A {1}"),
    Case("literal", "sent 2.0.0 1", to="u@[{1}]", servers={1: ""}),
    Case("literal-refused", "deferred 4.4.1", to="u@[{1}]"),
    Case("literal-ipv6", "bounced 5.4.4", to="u@[IPv6:2001:db8::1]"),
    Case("numeric-domain", "refused 501 5.1.3", to="u@{1}", servers={1: ""}),
    Case("upper-case-domain", "sent 2.0.0 1", to="u@UPPER-CASE-DOMAIN.TEST", dns=A1,
         servers={1: ""}),
    Case("underscore", "sent 2.0.0 1", to="u@a_b.{d}", dns="a_b MX 10 m|m A {1}", servers={1: ""}),
    Case("mx-with-underscore", "sent 2.0.0 1", dns="@ MX 10 m_x|m_x A {1}", servers={1: ""}),
    Case("two-domains", "sent 2.0.0, sent 2.0.0 1>2", to="a@x.{d}, b@y.{d}", unordered=True,
         dns="x MX 10 a|y MX 10 b|a A {1}|b A {2}", servers={1: "", 2: ""}),
]

GROUP = Group(
    "dns",
    {"transport_maps": "hash:{config}/transport", "proxy_interfaces": "127.9.1.77"},
    ORDER + NONE + TROUBLE + ALIASES + SELF + FALLBACKS + NATIVE,
    tables={"transport": "home.test smtp:[127.9.1.2]"},
    indexed=("transport",),
    master=(f"fall unix - - n - - smtp -o smtp_fallback_relay=[{FALLBACK}]\n"
            "deadfall unix - - n - - smtp -o smtp_fallback_relay=[127.9.1.3]:2526\n"
            "mxfall unix - - n - - smtp -o smtp_fallback_relay=rescue.test\n"
            "few unix - - n - - smtp -o smtp_mx_address_limit=2 -o smtp_mx_session_limit=1\n"
            "many unix - - n - - smtp -o smtp_mx_address_limit=0 -o smtp_mx_session_limit=0\n"
            "soft unix - - n - - smtp -o smtp_defer_if_no_mx_address_found=yes\n"
            "blind unix - - n - - smtp -o ignore_mx_lookup_error=yes\n"
            "native unix - - n - - smtp -o smtp_host_lookup=native\n"
            "both unix - - n - - smtp -o { smtp_host_lookup = dns, native }\n"),
    servers={f"{FALLBACK}:25": "", "127.9.1.2:25": "", "127.0.0.1:2525": ""},
    zone=f"home.test. MX 10 mx.home.test.\nmx.home.test. A 127.9.1.2\nrescue.test. MX 10 a.rescue.test.\na.rescue.test. A {FALLBACK}\n",
    hosts=("native-host-of-mx", "native-host", "hosts-file-not-asked", "both-hosts-file"),
    broken=("broken.test",),
)
