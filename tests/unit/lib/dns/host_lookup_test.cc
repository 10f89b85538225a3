// The addresses of hosts: numbers, the hosts file, DNS, both, with the right class of failure.
#include "lib/dns/host_lookup.h"

#include <gtest/gtest.h>

#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "lib/io/scope.h"
#include "tests/unit/lib/dns/fake_resolver.h"
#include "tests/unit/lib/dns/scratch_file.h"

namespace {

using namespace std::chrono_literals;
using namespace dns_test;
using dns::Answer;
using dns::HostLookup;
using dns::Type;
using State = dns::Answer::State;

// Enumerators in the order of what is looked through.
enum class Methods : uint8_t { dns, native, both };

io::Task<void> look_up(HostLookup& lookup, std::string host, std::optional<Answer>& into) {
    Answer answer = co_await lookup.addresses(std::move(host));
    into = std::move(answer);
}

std::string ips(const Answer& answer) {
    std::string all;
    for (const dns::Record& record : answer.records)
        base::append(all, all.empty() ? "" : " ", std::get<dns::Address>(record.data).ip);
    return all;
}

class DnsHostLookup : public testing::Test {
  protected:
    std::optional<Answer> begin(const std::string& host, Methods methods,
                                dns::Families families = {}) {
        HostLookup::Options options;
        options.families = families;
        options.dns = methods != Methods::native;
        options.native = methods != Methods::dns;
        lookups.push_back(std::make_unique<HostLookup>(names, hosts, search, options));
        scope.spawn(look_up(*lookups.back(), host, answer));
        answer.reset();
        loop.run_until_idle();
        return answer;
    }
    Answer now(const std::string& host, Methods methods = Methods::dns,
               dns::Families families = {}) {
        auto got = begin(host, methods, families);
        EXPECT_TRUE(got) << host;
        return got.value_or(Answer());
    }

    io::ManualClock clock;
    io::Loop loop{clock};
    FakeResolver names;
    ScratchFile hosts_text{
        "192.0.2.10 Box.example box\n2001:db8::10 box # two\n"
        "192.0.2.11 box\nnonsense line\n192.0.2.12\n127.0.0.1 localhost\n"};
    ScratchFile resolv_conf{"search inside.example\n"};
    dns::HostsFile hosts{hosts_text.path};
    dns::SearchList search{resolv_conf.path};
    io::Scope scope;
    std::vector<std::unique_ptr<HostLookup>> lookups;
    std::optional<Answer> answer;
};

TEST_F(DnsHostLookup, BothFamiliesAreAskedForAtOnce) {
    names.a("mail.example", "192.0.2.1").a("mail.example", "192.0.2.2");
    names.aaaa("mail.example", "2001:db8::1");
    names.delay("mail.example", Type::a, 3s).delay("mail.example", Type::aaaa, 3s);
    EXPECT_FALSE(begin("mail.example", Methods::dns));
    clock.advance(3s);
    loop.run_until_idle();
    ASSERT_TRUE(answer);
    EXPECT_EQ(ips(*answer), "192.0.2.1 192.0.2.2 2001:db8::1");
    names.asked.clear();
    names.delays.clear();
    EXPECT_EQ(ips(now("mail.example", Methods::dns, {false, true})), "2001:db8::1");
    EXPECT_EQ(ips(now("mail.example", Methods::dns, {true, false})), "192.0.2.1 192.0.2.2");
    EXPECT_EQ(names.asked.size(), 2u);
}

TEST_F(DnsHostLookup, OneFamilyIsEnough) {
    names.a("four.example", "192.0.2.1").aaaa("six.example", "2001:db8::1");
    names.a("half.example", "192.0.2.1").state("half.example", Type::aaaa, State::retry);
    EXPECT_EQ(ips(now("four.example")), "192.0.2.1");
    EXPECT_EQ(ips(now("six.example")), "2001:db8::1");
    EXPECT_EQ(ips(now("half.example")), "192.0.2.1");
}

TEST_F(DnsHostLookup, TheAnswerWithMoreHopeCounts) {
    struct Row {
        State four, six, both;
        const char* type;  // of the text
    };
    const Row rows[] = {
        {State::none, State::none, State::none, "AAAA"},
        {State::retry, State::none, State::retry, "A:"},
        {State::none, State::retry, State::retry, "AAAA"},
        {State::fatal, State::none, State::fatal, "A:"},
        {State::invalid, State::fatal, State::fatal, "AAAA"},
        {State::retry, State::fatal, State::retry, "A:"},
        {State::invalid, State::none, State::invalid, "A:"},
    };
    for (const Row& row : rows) {
        names.state("x.example", Type::a, row.four).state("x.example", Type::aaaa, row.six);
        Answer got = now("x.example");
        EXPECT_EQ(got.state, row.both) << &row - rows;
        EXPECT_NE(got.reason.find(base::text("type=", row.type)), std::string::npos) << got.reason;
    }
}

TEST_F(DnsHostLookup, NumbersStandForThemselves) {
    for (Methods methods : {Methods::dns, Methods::native, Methods::both}) {
        EXPECT_EQ(ips(now("192.0.2.7", methods)), "192.0.2.7");
        EXPECT_EQ(ips(now("2001:db8::7", methods)), "2001:db8::7");
    }
    EXPECT_TRUE(names.asked.empty());
    // Not those of a family that is not in use.
    EXPECT_EQ(now("2001:db8::7", Methods::dns, {true, false}).state, State::none);
    EXPECT_EQ(now("192.0.2.7", Methods::both, {false, true}).state, State::none);
}

TEST_F(DnsHostLookup, TheHostsFileIsForTheNativeMethod) {
    EXPECT_EQ(ips(now("BOX", Methods::native)), "192.0.2.10 2001:db8::10 192.0.2.11");
    EXPECT_EQ(ips(now("box.example", Methods::native)), "192.0.2.10");
    EXPECT_EQ(ips(now("box", Methods::native, {false, true})), "2001:db8::10");
    EXPECT_TRUE(names.asked.empty());
    EXPECT_EQ(now("box", Methods::dns).state, State::none);
    EXPECT_EQ(ips(now("box", Methods::both)), "192.0.2.10 2001:db8::10 192.0.2.11");
}

TEST_F(DnsHostLookup, TheHostsFileIsReadAgainWhenItChanges) {
    EXPECT_EQ(ips(now("box.example", Methods::native)), "192.0.2.10");
    hosts_text.write("192.0.2.99 box.example\n");
    EXPECT_EQ(ips(now("box.example", Methods::native)), "192.0.2.10");
    clock.advance(1s);
    EXPECT_EQ(ips(now("box.example", Methods::native)), "192.0.2.99");
    hosts_text.write("");
    clock.advance(1s);
    EXPECT_EQ(now("box.example", Methods::native).state, State::none);
}

TEST_F(DnsHostLookup, TheNativeMethodSearches) {
    names.a("relay.inside.example", "192.0.2.20").a("full.example", "192.0.2.21");
    EXPECT_EQ(ips(now("relay", Methods::native)), "192.0.2.20");
    EXPECT_EQ(ips(now("full.example", Methods::native)), "192.0.2.21");
    EXPECT_EQ(now("relay.", Methods::native).state, State::none);
    EXPECT_EQ(now("relay", Methods::dns).state, State::none);
}

TEST_F(DnsHostLookup, TextsOfTheNativeMethod) {
    names.mx("only.example", 1, "x.example");
    names.state("slow.example", Type::a, State::retry);
    names.state("odd.example", Type::a, State::fatal);
    dns::Families four{true, false};
    struct Row {
        const char* host;
        State state;
        const char* text;
    };
    const Row rows[] = {
        {"no.example", State::none, "Name or service not known"},
        {"only.example", State::none, "No address associated with hostname"},
        {"slow.example", State::retry, "Temporary failure in name resolution"},
        {"odd.example", State::fatal, "Non-recoverable failure in name resolution"},
    };
    for (const Row& row : rows) {
        Answer got = now(row.host, Methods::native, four);
        EXPECT_EQ(got.state, row.state) << row.host;
        EXPECT_EQ(got.reason, base::text("unable to look up host ", row.host, ": ", row.text));
    }
}

TEST_F(DnsHostLookup, TroubleInDnsDoesNotMakeWayForTheHostsFile) {
    for (State trouble : {State::retry, State::fatal, State::invalid}) {
        names.state("box", Type::a, trouble);
        EXPECT_EQ(now("box", Methods::both, {true, false}).state, trouble);
    }
}

}  // namespace
