// Sessions: resumed by equals only, shared by processes, kept by clients in tickets.
#include <sys/mman.h>
#include <sys/wait.h>

#include "lib/base/error.h"
#include "lib/tls/shared_sessions.h"
#include "lib/tls/ticket_keys.h"
#include "tests/unit/lib/tls/world.h"

namespace {

using namespace std::chrono_literals;
using tls::SharedSessions;
using tls::TicketKeys;
using tls::Wish;

const base::WallTime noon{1'700'000'000s};

std::string key_of(char c) {
    return std::string(32, c);
}

TEST(SharedSessions, KeepsTheLastUntilItsEnd) {
    SharedSessions sessions(SharedSessions::create(64));
    EXPECT_FALSE(sessions.find(key_of('a'), noon));
    sessions.save(key_of('a'), "first", noon + 10s);
    sessions.save(key_of('b'), "other", noon + 10s);
    sessions.save(key_of('a'), "second", noon + 20s);
    EXPECT_EQ(sessions.find(key_of('a'), noon), "second");
    EXPECT_EQ(sessions.find(key_of('a'), noon + 19s), "second");
    EXPECT_EQ(sessions.find(key_of('b'), noon), "other");
    EXPECT_FALSE(sessions.find(key_of('a'), noon + 20s));
    EXPECT_FALSE(sessions.find(key_of('a'), noon));
    EXPECT_FALSE(sessions.find("short", noon));
}

TEST(SharedSessions, MakesRoomAndRefusesWhatIsTooLong) {
    SharedSessions sessions(SharedSessions::create(4));
    for (char c = 'a'; c <= 'z'; ++c)
        sessions.save(key_of(c), std::string(1, c), noon + 1s * c);
    EXPECT_EQ(sessions.find(key_of('z'), noon), "z");
    EXPECT_FALSE(sessions.find(key_of('a'), noon));
    sessions.save(key_of('B'), std::string(SharedSessions::longest_session, 'B'), noon + 999s);
    sessions.save(key_of('C'), std::string(SharedSessions::longest_session + 1, 'C'), noon + 999s);
    EXPECT_TRUE(sessions.find(key_of('B'), noon));
    EXPECT_FALSE(sessions.find(key_of('C'), noon));
}

TEST(SharedSessions, AreSharedByProcessesAndSurviveTheKilled) {
    SharedSessions sessions(SharedSessions::create(1));
    pid_t child = ::fork();
    if (child == 0) {
        SharedSessions own(base::Fd(::dup(sessions.descriptor())));
        own.save(key_of('a'), "from the child", noon + 10s);
        ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
    EXPECT_EQ(sessions.find(key_of('a'), noon), "from the child");
    // The dead child holds the only place.
    SharedSessions dead(base::Fd(::dup(sessions.descriptor())), child);
    base::Fd memory(::dup(sessions.descriptor()));
    ASSERT_EQ(::pwrite(memory.get(), &child, sizeof child, 16), 4);
    EXPECT_FALSE(sessions.find(key_of('a'), noon));
    sessions.save(key_of('b'), "again", noon + 10s);
    EXPECT_EQ(sessions.find(key_of('b'), noon), "again");
    // One that lives keeps it: others go without.
    pid_t living = ::getppid();
    ASSERT_EQ(::pwrite(memory.get(), &living, sizeof living, 16), 4);
    sessions.save(key_of('c'), "not now", noon + 10s);
    EXPECT_FALSE(sessions.find(key_of('b'), noon));
}

TEST(SharedSessions, WhatIsNoWholeSessionIsNone) {
    SharedSessions sessions(SharedSessions::create(1));
    sessions.save(key_of('a'), "a session of some length", noon + 10s);
    base::Fd memory(::dup(sessions.descriptor()));
    ASSERT_EQ(::pwrite(memory.get(), "XX", 2, 16 + 4 + 4 + 8 + 32 + 4 + 3), 2);
    EXPECT_FALSE(sessions.find(key_of('a'), noon));
    base::Fd other(::memfd_create("other", MFD_CLOEXEC));
    ASSERT_EQ(::ftruncate(other.get(), 10000), 0);
    EXPECT_THROW(SharedSessions(std::move(other)), base::SystemError);
}

TEST(TicketKeys, AreTurnedByMasterAndReadByAll) {
    TicketKeys master(TicketKeys::create(), TicketKeys::Role::master);
    TicketKeys worker(base::Fd(::dup(master.descriptor())), TicketKeys::Role::reader);
    auto name = [](const tls::TicketKey& key) {
        return std::string(key.name.begin(), key.name.end());
    };
    EXPECT_FALSE(worker.newest(noon));
    master.turn(noon, 60s);
    std::string first = name(worker.newest(noon).value());
    master.turn(noon + 59s, 60s);
    EXPECT_EQ(name(worker.newest(noon).value()), first);
    master.turn(noon + 60s, 60s);
    std::string second = name(worker.newest(noon).value());
    EXPECT_NE(first, second);
    EXPECT_TRUE(worker.find(first));
    master.turn(noon + 120s, 60s);
    EXPECT_FALSE(worker.find(first));
    EXPECT_TRUE(worker.find(second));
    // After a long sleep nothing old is left.
    std::string third = name(worker.newest(noon).value());
    master.turn(noon + 999s, 60s);
    EXPECT_FALSE(worker.find(second));
    EXPECT_FALSE(worker.find(third));
    EXPECT_TRUE(worker.newest(noon));
}

struct TlsSessions : trial::World {
    SharedSessions sessions{SharedSessions::create(16)};
    TicketKeys tickets{60s};
    Wish wish;

    TlsSessions() {
        client("smtp_tls_session_cache_database = btree:/x", &sessions);
        fresh_server();
        wish.session_key = "smtp mx.example 192.0.2.1 25";
    }
    // As another worker, or a later one.
    void fresh_server() { server(std::string(trial::good_key) + trial::good, "", &tickets); }
    // Whether this connection resumed; what the server sends behind the handshake is read.
    bool resumes(const Wish& by) {
        meet(by);
        if (!near.wire)
            return false;
        char byte;
        near.wire->try_read({&byte, 1});
        EXPECT_EQ(near.facts.resumed, far.facts.resumed);
        return near.facts.resumed;
    }
};

TEST_F(TlsSessions, AreResumedByAnyWorkersOfBothSides) {
    for (const char* lines : {"", "smtp_tls_protocols = TLSv1.2"}) {
        client(std::string("smtp_tls_session_cache_database = x\n") + lines, &sessions);
        EXPECT_FALSE(resumes(wish)) << lines;
        EXPECT_TRUE(resumes(wish)) << lines;
        fresh_server();
        client(std::string("smtp_tls_session_cache_database = x\n") + lines, &sessions);
        EXPECT_TRUE(resumes(wish)) << lines;
        EXPECT_EQ(near.facts.peer, tls::PeerStatus::trusted);
        EXPECT_EQ(near.facts.subject_cn, "mx.example");
    }
}

TEST_F(TlsSessions, AreNotResumedByAnotherWish) {
    EXPECT_FALSE(resumes(wish));
    Wish verified = wish;
    verified.mandatory = true;
    verified.check = tls::Check::names;
    verified.names = {"mx.example"};
    EXPECT_FALSE(resumes(verified));
    EXPECT_TRUE(resumes(verified));
    EXPECT_EQ(near.facts.peer, tls::PeerStatus::verified);
    Wish elsewhere = verified;
    elsewhere.names = {"other.example"};
    EXPECT_FALSE(resumes(elsewhere));
    // A server that is not who it should be is not remembered.
    EXPECT_FALSE(resumes(elsewhere));
    EXPECT_EQ(near.facts.peer, tls::PeerStatus::untrusted);
    Wish none = wish;
    none.session_key.clear();
    EXPECT_FALSE(resumes(none));
    EXPECT_FALSE(resumes(none));
}

TEST_F(TlsSessions, AreNotResumedWhereServersDemandSomethingElse) {
    scratch.file("other.pem", trial::ca);
    const std::string asks = "smtpd_tls_ask_ccert = yes\nsmtpd_tls_CAfile = " + scratch.folder;
    const std::string services[] = {"", asks + "/ca.pem", asks + "/other.pem",
                                    "smtpd_tls_exclude_ciphers = AES128"};
    for (const char* lines : {"", "smtp_tls_protocols = TLSv1.2"})
        for (const std::string& service : services) {
            client(std::string("smtp_tls_session_cache_database = x\n") + lines, &sessions);
            server(std::string(trial::good_key) + trial::good, service, &tickets);
            EXPECT_FALSE(resumes(wish)) << service;
            EXPECT_TRUE(resumes(wish)) << service;
        }
    server(std::string(trial::good_key) + trial::good,
           "smtpd_tls_mandatory_exclude_ciphers = AES128", &tickets);
    EXPECT_FALSE(resumes(wish));
    EXPECT_TRUE(resumes(wish));
    tls::ServerWish demanding;
    demanding.mandatory = true;
    meet(wish, demanding);
    EXPECT_FALSE(far.facts.resumed);
}

TEST_F(TlsSessions, EndWithTheirKeysAndSettings) {
    EXPECT_FALSE(resumes(wish));
    TicketKeys others(60s);
    server(std::string(trial::good_key) + trial::good, "", &others);
    EXPECT_FALSE(resumes(wish));
    server(std::string(trial::good_key) + trial::good, "smtpd_tls_session_cache_timeout = 0",
           &others);
    EXPECT_FALSE(resumes(wish));
    EXPECT_FALSE(resumes(wish));
    fresh_server();
    client("", &sessions);  // keeps none
    EXPECT_FALSE(resumes(wish));
    EXPECT_FALSE(resumes(wish));
}

}  // namespace
