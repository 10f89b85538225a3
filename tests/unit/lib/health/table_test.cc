#include "lib/health/table.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <set>
#include <thread>

#include "lib/base/text.h"

namespace health {
namespace {

using namespace std::chrono_literals;

const base::Instant start{9000s};
const Rules rules;

Subject host(int n, bool configured = false) {
    std::string key = base::text("192.0.2.", n, ":25");
    return {Scope::endpoint, key, base::text("mx", n, ".example/", key), "smtp", configured};
}

base::Fd again(const Table& table) {
    return base::Fd(::fcntl(table.descriptor(), F_DUPFD_CLOEXEC, 0));
}

TEST(HealthTable, RecordsAreSharedAndKept) {
    Table one(Table::create(64), 100);
    Table two(again(one), 200);
    EXPECT_FALSE(two.find(Scope::endpoint, "192.0.2.1:25"));
    Record made = one.record(host(1), start);
    EXPECT_TRUE(made.fail(Reason::refused, rules, start));
    auto found = two.find(Scope::endpoint, "192.0.2.1:25");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->look(start, rules).state, State::open);
    EXPECT_EQ(found->look(start, rules).reason, Reason::refused);
    EXPECT_EQ(found->names().label, "mx1.example/192.0.2.1:25");
    EXPECT_EQ(found->names().service, "smtp");
    // Another scope is another record.
    EXPECT_FALSE(two.find(Scope::nexthop, "192.0.2.1:25"));
    two.record(host(1), start);
    EXPECT_EQ(one.all().size(), 1u);
}

TEST(HealthTable, LongKeysAreToldApart) {
    Table table(Table::create(64), 100);
    Subject list{Scope::nexthop, "smtp:" + std::string(2000, 'a'), std::string(2000, 'b'), "smtp"};
    table.record(list, start).fail(Reason::all_relays_down, rules, start);
    std::string longer = list.key + "c";
    EXPECT_TRUE(table.find(Scope::nexthop, list.key));
    EXPECT_FALSE(table.find(Scope::nexthop, longer));
    list.key = longer;
    EXPECT_EQ(table.record(list, start).look(start, rules).state, State::closed);
    EXPECT_EQ(table.all()[0].names().key.size(), 640u);
}

TEST(HealthTable, WhatIsNotWorthKeepingMakesPlace) {
    Table table(Table::create(8), 100);
    base::Instant now = start;
    auto next = [&] { return now += 1s; };
    table.record(host(1, true), next());
    table.record(host(2), next()).fail(Reason::refused, rules, now);
    table.record(host(3), next()).set_admin(Admin::down, "root", "", base::never, now);
    Record first = table.record(host(4), next());
    for (int n = 5; n <= 8; ++n)
        table.record(host(n), next());
    EXPECT_EQ(table.all().size(), 8u);
    first.look(now, rules);
    table.record(host(5), next());  // touched again
    table.record(host(9), next());
    EXPECT_FALSE(table.find(Scope::endpoint, "192.0.2.4:25"));
    EXPECT_FALSE(first.live());
    EXPECT_FALSE(first.fail(Reason::refused, rules, now));
    EXPECT_FALSE(first.set_admin(Admin::down, "root", "", base::never, now));
    // Then MX hosts with a state, then configured relays, and never what a person said.
    for (int n = 10; n < 60; ++n) {
        Record made = table.record(host(n), next());
        made.fail(Reason::refused, rules, now);
        EXPECT_TRUE(table.find(Scope::endpoint, host(n).key));
        EXPECT_TRUE(table.find(Scope::endpoint, host(1).key)) << n;
        EXPECT_TRUE(table.find(Scope::endpoint, host(3).key)) << n;
    }
    EXPECT_FALSE(table.find(Scope::endpoint, host(2).key));
}

TEST(HealthTable, AFullTableStillServes) {
    Table table(Table::create(4), 100);
    for (int n = 0; n < 4; ++n)
        table.record(host(n), start).set_admin(Admin::down, "root", "", base::never, start);
    Record homeless = table.record(host(9), start);
    EXPECT_TRUE(homeless.fail(Reason::refused, rules, start));
    EXPECT_FALSE(table.find(Scope::endpoint, host(9).key));
    EXPECT_EQ(table.all().size(), 4u);
    for (int n = 0; n < 4; ++n)
        EXPECT_TRUE(table.find(Scope::endpoint, host(n).key)->look(start, rules).barred());
}

TEST(HealthTable, AProcessKilledWhileItFillsASlotIsForgotten) {
    Table table(Table::create(4), 100);
    void* memory =
        ::mmap(nullptr, 4096 + 64, PROT_READ | PROT_WRITE, MAP_SHARED, table.descriptor(), 0);
    auto* cell = reinterpret_cast<Cell*>(static_cast<char*>(memory) + sizeof(Head));
    cell->tag.store(tag_claimed(555));
    for (int n = 0; n < 8; ++n)
        table.record(host(n), start);
    EXPECT_EQ(cell->tag.load(), tag_claimed(555));
    EXPECT_EQ(table.all().size(), 3u);
    table.forget_process(555);
    for (int n = 0; n < 8; ++n)
        table.record(host(n), start);
    EXPECT_EQ(table.all().size(), 4u);
    ::munmap(memory, 4096 + 64);
}

base::Fd memory_of(size_t size, unsigned seals, std::string_view start_bytes) {
    base::Fd fd(::memfd_create("foreign", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    EXPECT_EQ(::ftruncate(fd.get(), static_cast<off_t>(size)), 0);
    EXPECT_EQ(::pwrite(fd.get(), start_bytes.data(), start_bytes.size(), 0),
              static_cast<ssize_t>(start_bytes.size()));
    EXPECT_EQ(::fcntl(fd.get(), F_ADD_SEALS, seals), 0);
    return fd;
}

TEST(HealthTable, ForeignMemoryIsRefused) {
    uint64_t head[2] = {layout_magic, 64};
    std::string_view right(reinterpret_cast<char*>(head), sizeof head);
    EXPECT_THROW(Table(memory_of(1 << 20, F_SEAL_GROW, right)), Foreign);
    EXPECT_THROW(Table(memory_of(1 << 20, F_SEAL_SHRINK, right)), Foreign);
    EXPECT_THROW(Table(memory_of(1 << 20, F_SEAL_SHRINK, "something else, longer than 32 bytes")),
                 Foreign);
    EXPECT_THROW(Table(memory_of(0, F_SEAL_SHRINK, "")), Foreign);
    head[1] = ~uint64_t{0};
    EXPECT_THROW(Table(memory_of(1 << 20, F_SEAL_SHRINK, right)), Foreign);
    EXPECT_THROW(Table(base::Fd(::open("/dev/null", O_RDWR | O_CLOEXEC))), Foreign);
}

// Whatever is written over the table, it can be read and used.
TEST(HealthTable, GarbageIsSurvived) {
    base::Fd fd = Table::create(16);
    Table table(base::Fd(::dup(fd.get())), 100);
    uint64_t garbage = 0x9e3779b97f4a7c15;
    for (int round = 0; round < 30; ++round) {
        for (off_t at = 48; at < 4096 + 17 * (64 + 1664); at += 8) {
            garbage = garbage * 6364136223846793005u + 1442695040888963407u;
            uint64_t word = round % 3 == 0 ? ~uint64_t{0} : garbage;
            ASSERT_EQ(::pwrite(fd.get(), &word, 8, at), 8);
        }
        for (Record record : table.all()) {
            record.look(start, rules);
            record.names();
            record.fail(Reason::refused, rules, start);
            record.succeed(rules, start);
            record.begin(start, rules);
            record.end();
            record.settle(start);
        }
        for (int n = 0; n < 20; ++n)
            table.record(host(n), start).take_lease(100, 1s, start);
        table.forget_process(100);
    }
}

void hammer(Table& table, unsigned seed) {
    base::Instant now = start;
    for (unsigned n = seed;; ++n, now += 7ms) {
        Record record = table.record(host(static_cast<int>(n * 2654435761u >> 16) % 40), now);
        record.fail(n % 3 == 0 ? Reason::refused : Reason::banner_4xx, rules, now, n);
        record.take_lease(::getpid(), 1s, now);
        if (record.begin(now, rules))
            record.end();
        record.succeed(rules, now);
        record.set_admin(n % 5 == 0 ? Admin::up : Admin::none, "hammer", "text", base::never, now);
        record.settle(now + 100s);
        if (n % 11 == 0)
            record.reset("hammer", now);
    }
}

TEST(HealthTable, AKilledWriterBlocksNobody) {
    Table table(Table::create(32));
    for (unsigned seed = 1; seed <= 200; ++seed) {
        pid_t child = ::fork();
        if (child == 0) {
            Table own(again(table));
            hammer(own, seed * 7919);
        }
        ::usleep(200 + seed * 37 % 700);
        ::kill(child, SIGKILL);
        ASSERT_EQ(::waitpid(child, nullptr, 0), child);
        // All of this ends, whatever the child was doing; then its traces go.
        Record record = table.record(host(static_cast<int>(seed % 40)), start);
        record.reset("test", start);
        EXPECT_EQ(record.look(start, rules).state, State::closed);
        EXPECT_TRUE(record.fail(Reason::refused, rules, start));
        EXPECT_TRUE(record.succeed(rules, start));
        table.forget_process(child);
        for (Record each : table.all()) {
            EXPECT_NE(each.look(start, rules).prober, child);
            EXPECT_EQ(each.look(start, rules).in_flight, 0u);
        }
    }
    for (int n = 0; n < 40; ++n)
        table.record(host(n), start);
    EXPECT_EQ(table.all().size(), 32u);
}

TEST(HealthTable, ThreadsLoseNoChange) {
    Table table(Table::create(64), 100);
    Rules patient;
    patient.score_threshold = 1e9;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&table, &patient, t] {
            Table own(again(table), 200 + t);
            for (int i = 0; i < 2000; ++i) {
                Record record = own.record(host(i % 5), start);
                record.fail(Reason::refused, patient, start);
                record.begin(start, patient);
            }
        });
    for (std::thread& thread : threads)
        thread.join();
    unsigned fails = 0, sessions = 0;
    double score = 0;
    std::set<std::string> keys;
    for (Record record : table.all()) {
        View view = record.look(start, patient);
        fails += view.fails;
        sessions += view.in_flight;
        score += view.score;
        keys.insert(record.names().key);
    }
    EXPECT_EQ(keys.size(), 5u);
    EXPECT_EQ(table.all().size(), 5u);
    // Two may have made the same record in the same moment; what was told to the loser is lost.
    EXPECT_GE(fails, 7900u);
    EXPECT_LE(fails, 8000u);
    EXPECT_NEAR(score, 2.0 * fails, 200);
    EXPECT_GE(sessions, 7900u);
}

TEST(HealthTable, ASecretsMarkIsItsOwn) {
    Table table(Table::create(4));
    Table other(Table::create(4));
    EXPECT_EQ(table.secret_mark("me", "one"), table.secret_mark("me", "one"));
    EXPECT_NE(table.secret_mark("me", "one"), table.secret_mark("me", "two"));
    EXPECT_NE(table.secret_mark("me", "one"), other.secret_mark("me", "one"));
}

}  // namespace
}  // namespace health
