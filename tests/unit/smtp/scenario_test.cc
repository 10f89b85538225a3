// A thousand messages over relays that fail at random, and what holds for every one of them.
#include <random>

#include "tests/unit/smtp/relay_world.h"

namespace smtp_test {
namespace {

using health::State;

// What a relay may do with one message; the first takes it.
const std::vector<Script>& behaviours() {
    static const Script hello = {"S 220 mx", "C EHLO", "S 250 mx"};
    auto after_hello = [](const Script& more) {
        Script script = hello;
        script.insert(script.end(), more.begin(), more.end());
        return script;
    };
    static const std::vector<Script> all = {
        taking("taken"),
        {"X"},
        {"E"},
        {"S 421 4.3.2 busy", "Z"},
        {"S 554 5.7.1 no", "Z"},
        {"S 220 mx", "C EHLO", "S 550 no", "C HELO", "S 550 no", "Z"},
        after_hello({"C MAIL", "S 421 4.3.2 off", "X"}),
        after_hello({"C MAIL", "S 451 4.3.0 later", "Z"}),
        after_hello({"C MAIL", "S 530 5.7.0 who", "Z"}),
        after_hello({"C MAIL", "E"}),
        after_hello({"C MAIL", "S 250 ok", "C RCPT", "S 450 4.2.0 later", "Z"}),
        after_hello({"C MAIL", "S 250 ok", "C RCPT", "S 250 ok", "C DATA", "X"}),
        after_hello({"C MAIL", "S 250 ok", "C RCPT", "S 250 ok", "C DATA", "S 354 go", "D", "X"}),
    };
    return all;
}

struct ScenarioTest : RelayWorld {
    static constexpr const char* list = "[192.0.2.1]:25, [192.0.2.2]:25, [192.0.2.3]:25";
    std::mt19937 random{20261126};
    const std::vector<std::string> keys = {first_key, second_key, "192.0.2.3:25"};

    unsigned pick(unsigned below) { return static_cast<unsigned>(random() % below); }

    bool good(const std::string& key) {
        health::View now = view(key);
        State login = view(key + "/anon", health::Scope::identity).state;
        return (now.state == State::closed || now.state == State::ramp) && now.in_flight == 0 &&
               now.window == 0 && login == State::closed;
    }
    // Sets out what each relay does; the keys of those that take mail.
    std::set<std::string> prepare() {
        std::set<std::string> taking_mail;
        dialer.scripts.clear();
        for (const std::string& key : keys) {
            unsigned what = pick(2 * static_cast<unsigned>(behaviours().size()));
            if (what == 1)
                continue;  // nobody listens
            size_t which = what < behaviours().size() ? what : 0;
            for (int i = 0; i < 3; ++i)
                serve(key, behaviours()[which]);
            if (which == 0)
                taking_mail.insert(key);
        }
        return taking_mail;
    }
    // How many servers have taken, or may have taken, content since.
    std::pair<size_t, size_t> taken_since(size_t from) const {
        size_t taken = 0;
        size_t perhaps = 0;
        for (size_t i = from; i < dialer.heard.size(); ++i) {
            perhaps += dialer.heard[i].contents.size();
            taken += dialer.heard[i].contents.empty() || dialer.heard[i].commands.empty() ? 0 : 1;
        }
        return {taken, perhaps};
    }
};

TEST_F(ScenarioTest, AThousandMessages) {
    options.keep_connections = false;
    options.mail = options.rcpt = options.data_init = options.data_done = options.helo = 20s;
    size_t sent = 0;
    for (int i = 0; i < 1000; ++i) {
        std::set<std::string> takers = prepare();
        std::set<std::string> down;
        bool peer = false;
        for (const std::string& key : keys) {
            peer = peer || (good(key) && takers.contains(key));
            if (state(key) == State::open)
                down.insert(key);
        }
        size_t dialled = dialer.dialled.size();
        size_t heard = dialer.heard.size();
        size_t had = reports.size();
        send(pick(2) == 0 ? one : two, list);
        bool at_once = reports.size() > had;  // else one that is down may come to be probed
        for (int wait = 0; wait < 60 && reports.size() == had; ++wait)
            pass(2s);
        ASSERT_EQ(reports.size(), had + 1) << "message " << i << " never ends";
        const std::string what = last();
        auto [taken, perhaps] = taken_since(heard);
        ASSERT_FALSE(what.starts_with("bounced")) << "message " << i << ": " << what;
        ASSERT_LE(perhaps, 1u) << "message " << i << " was sent twice";
        ASSERT_EQ(taken, perhaps) << "message " << i;
        if (what.starts_with("sent")) {
            ASSERT_EQ(taken, 1u) << "message " << i;
        }
        sent += what.starts_with("sent") ? 1 : 0;
        for (size_t at = dialled; peer && at_once && at < dialer.dialled.size(); ++at)
            ASSERT_FALSE(down.contains(dialer.dialled[at]))
                << "message " << i << " was offered to " << dialer.dialled[at];
        pass(base::Duration(1s) * pick(20));
    }
    EXPECT_GT(sent, 600u);
}

}  // namespace
}  // namespace smtp_test
