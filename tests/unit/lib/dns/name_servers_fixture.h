// What tests of NameServers have: a clock of their own, servers on loopback, answers as they come.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lib/dns/name_servers.h"
#include "lib/io/loop.h"
#include "tests/unit/lib/dns/loopback_server.h"

namespace dns_test {

using namespace std::chrono_literals;
using dns::Answer;
using dns::NameServers;
using dns::Type;
using State = dns::Answer::State;
using Packets = std::vector<std::string>;

inline Packets good(const Asked& asked) {
    return {asked.reply().answer(asked.question.name, Type::a, 60, a("192.0.2.1")).wire()};
}
inline Packets silent(const Asked&) {
    return {};
}
inline Packets says(const Asked& asked, unsigned code) {
    return {asked.reply().code(code).wire()};
}

inline io::Task<void> ask(NameServers& servers, std::string about, Type type,
                          std::vector<Answer>& into) {
    Answer answer = co_await servers.ask(std::move(about), type);
    into.push_back(std::move(answer));
}

class DnsNameServers : public testing::Test {
  protected:
    dns::Options options(const std::vector<const LoopbackServer*>& servers) {
        dns::Options made;
        for (const LoopbackServer* each : servers)
            made.servers.push_back(each->address());
        return made;
    }
    void start(NameServers& servers, const char* about, Type type = Type::a) {
        scope.spawn(ask(servers, about, type, answers));
        loop.run_until_idle();
    }
    // Lets the clock go on until there is an answer; gives the seconds that took.
    int wait() {
        int seconds = 0;
        for (size_t before = answers.size(); answers.size() == before && seconds < 100; ++seconds) {
            clock.advance(1s);
            loop.run_until_idle();
        }
        return seconds;
    }
    const Answer& now(NameServers& servers, const char* about, Type type = Type::a) {
        size_t before = answers.size();
        start(servers, about, type);
        EXPECT_EQ(answers.size(), before + 1) << about;
        if (answers.size() == before)
            answers.emplace_back();
        return answers.back();
    }

    io::ManualClock clock;
    io::Loop loop{clock};
    io::Scope scope;
    std::vector<Answer> answers;
};

inline std::string ip(const Answer& answer) {
    return std::get<dns::Address>(answer.records.at(0).data).ip;
}

}  // namespace dns_test
