// The names of clients: believed, contradicted, missing, late.
#include "smtpd/client_name.h"

#include <gtest/gtest.h>

#include "lib/base/log.h"
#include "lib/io/loop.h"
#include "lib/io/scope.h"
#include "tests/unit/lib/dns/fake_resolver.h"
#include "tests/unit/lib/dns/scratch_file.h"

namespace {

using namespace std::chrono_literals;
using namespace dns_test;
using dns::Type;
using smtpd::Client;
using smtpd::NameState;
using State = dns::Answer::State;

io::Task<void> complete(smtpd::ClientNames& names, Client& client, bool& done) {
    co_await names.complete(client);
    done = true;
}

class ClientName : public testing::Test {
  protected:
    Client of(const std::string& address, smtpd::ClientNames::Options options = {}) {
        smtpd::ClientNames names(lookup, options);
        Client client(address, 4711);
        bool done = false;
        io::Scope scope;
        scope.spawn(complete(names, client, done));
        loop.run_until_idle();
        seconds = 0;
        for (; !done && seconds < 100; ++seconds) {
            clock.advance(1s);
            loop.run_until_idle();
        }
        EXPECT_TRUE(done);
        return client;
    }

    io::ManualClock clock;
    io::Loop loop{clock};
    FakeResolver resolver;
    ScratchFile hosts_text{"192.0.2.7 box.example box\n"};
    ScratchFile resolv_conf{"search inside.example\n"};
    dns::HostsFile hosts{hosts_text.path};
    dns::SearchList search{resolv_conf.path};
    dns::NativeLookup lookup{resolver, hosts, search};
    int seconds = 0;
};

TEST_F(ClientName, ANameThatLeadsBackIsBelieved) {
    resolver.ptr("192.0.2.1", "mail.example").a("mail.example", "192.0.2.9");
    resolver.a("mail.example", "192.0.2.1");
    Client client = of("192.0.2.1");
    EXPECT_EQ(client.text(), "mail.example[192.0.2.1]");
    EXPECT_EQ(client.reverse_name, "mail.example");
    EXPECT_EQ(client.name_state, NameState::ok);
    EXPECT_EQ(client.reverse_state, NameState::ok);
}

TEST_F(ClientName, OnlyTheClientsFamilyCounts) {
    resolver.ptr("2001:db8::1", "mail.example").aaaa("mail.example", "2001:db8::1");
    resolver.state("mail.example", Type::a, State::retry);
    EXPECT_EQ(of("2001:db8::1").text(), "mail.example[2001:db8::1]");
}

TEST_F(ClientName, TheHostsFileKnowsNamesToo) {
    EXPECT_EQ(of("192.0.2.7").text(), "box.example[192.0.2.7]");
    EXPECT_TRUE(resolver.asked.empty());
}

TEST_F(ClientName, OtherwiseItIsUnknown) {
    resolver.ptr("192.0.2.2", "other.example").a("other.example", "192.0.2.9");
    resolver.ptr("192.0.2.3", "none.example");
    resolver.ptr("192.0.2.4", "slow.example").state("slow.example", Type::a, State::retry);
    resolver.state(dns::reverse_name("192.0.2.5"), Type::ptr, State::retry);
    resolver.state(dns::reverse_name("192.0.2.6"), Type::ptr, State::invalid);
    resolver.ptr("192.0.2.8", "192.0.2.8");
    struct Row {
        const char* address;
        const char* reverse;
        NameState name_state, reverse_state;
    };
    const Row rows[] = {
        {"192.0.2.2", "other.example", NameState::forged, NameState::ok},
        {"192.0.2.3", "none.example", NameState::forged, NameState::ok},
        {"192.0.2.4", "slow.example", NameState::temporary, NameState::ok},
        {"192.0.2.5", "unknown", NameState::temporary, NameState::temporary},
        {"192.0.2.6", "unknown", NameState::permanent, NameState::permanent},
        {"192.0.2.8", "unknown", NameState::permanent, NameState::permanent},
        {"192.0.2.66", "unknown", NameState::permanent, NameState::permanent},
    };
    for (const Row& row : rows) {
        Client client = of(row.address);
        EXPECT_EQ(client.name, "unknown") << row.address;
        EXPECT_EQ(client.reverse_name, row.reverse) << row.address;
        EXPECT_EQ(client.name_state, row.name_state) << row.address;
        EXPECT_EQ(client.reverse_state, row.reverse_state) << row.address;
    }
}

TEST_F(ClientName, ContradictionsAreLogged) {
    resolver.ptr("192.0.2.2", "other.example").a("other.example", "192.0.2.9");
    resolver.ptr("192.0.2.3", "none.example");
    testing::internal::CaptureStderr();
    of("192.0.2.2");
    of("192.0.2.3");
    base::log::flush();
    std::string log = testing::internal::GetCapturedStderr();
    EXPECT_NE(log.find("warning: hostname other.example does not resolve to address 192.0.2.2\n"),
              std::string::npos)
        << log;
    EXPECT_NE(log.find("warning: hostname none.example does not resolve to address 192.0.2.3: "
                       "Name or service not known\n"),
              std::string::npos)
        << log;
}

TEST_F(ClientName, WhatTakesTooLongIsTemporaryTrouble) {
    resolver.ptr("192.0.2.1", "mail.example").a("mail.example", "192.0.2.1");
    resolver.delay(dns::reverse_name("192.0.2.1"), Type::ptr, 50s);
    Client client = of("192.0.2.1");
    EXPECT_EQ(seconds, 50);
    EXPECT_EQ(client.name_state, NameState::ok);
    resolver.delay("mail.example", Type::a, 20s);
    client = of("192.0.2.1");
    EXPECT_EQ(seconds, 60);
    EXPECT_EQ(client.name, "unknown");
    EXPECT_EQ(client.name_state, NameState::temporary);
    EXPECT_EQ(client.reverse_state, NameState::ok);
}

TEST_F(ClientName, LookingUpCanBeLeftOutAndPortsShown) {
    smtpd::ClientNames::Options options;
    options.look_up = false;
    options.show_port = true;
    Client client = of("192.0.2.7", options);
    EXPECT_EQ(client.text(), "unknown[192.0.2.7]:4711");
    EXPECT_EQ(client.name_state, NameState::permanent);
    EXPECT_TRUE(resolver.asked.empty());
}

}  // namespace
