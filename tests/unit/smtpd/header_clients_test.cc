// Whose mail is completed: local_header_rewrite_clients, by its words and tables.
#include "smtpd/header_clients.h"

#include <gtest/gtest.h>

#include "lib/io/run.h"
#include "smtpd/policy.h"

namespace {

io::Task<void> ask(const smtpd::HeaderClients& clients, const smtpd::Client& client, bool& has) {
    bool got = co_await clients.has(client);
    has = got;
}

TEST(HeaderClients, AreChosenByTheirList) {
    struct Row {
        const char* list;
        bool own, trusted, has;
    };
    const Row rows[] = {
        {"permit_inet_interfaces", true, true, true},
        {"permit_inet_interfaces", false, true, false},
        {"permit_mynetworks", false, true, true},
        {"permit_mynetworks", true, false, false},
        {"permit_sasl_authenticated, permit_mynetworks", false, true, true},
        {"permit_sasl_authenticated permit_tls_clientcerts", true, true, false},
        {"", true, true, false},
        {"static:all", false, false, true},
        {"check_address_map inline:{ {192.0.2.7 = x} }", false, false, true},
        {"inline:{ {192.0.2.8 = x} }", false, false, false},
        {"fail:trouble", false, false, false},
    };
    io::Loop loop;
    for (const Row& row : rows) {
        auto settings = config::Settings::from(
            config::MainCf::parse(std::string("local_header_rewrite_clients = ") + row.list + "\n",
                                  "main.cf"),
            "/etc/postfix");
        dict::Tables tables(settings);
        smtpd::HeaderClients clients(settings, tables);
        smtpd::Client client("192.0.2.7", 1);
        client.own = row.own;
        client.trusted = row.trusted ? dict::MatchList::Match::yes : dict::MatchList::Match::no;
        bool has = false;
        io::run_task(ask(clients, client, has));
        EXPECT_EQ(has, row.has) << row.list;
    }
    auto bad = config::Settings::from(
        config::MainCf::parse("local_header_rewrite_clients = everybody\n", "main.cf"),
        "/etc/postfix");
    dict::Tables tables(bad);
    EXPECT_THROW(smtpd::HeaderClients(bad, tables), config::Error);
}

}  // namespace
