// What is said before a start of relays that mail could not go to.
#include "lib/nexthop/check.h"

#include <gtest/gtest.h>

#include "tests/unit/lib/dict/table_world.h"

namespace {

using dict_test::TableWorld;
using Texts = std::vector<std::string>;
using Check = std::vector<config::Problem> (*)(const config::Settings&);

constexpr const char* services =
    "smtp unix - - n - - smtp\nrelay unix - - n - - smtp\nlmtp unix - - n - - lmtp\n"
    "local unix - n n - - local\nuucp unix - n n - - pipe user=uucp argv=/bin/true\n"
    "retry unix - - n - - error\n";

// Without asking name servers: there is none at this address.
constexpr const char* base =
    "known_tcp_ports = smtp=25, submission=587\ninet_interfaces = 127.0.0.1\n"
    "local_transport = local\nresolver_nameservers = 127.0.0.1:1\n";

std::vector<config::Problem> closely(const config::Settings& settings) {
    dict::Tables tables(settings);
    return nexthop::check_relays_closely(settings, tables);
}

Texts problems(TableWorld& world, const std::string& main_cf, Check check) {
    world.write("main.cf", base + main_cf);
    world.write("master.cf", services);
    Texts found;
    const std::string folder = world.path("");
    for (const config::Problem& problem : check(world.settings())) {
        EXPECT_FALSE(problem.fatal);
        std::string text = problem.text;
        for (size_t at; (at = text.find(folder)) != text.npos;)
            text.erase(at, folder.size());
        found.push_back(text);
    }
    return found;
}

struct Row {
    const char* main_cf;
    const char* problem;  // all of it in one; "" for none
};

std::string joined(const Texts& texts) {
    std::string all;
    for (const std::string& text : texts)
        all += (all.empty() ? "" : "\n") + text;
    return all;
}

#define EXPECTED "; expected host, [host], host:port or [address]:port with a known port"

TEST(RelayCheck, SaysWhatCannotBeUnderstood) {
    const Row rows[] = {
        {"relayhost = [a.example]:587, b.example:submission c.example:[d];weight=3\n", ""},
        {"relayhost = [a.example]:submision\n",
         "main.cf, line 5: relayhost: unknown service \"submision\" in "
         "\"[a.example]:submision\"" EXPECTED "; mail for it waits in the queue"},
        {"relayhost = [a.example]:587 [b.example\n",
         "main.cf, line 5: relayhost: valid hostname or network address required in "
         "\"[b.example\"" EXPECTED "; mail goes past it to the others"},
        {"relayhost = [a];weigth=3\n",
         "main.cf, line 5: relayhost: unknown attribute \"weigth=3\" in \"[a];weigth=3\"" EXPECTED
         "; mail for it waits in the queue"},
        {"smtp_fallback_relay = a..b\n",
         "main.cf, line 5: smtp_fallback_relay: valid hostname or network address required in "
         "\"a..b\"" EXPECTED "; mail for it waits in the queue"},
        {"lmtp_fallback_relay = unix:private/x inet:[::1]:24\n", ""},
        {"default_transport = smtp:[a]:x.\n",
         "main.cf, line 5: default_transport: unknown service \"x.\" in \"[a]:x.\"" EXPECTED
         "; mail for it waits in the queue"},
        {"relayhost = [a], relay:[b]\n",
         "main.cf, line 5: relayhost: \"relay:\" names a transport, where a host is expected; a "
         "list has one transport, before its first element"},
        {"relayhost = [a], smtp:[b]\n", ""},
        {"local_transport = uucp:a, b\n",
         "main.cf, line 5: local_transport: expected one next hop, because uucp takes no list, as "
         "smtp and lmtp do; found \"a, b\""},
        {"local_transport = retry:this mail waits\n", ""},
    };
    TableWorld world;
    for (const Row& row : rows)
        EXPECT_EQ(joined(problems(world, row.main_cf, nexthop::check_relays)), row.problem)
            << row.main_cf;
}

TEST(RelayCheck, KnowsThisMachine) {
    TableWorld world;
    auto is_us = [](const std::string& text) {
        return "main.cf, line 6: relayhost: \"" + text +
               "\" is this machine itself, to which mail would come back; expected another host "
               "or port";
    };
    const std::pair<const char*, std::string> rows[] = {
        {"[127.0.0.1]", is_us("[127.0.0.1]")},
        {"[127.0.0.1]:2525", ""},
        {"us.example", ""},
        {"[Us.example]", is_us("[Us.example]")},
        {"[us.example]:25", is_us("[us.example]:25")},
        {"[us.example]:587", ""},
        {"[a.example], [us.example]", is_us("[us.example]")},
        {"192.0.2.1", ""},
    };
    for (const auto& [relay, problem] : rows)
        EXPECT_EQ(joined(problems(
                      world, std::string("myhostname = us.example\nrelayhost = ") + relay + "\n",
                      nexthop::check_relays)),
                  problem);
    EXPECT_EQ(
        joined(problems(world, "default_transport = lmtp:[127.0.0.1]:25\n", nexthop::check_relays)),
        "");
}

TEST(RelayCheck, WarnsOfPasswordsInTheOpen) {
    TableWorld world;
    const std::string open =
        "main.cf, line 5: smtp_sasl_password_maps: passwords are sent where anybody on the way can "
        "read them: expected smtp_tls_security_level = encrypt";
    const std::pair<std::string, std::string> rows[] = {
        {"", open},
        {"smtp_tls_security_level = none\n", open},
        {"smtp_tls_security_level = may\n", ""},
    };
    for (const auto& [main_cf, problem] : rows) {
        Texts found = problems(world, "smtp_sasl_password_maps = static:a:b\n" + main_cf,
                               nexthop::check_relays);
        EXPECT_EQ(joined(found), problem) << main_cf;
    }
}

TEST(RelayCheck, FindsWhatAClientWouldNotStartWith) {
    TableWorld world;
    const std::pair<std::string, std::string> rows[] = {
        {"smtp_tls_security_level = may\nsmtp_tls_CAfile = /nowhere/ca\n",
         "main.cf, line 6: smtp_tls_CAfile: /nowhere/ca: No such file or directory"},
        {"smtp_tls_security_level = encrypt\nsmtp_tls_protocols = SSLv9\n",
         "main.cf, line 6: smtp_tls_protocols = SSLv9: expected protocols (SSLv3, TLSv1, TLSv1.1, "
         "TLSv1.2, TLSv1.3), each alone or behind >=, <= or !"},
        {"smtp_tls_security_level = none\nsmtp_tls_CAfile = /nowhere/ca\n", ""},
        {"smtp_sasl_auth_enable = yes\n",
         "main.cf, line 5: smtp_sasl_auth_enable = yes: expected a table of logins in "
         "smtp_sasl_password_maps or smtp_sasl_token_maps"},
        {"smtp_sasl_auth_enable = yes\nsmtp_sasl_token_maps = static:x\n", ""},
        {"smtp_sasl_tls_security_options = noanonymus\n",
         "main.cf, line 5: smtp_sasl_tls_security_options: \"noanonymus\" is none of noplaintext, "
         "noactive, nodictionary, noanonymous, mutual_auth, forward_secrecy"},
    };
    for (const auto& [main_cf, problem] : rows) {
        world.write("main.cf", base + main_cf);
        world.write("master.cf", services);
        std::vector<config::Problem> found = nexthop::check_relays(world.settings());
        EXPECT_EQ(found.empty() ? "" : found.front().text.substr(world.path("").size()), problem)
            << main_cf;
        EXPECT_EQ(std::ranges::all_of(found, &config::Problem::fatal), true) << main_cf;
    }
}

TEST(RelayCheck, SaysWhatDaneLacks) {
    TableWorld world;
    const std::string lacks =
        ": expected smtp_dns_support_level = dnssec, dns in smtp_host_lookup, no "
        "smtp_dns_resolver_options and no ignore_mx_lookup_error, found dnssec lookups disabled";
    const std::pair<std::string, std::string> rows[] = {
        {"smtp_tls_security_level = dane\n", "main.cf, line 5: smtp_tls_security_level = dane" +
                                                 lacks + "; no server's certificate is checked"},
        {"smtp_tls_security_level = dane-only\n",
         "main.cf, line 5: smtp_tls_security_level = dane-only" + lacks +
             "; mail waits in the queue"},
        {"smtp_tls_security_level = dane\nsmtp_dns_support_level = dnssec\n", ""},
        {"smtp_tls_security_level = encrypt\n", ""},
    };
    for (const auto& [main_cf, problem] : rows)
        EXPECT_EQ(joined(problems(world, main_cf, closely)), problem);
}

TEST(RelayCheck, LooksIntoTables) {
    TableWorld world;
    world.write("transport",
                "a.example smtp:[192.0.2.1]:587, [192.0.2.2\nb.example uucp:x,y\n"
                "c.example :[127.0.0.1]\nd.example retry:wait, please\n"
                "e.example smtp:[192.0.2.1]\ne.example smtp:[192.0.2.2]\n"
                "f.example smtp:[192.0.2.1]\nf.example relay:[192.0.2.2]\n");
    world.write("senders", "@a.example [192.0.2.1]:99999\n@b.example DUNNO\n");
    Texts found;
    dict_test::log_lines([&] {
        found =
            problems(world,
                     "transport_maps = texthash:" + world.path("transport") +
                         "\nsender_dependent_relayhost_maps = texthash:" + world.path("senders") +
                         "\nfailover_policy_maps = inline:{{[a] = policy=stcky}, {[b] = "
                         "policy=sticky}}\n",
                     closely);
    });
    std::ranges::sort(found);  // hash tables have an order of their own
    const Texts expected = {
        "main.cf, line 7: failover_policy_maps: table inline:{{[a] = policy=stcky}, {[b] = "
        "policy=sticky}}: key [a]: policy: expected one of failover, sticky, round-robin, "
        "weighted, least-outstanding, hash:sender, found \"stcky\"",
        "table texthash:senders: key @a.example: unknown service \"99999\" in "
        "\"[192.0.2.1]:99999\"" EXPECTED "; mail for it waits in the queue",
        "table texthash:transport: key a.example: valid hostname or network address required in "
        "\"[192.0.2.2\"" EXPECTED "; mail goes past it to the others",
        "table texthash:transport: key b.example: expected one next hop, because uucp takes no "
        "list, as smtp and lmtp do; found \"x,y\"",
        "table texthash:transport: key c.example: \"[127.0.0.1]\" is this machine itself, to "
        "which mail would come back; expected another host or port",
        "transport, line 8: key f.example is there already, with what makes no list with "
        "\"relay:[192.0.2.2]\", which has no effect; expected one line a key, as in \"smtp:[a], "
        "[b]\""};
    EXPECT_EQ(found, expected);
}

TEST(RelayCheck, LooksUpNames) {
    TableWorld world;
    EXPECT_EQ(problems(world, "relayhost = [192.0.2.1]:587, [::1]:26\n", closely), Texts());
    // Without name servers the hosts file is all there is.
    EXPECT_EQ(joined(problems(world,
                              "disable_dns_lookups = yes\nsmtp_host_lookup = native\n"
                              "relayhost = [localhost]:587, [no-such-relay.invalid]\n",
                              closely)),
              "main.cf, line 7: relayhost: \"[no-such-relay.invalid]\" leads to no host: unable to "
              "look up host no-such-relay.invalid: Temporary failure in name resolution; mail goes "
              "past it to the others");
}

}  // namespace
