// Rows of the routing table: senders, classes, trouble.
#include "tests/unit/lib/route/routing_rows.h"

namespace route_test {

// clang-format off
std::vector<Group> setting_groups() {
    return {
    {"sdt",
     "relayhost = [relay]\n"
     "sender_dependent_default_transport_maps = inline:{ { s@d.example = uucp:[bysender] }, "
     "{ @d.example = uucp: }, { @nocolon.example = uucp }, { @hop.example = :[hop] }, "
     "{ <> = smtp:[bynull] }, { bare = smtp:[bybare] }, { @dunno.example = DUNNO }, "
     "{ @list.example = smtp:[l1], [l2]:26 } }\n"
     "sender_dependent_relayhost_maps = inline:{ { @nocolon.example = [sdr] } }\n", {
        {"s@d.example", "u@x.test", "other", "uucp", "[bysender]", "u@x.test"},
        {"t@d.example", "u@x.test", "other", "uucp", "[relay]", "u@x.test"},
        {"a@nocolon.example", "u@x.test", "other", "uucp", "[sdr]", "u@x.test"},
        {"a@hop.example", "u@x.test", "later", "", "", ""},
        {"", "u@x.test", "other", "smtp", "[bynull]", "u@x.test"},
        {"bare@example.org", "u@x.test", "other", "smtp", "[bybare]", "u@x.test"},
        {"a@dunno.example", "u@x.test", "other", "smtp", "[relay]", "u@x.test"},
        {"a@list.example", "u@x.test", "other", "smtp", "[l1], [l2]:26", "u@x.test"},
        {"a@else.example", "u@x.test", "other", "smtp", "[relay]", "u@x.test"},
        {"s@d.example", "u@relay.test", "relay", "relay", "[relay]", "u@relay.test"},
        {"s@d.example", "u@vm.test", "virtual", "virtual", "vm.test", "u@vm.test"},
        {"s@d.example", "u@example.org", "local", "local", "mx.example.org", "u@example.org"},
    }},
    {"dtlist",
     "default_transport = smtp:[d1]:25, [d2]\n"
     "relayhost = [relay]\n"
     "relay_transport = relay:[r1]\n"
     "local_transport = lmtp:unix:/l\n"
     "virtual_transport = lmtp:unix:/v\n", {
        {"s@sender.test", "u@x.test", "other", "smtp", "[d1]:25, [d2]", "u@x.test"},
        {"s@sender.test", "u@relay.test", "relay", "relay", "[r1]", "u@relay.test"},
        {"s@sender.test", "u@example.org", "local", "lmtp", "unix:/l", "u@example.org"},
        {"s@sender.test", "u@vm.test", "virtual", "lmtp", "unix:/v", "u@vm.test"},
        {"s@sender.test", "u@va.test", "alias", "error", "5.1.1 User unknown in virtual alias table", "u@va.test"},
    }},
    {"dtbare",
     "default_transport = uucp\n"
     "relayhost = [a], b.test c.test\n"
     "local_transport = local\n"
     "virtual_transport = virtual\n"
     "relay_transport = relay\n", {
        {"s@sender.test", "u@x.test", "other", "uucp", "[a], b.test c.test", "u@x.test"},
        {"s@sender.test", "u@relay.test", "relay", "relay", "[a], b.test c.test", "u@relay.test"},
        {"s@sender.test", "u@example.org", "local", "local", "example.org", "u@example.org"},
        {"s@sender.test", "u@vm.test", "virtual", "virtual", "vm.test", "u@vm.test"},
        {"s@sender.test", "u@localhost", "local", "local", "localhost", "u@localhost"},
    }},
    {"dtcolon",
     "default_transport = uucp:\n"
     "relayhost = [a]\n"
     "local_transport = local:\n"
     "relay_transport = relay:\n", {
        {"s@sender.test", "u@x.test", "other", "uucp", "[a]", "u@x.test"},
        {"s@sender.test", "u@relay.test", "relay", "relay", "[a]", "u@relay.test"},
        {"s@sender.test", "u@example.org", "local", "local", "example.org", "u@example.org"},
    }},
    {"dterror",
     "default_transport = error\n"
     "relay_transport = error:\n"
     "local_transport = error:no local mail\n"
     "virtual_transport = retry:4.7.0 later\n", {
        {"s@sender.test", "u@x.test", "other", "error", "x.test", "u@x.test"},
        {"s@sender.test", "u@relay.test", "relay", "error", "relay.test", "u@relay.test"},
        {"s@sender.test", "u@example.org", "local", "error", "no local mail", "u@example.org"},
        {"s@sender.test", "u@vm.test", "virtual", "retry", "4.7.0 later", "u@vm.test"},
    }},
    {"reloc",
     "relocated_maps = inline:{ { old@example.org = new@new.example }, "
     "{ bare = far@away }, { @gone.test = somewhere }, { old@va.test = v@v }, "
     "{ old@vm.test = m@m }, { old@relay.test = r@r }, { ext@example.org = noext } }\n", {
        {"s@sender.test", "old@example.org", "local", "error", "5.1.6 User has moved to new@new.example", "old@example.org"},
        {"s@sender.test", "old@mx.example.org", "local", "local", "mx.example.org", "old@mx.example.org"},
        {"s@sender.test", "bare@example.org", "local", "error", "5.1.6 User has moved to far@away", "bare@example.org"},
        {"s@sender.test", "bare@other.test", "other", "smtp", "other.test", "bare@other.test"},
        {"s@sender.test", "bare", "local", "error", "5.1.6 User has moved to far@away", "bare@mx.example.org"},
        {"s@sender.test", "any@gone.test", "other", "error", "5.1.6 User has moved to somewhere", "any@gone.test"},
        {"s@sender.test", "old@va.test", "alias", "error", "5.1.6 User has moved to v@v", "old@va.test"},
        {"s@sender.test", "old@vm.test", "virtual", "error", "5.1.6 User has moved to m@m", "old@vm.test"},
        {"s@sender.test", "old@relay.test", "relay", "error", "5.1.6 User has moved to r@r", "old@relay.test"},
        {"s@sender.test", "ext+x@example.org", "local", "error", "5.1.6 User has moved to noext", "ext+x@example.org"},
        {"s@sender.test", "new@example.org", "local", "local", "mx.example.org", "new@example.org"},
        {"s@sender.test", "u@va.test", "alias", "error", "5.1.1 User unknown in virtual alias table", "u@va.test"},
    }},
    {"numeric",
     "resolve_numeric_domain = yes\n", {
        {"s@sender.test", "u@127.0.0.1", "local", "local", "mx.example.org", "u@[127.0.0.1]"},
        {"s@sender.test", "u@1.2.3.4", "other", "smtp", "[1.2.3.4]", "u@[1.2.3.4]"},
        {"s@sender.test", "u@[1.2.3.4]", "other", "smtp", "[1.2.3.4]", "u@[1.2.3.4]"},
        {"s@sender.test", "u@1.2.3", "syntax", "", "", ""},
        {"s@sender.test", "u@999.1.1.1", "syntax", "", "", ""},
        {"s@sender.test", "u@::1", "other", "smtp", "[::1]", "u@[::1]"},
    }},
    {"nulldom",
     "resolve_null_domain = yes\n", {
        {"s@sender.test", "user@", "local", "local", "mx.example.org", "user@mx.example.org"},
        {"s@sender.test", "@", "local", "local", "mx.example.org", "MAILER-DAEMON@mx.example.org"},
        {"s@sender.test", "", "local", "local", "mx.example.org", "MAILER-DAEMON@mx.example.org"},
        {"s@sender.test", "a%b@", "other", "smtp", "b", "a@b"},
        {"s@sender.test", "user@.", "syntax", "", "", ""},
    }},
    {"nodeq",
     "resolve_dequoted_address = no\n", {
        {"s@sender.test", "\"x y%b\"@example.org", "local+routed", "local", "mx.example.org", "\"x y%b\"@example.org"},
        {"s@sender.test", "\"b!x y\"@example.org", "local+routed", "local", "mx.example.org", "\"b!x y\"@example.org"},
        {"s@sender.test", "\"a@b\"@example.org", "local+routed", "local", "mx.example.org", "\"a@b\"@example.org"},
        {"s@sender.test", "a%b@example.org", "other", "smtp", "b", "a@b"},
        {"s@sender.test", "\"a b\"@c", "other", "smtp", "c", "\"a b\"@c"},
        {"s@sender.test", "\"a@b\"@c", "other+routed", "smtp", "c", "\"a@b\"@c"},
        {"s@sender.test", "\"a b\"@example.org", "local", "local", "mx.example.org", "\"a b\"@example.org"},
        {"s@sender.test", "a!b@example.org", "other", "smtp", "a", "b@a"},
    }},
    {"nohack",
     "allow_percent_hack = no\n"
     "swap_bangpath = no\n", {
        {"s@sender.test", "a%b@example.org", "local+routed", "local", "mx.example.org", "a%b@example.org"},
        {"s@sender.test", "b!a@example.org", "local+routed", "local", "mx.example.org", "b!a@example.org"},
        {"s@sender.test", "a%b@c", "other+routed", "smtp", "c", "a%b@c"},
        {"s@sender.test", "\"a@b\"@example.org", "other", "smtp", "b", "a@b"},
        {"s@sender.test", "a%b", "local+routed", "local", "mx.example.org", "a%b@mx.example.org"},
        {"s@sender.test", "b!a", "local+routed", "local", "mx.example.org", "b!a@mx.example.org"},
    }},
    {"minuser",
     "allow_min_user = yes\n", {
        {"s@sender.test", "-u@x", "other", "smtp", "x", "-u@x"},
        {"s@sender.test", "-u@example.org", "local", "local", "mx.example.org", "-u@example.org"},
        {"s@sender.test", "-u", "local", "local", "mx.example.org", "-u@mx.example.org"},
    }},
    {"emptyrcpt",
     "empty_address_recipient = postmaster\n", {
        {"s@sender.test", "", "local", "local", "mx.example.org", "postmaster@mx.example.org"},
        {"s@sender.test", "@example.org", "local", "local", "mx.example.org", "postmaster@example.org"},
        {"s@sender.test", "@other.test", "other", "smtp", "other.test", "\"\"@other.test"},
    }},
    {"fail",
     "transport_maps = fail:x\n", {
        {"s@sender.test", "u@x.test", "later", "", "", ""},
        {"s@sender.test", "u@example.org", "later", "", "", ""},
        {"s@sender.test", "u@va.test", "alias", "error", "5.1.1 User unknown in virtual alias table", "u@va.test"},
        {"s@sender.test", "u@vm.test", "later", "", "", ""},
    }},
    {"failsd",
     "sender_dependent_relayhost_maps = fail:x\n", {
        {"a@b", "u@x.test", "later", "", "", ""},
        {"a@b", "u@example.org", "local", "local", "mx.example.org", "u@example.org"},
        {"a@b", "u@relay.test", "later", "", "", ""},
    }},
    {"failsdt",
     "sender_dependent_default_transport_maps = fail:x\n", {
        {"a@b", "u@x.test", "later", "", "", ""},
        {"a@b", "u@example.org", "local", "local", "mx.example.org", "u@example.org"},
        {"a@b", "u@relay.test", "relay", "relay", "relay.test", "u@relay.test"},
    }},
    {"failreloc",
     "relocated_maps = fail:x\n", {
        {"s@sender.test", "u@x.test", "later", "", "", ""},
        {"s@sender.test", "u@example.org", "later", "", "", ""},
        {"s@sender.test", "u@va.test", "later", "", "", ""},
    }},
    {"failclass",
     "relay_domains = fail:x\n", {
        {"s@sender.test", "u@x.test", "later", "", "", ""},
        {"s@sender.test", "u@example.org", "local", "local", "mx.example.org", "u@example.org"},
        {"s@sender.test", "u@va.test", "alias", "error", "5.1.1 User unknown in virtual alias table", "u@va.test"},
        {"s@sender.test", "u@vm.test", "virtual", "virtual", "vm.test", "u@vm.test"},
    }},
    {"faillocal",
     "mydestination = fail:x\n", {
        {"s@sender.test", "u@x.test", "later", "", "", ""},
        {"s@sender.test", "u@va.test", "later", "", "", ""},
        {"s@sender.test", "u@[127.0.0.1]", "later", "", "", ""},
    }},
    {"failva",
     "virtual_alias_domains = fail:x\n", {
        {"s@sender.test", "u@x.test", "later", "", "", ""},
        {"s@sender.test", "u@example.org", "local", "local", "mx.example.org", "u@example.org"},
    }},
    {"failvm",
     "virtual_mailbox_domains = fail:x\n", {
        {"s@sender.test", "u@x.test", "later", "", "", ""},
        {"s@sender.test", "u@example.org", "local", "local", "mx.example.org", "u@example.org"},
        {"s@sender.test", "u@va.test", "alias", "error", "5.1.1 User unknown in virtual alias table", "u@va.test"},
    }},
    {"nullkeys",
     "empty_address_relayhost_maps_lookup_key = nobody@x\n"
     "empty_address_default_transport_maps_lookup_key = nobody@y\n"
     "sender_dependent_relayhost_maps = inline:{ { nobody@x = [nr] } }\n"
     "sender_dependent_default_transport_maps = inline:{ { nobody@y = uucp } }\n", {
        {"", "u@x.test", "other", "uucp", "[nr]", "u@x.test"},
        {"", "u@relay.test", "relay", "relay", "[nr]", "u@relay.test"},
        {"nobody@x", "u@x.test", "other", "smtp", "[nr]", "u@x.test"},
    }},
    {"nounk",
     "show_user_unknown_table_name = no\n", {
        {"s@sender.test", "u@va.test", "alias", "error", "5.1.1 User unknown", "u@va.test"},
    }},
    {"twice",
     "mydestination = both.test\n"
     "relay_domains = both.test\n"
     "virtual_mailbox_domains = both.test\n", {
        {"s@sender.test", "u@both.test", "local", "local", "mx.example.org", "u@both.test"},
    }},
    {"subdom",
     "mydestination = .dots.test, !no.dots2.test, static:x, mx.example.org\n"
     "relay_domains = !bad.relay.test, relay.test\n", {
        {"s@sender.test", "u@dots.test", "local", "local", "mx.example.org", "u@dots.test"},
        {"s@sender.test", "u@any.test", "local", "local", "mx.example.org", "u@any.test"},
        {"s@sender.test", "u@a.dots.test", "local", "local", "mx.example.org", "u@a.dots.test"},
        {"s@sender.test", "u@no.dots2.test", "other", "smtp", "no.dots2.test", "u@no.dots2.test"},
        {"s@sender.test", "u@yes.dots2.test", "local", "local", "mx.example.org", "u@yes.dots2.test"},
        {"s@sender.test", "u@a.relay.test", "local", "local", "mx.example.org", "u@a.relay.test"},
        {"s@sender.test", "u@bad.relay.test", "local", "local", "mx.example.org", "u@bad.relay.test"},
        {"s@sender.test", "u@x.bad.relay.test", "local", "local", "mx.example.org", "u@x.bad.relay.test"},
    }},
    {"deltwo",
     "recipient_delimiter = +-\n"
     "transport_maps = inline:{ { user@d.test = smtp:[plain] }, "
     "{ user-x@e.test = smtp:[one] } }\n", {
        {"s@sender.test", "user+x@d.test", "other", "smtp", "[plain]", "user+x@d.test"},
        {"s@sender.test", "user-x@d.test", "other", "smtp", "[plain]", "user-x@d.test"},
        {"s@sender.test", "user-x@e.test", "other", "smtp", "[one]", "user-x@e.test"},
        {"s@sender.test", "user-x+y@d.test", "other", "smtp", "[plain]", "user-x+y@d.test"},
        {"s@sender.test", "user+x-y@d.test", "other", "smtp", "[plain]", "user+x-y@d.test"},
    }},
    {"regexp",
     "transport_maps = regexp:DIR/re\n", {
        {"s@sender.test", "user@full.test", "other", "smtp", "[re-full]", "user@full.test"},
        {"s@sender.test", "other@full.test", "other", "smtp", "[re-star]", "other@full.test"},
        {"s@sender.test", "u@dom.test", "other", "smtp", "[re-star]", "u@dom.test"},
        {"s@sender.test", "u@x.test", "other", "smtp", "[re-star]", "u@x.test"},
    }},
    {"default_alias",
     "virtual_alias_domains = inline:{ { va2.test = x }, { a@va3.test = b@c } }\n", {
        {"s@sender.test", "u@va2.test", "alias", "error", "5.1.1 User unknown in virtual alias table", "u@va2.test"},
        {"s@sender.test", "u@va3.test", "other", "smtp", "va3.test", "u@va3.test"},
        {"s@sender.test", "a@va3.test", "other", "smtp", "va3.test", "a@va3.test"},
    }},
    {"bangtransport",
     "transport_maps = inline:{ { hosta = uucp:hosta } }\n", {
        {"s@sender.test", "hosta!user", "other", "uucp", "hosta", "user@hosta"},
        {"s@sender.test", "hosta!b!user", "other+routed", "uucp", "hosta", "b!user@hosta"},
    }},
    };
}
// clang-format on

}  // namespace route_test
