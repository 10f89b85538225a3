// LoginWorld is a RelayWorld whose mail logs in, by sender.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>

#include "lib/base/base64.h"
#include "smtp/credentials.h"
#include "tests/unit/smtp/relay_world.h"

namespace smtp_test {

using base::to_base64;
using namespace std::string_literals;

// Gives tokens one after another; the last one again and again.
class FakeTokens : public smtp::TokenSource {
  public:
    explicit FakeTokens(std::deque<std::string> tokens)
        : TokenSource("fake"), tokens_(std::move(tokens)) {}
    io::Task<std::string> token() override {
        if (tokens_.empty())
            throw smtp::NoToken("nobody has one");
        co_return tokens_.front();
    }
    io::Task<std::string> instead_of(std::string refused) override {
        if (!tokens_.empty() && tokens_.front() == refused && tokens_.size() > 1)
            tokens_.pop_front();
        co_return co_await token();
    }

  private:
    std::deque<std::string> tokens_;
};

// Logins by host, else by sender.
class FakeLogins : public smtp::Approaches {
  public:
    FakeLogins() : Approaches(nexthop::TlsPolicies()) {}
    std::map<std::string, smtp::Credentials> by_host;
    std::map<std::string, smtp::Credentials> by_sender;
    bool silent = false;  // nobody knows any login
    bool same_for_all() const override { return false; }
    io::Task<smtp::FoundApproach> find(smtp::Visit visit) override {
        smtp::FoundApproach found;
        if (silent) {
            found.trouble.emplace();
            found.lacks_login = true;
            co_return found;
        }
        auto login = by_host.find(visit.host);
        if (login == by_host.end())
            login = by_sender.find(visit.sender);
        if (login == by_sender.end())
            co_return found;
        auto approach = std::make_shared<smtp::Approach>();
        approach->login = login->second;
        found.approach = std::move(approach);
        co_return found;
    }
};

inline smtp::Credentials password(const std::string& user, const std::string& secret) {
    smtp::Credentials login;
    login.account.user = user;
    login.account.secret = secret;
    return login;
}

inline smtp::Credentials token(std::deque<std::string> tokens) {
    smtp::Credentials login = password("ali", tokens.empty() ? "" : tokens.front());
    login.account.proof = sasl::Proof::token;
    login.tokens = std::make_shared<FakeTokens>(std::move(tokens));
    return login;
}

inline const std::string plain = "C AUTH PLAIN " + to_base64("\0ali\0open sesame"s);

inline std::string xoauth2(const std::string& token) {
    return to_base64("user=ali\1auth=Bearer " + token + "\1\1");
}

inline Script offering(const std::string& mechanisms, const Script& rest) {
    Script script = {"S 220 mx", "C EHLO", "S 250-mx", "S 250 AUTH " + mechanisms};
    script.insert(script.end(), rest.begin(), rest.end());
    return script;
}

inline const Script delivery = {"C MAIL",   "S 250 ok", "C RCPT",     "S 250 ok", "C DATA",
                                "S 354 ok", "D",        "S 250 sent", "Z"};

inline Script then(Script script, const Script& rest) {
    script.insert(script.end(), rest.begin(), rest.end());
    return script;
}

struct LoginTest : RelayWorld {
    std::shared_ptr<FakeLogins> logins = std::make_shared<FakeLogins>();

    LoginTest() {
        options.approaches = logins;
        logins->by_sender["s@example.org"] = password("ali", "open sesame");
    }
    void expect_login(const smtp::Credentials& login, const std::string& mechanisms,
                      const Script& dialogue, const std::string& outcome) {
        logins->by_sender["s@example.org"] = login;
        serve(first_key, offering(mechanisms, dialogue));
        send(one, here);
        EXPECT_EQ(last().substr(0, outcome.size()), outcome);
        EXPECT_EQ(dialer.heard.back().wrong, "");
        EXPECT_TRUE(last() == "sent 2.0.0 250 sent" || dialer.heard.back().finished) << outcome;
        pass(10s);
        for (const health::Record& record : table.all())
            record.reset("test", loop.now());
    }
};

inline constexpr const char* sent = "sent 2.0.0 250 sent";

}  // namespace smtp_test
