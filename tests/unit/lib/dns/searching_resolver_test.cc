// Names that are looked for below the domains of resolv.conf.
#include "lib/dns/searching_resolver.h"

#include <gtest/gtest.h>

#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "lib/io/scope.h"
#include "tests/unit/lib/dns/fake_resolver.h"
#include "tests/unit/lib/dns/scratch_file.h"

namespace {

using dns::SearchRules;
using dns::Type;
using State = dns::Answer::State;

io::Task<void> ask_into(dns::Resolver& resolver, std::string name, dns::Answer& into) {
    dns::Answer answer = co_await resolver.ask(std::move(name), Type::mx);
    into = std::move(answer);
}

struct DnsSearchingResolver : testing::Test {
    io::ManualClock clock;
    io::Loop loop{clock};
    io::Scope scope;
    dns_test::ScratchFile file{"search a.example b.example\n"};
    dns::SearchList search{file.path};
    dns_test::FakeResolver names;

    dns::Answer ask(const std::string& name, SearchRules rules) {
        dns::SearchingResolver resolver(names, search, rules);
        dns::Answer answer;
        scope.spawn(ask_into(resolver, name, answer));
        loop.run_until_idle();
        return answer;
    }
};

TEST_F(DnsSearchingResolver, TheFirstThatIsThereCounts) {
    names.mx("relay.a.example", 10, "one").mx("relay.b.example", 10, "two").mx("x.y", 10, "three");
    names.mx("only.b.example", 10, "four").mx("z.y.b.example", 10, "five");
    struct Row {
        const char* name;
        SearchRules rules;
        const char* found;  // "" for none
    };
    const Row rows[] = {
        {"relay", {}, ""},
        {"relay", {true, false}, "relay.a.example"},
        {"only", {true, false}, ""},
        {"only", {false, true}, "only.b.example"},
        {"x.y", {true, true}, "x.y"},
        {"z.y", {true, false}, ""},
        {"z.y", {true, true}, "z.y.b.example"},
        {"relay.", {true, true}, ""},
    };
    for (const Row& row : rows) {
        dns::Answer answer = ask(row.name, row.rules);
        EXPECT_EQ(answer.state == State::found ? answer.name : "", row.found) << row.name;
    }
}

TEST_F(DnsSearchingResolver, TroubleIsNotAbsence) {
    names.state("relay.a.example", Type::mx, State::retry);
    EXPECT_EQ(ask("relay", {true, true}).state, State::retry);
    dns::Answer absent = ask("other", {true, true});
    EXPECT_EQ(absent.state, State::none);
    EXPECT_NE(absent.reason.find("name=other "), std::string::npos) << absent.reason;
}

TEST_F(DnsSearchingResolver, NumbersAreNotSearchedFor) {
    EXPECT_EQ(ask("192.0.2.1", {true, true}).state, State::none);
    EXPECT_EQ(names.asked.size(), 1u);
}

}  // namespace
