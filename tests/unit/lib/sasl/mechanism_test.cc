// Logins with the library's own servers, and with servers that lie.
#include "lib/sasl/mechanism.h"

#include <gsasl.h>
#include <gtest/gtest.h>

#include "lib/base/base64.h"
#include "lib/base/text.h"
#include "lib/sasl/properties.h"

namespace {

using sasl::Account;
using sasl::ChannelBinding;
using sasl::Failed;
using sasl::Mechanism;

Account account(std::string secret = "open sesame", std::string user = "ali") {
    Account made;
    made.user = std::move(user);
    made.secret = std::move(secret);
    return made;
}

// The other side, who knows ali by "open sesame".
class Counterpart {
  public:
    Counterpart(const std::string& name, ChannelBinding binding) : binding_(std::move(binding)) {
        gsasl_init(&library_);
        gsasl_callback_hook_set(library_, this);
        gsasl_callback_set(library_, &Counterpart::tell);
        gsasl_server_start(library_, name.c_str(), &session_);
    }
    ~Counterpart() {
        gsasl_finish(session_);
        gsasl_done(library_);
    }
    Counterpart(const Counterpart&) = delete;
    Counterpart& operator=(const Counterpart&) = delete;

    // Its next challenge.
    std::string hear(std::string_view response) {
        char* output = nullptr;
        size_t size = 0;
        code = gsasl_step(session_, response.data(), response.size(), &output, &size);
        std::string challenge = output == nullptr ? "" : std::string(output, size);
        gsasl_free(output);
        return challenge;
    }
    int code = GSASL_NEEDS_MORE;

  private:
    static int tell(Gsasl* library, Gsasl_session* session, Gsasl_property property) {
        auto& self = *static_cast<Counterpart*>(gsasl_callback_hook_get(library));
        auto is = [&](Gsasl_property what, std::string_view value) {
            const char* text = gsasl_property_fast(session, what);
            return text != nullptr && value == text;
        };
        switch (property) {
            case GSASL_PASSWORD:
                gsasl_property_set(session, property, "open sesame");
                return GSASL_OK;
            case GSASL_VALIDATE_SIMPLE:
                return is(GSASL_AUTHID, "ali") && is(GSASL_PASSWORD, "open sesame")
                           ? GSASL_OK
                           : GSASL_AUTHENTICATION_ERROR;
            case GSASL_VALIDATE_ANONYMOUS:
                return GSASL_OK;
            case GSASL_CB_TLS_UNIQUE:
                return self.bind(session, property, self.binding_.unique);
            case GSASL_CB_TLS_EXPORTER:
                return self.bind(session, property, self.binding_.exporter);
            default:
                return GSASL_NO_CALLBACK;
        }
    }
    int bind(Gsasl_session* session, Gsasl_property property, const std::string& data) const {
        if (data.empty())
            return GSASL_NO_CALLBACK;
        gsasl_property_set(session, property, base::to_base64(data).c_str());
        return GSASL_OK;
    }

    ChannelBinding binding_;
    Gsasl* library_ = nullptr;
    Gsasl_session* session_ = nullptr;
};

// "yes", "no", or why the client gave up.
std::string log_in(const std::string& name, const Account& who, const ChannelBinding& ours = {},
                   const ChannelBinding& theirs = {}) {
    Counterpart server(name, theirs);
    try {
        std::unique_ptr<Mechanism> client = sasl::make_mechanism(name, who, {}, ours);
        std::optional<std::string> said = client->first();
        std::string challenge = server.hear(said.value_or(""));
        while (!challenge.empty()) {
            std::string answer = client->answer(challenge);
            bool over = server.code == GSASL_OK;  // that was its proof
            challenge = over ? "" : server.hear(answer);
        }
        if (server.code != GSASL_OK)
            return "no";
        return client->satisfied() ? "yes" : "yes, unproven";
    } catch (const Failed& error) {
        return error.what();
    }
}

TEST(SaslMechanism, LogsIn) {
    for (const char* name : {"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256"}) {
        EXPECT_EQ(log_in(name, account()), "yes") << name;
        EXPECT_EQ(log_in(name, account("open barley")), "no") << name;
    }
    EXPECT_EQ(log_in("ANONYMOUS", account("", "nobody@example.org")), "yes");
}

TEST(SaslMechanism, IsBoundToTheConnection) {
    ChannelBinding old{"", "finished"}, recent{"exported", ""}, other{"", "somebody else's"},
        both{"exported", "finished"};
    for (const char* name : {"SCRAM-SHA-1-PLUS", "SCRAM-SHA-256-PLUS"}) {
        EXPECT_EQ(log_in(name, account(), old, old), "yes") << name;
        EXPECT_EQ(log_in(name, account(), recent, recent), "yes") << name;
        EXPECT_EQ(log_in(name, account(), old, other), "no") << name;
        EXPECT_EQ(log_in(name, account(), both, old), "yes") << name << ", TLS 1.2";
    }
}

TEST(SaslMechanism, NamesARoleWhereToldTo) {
    Account who = account();
    using namespace std::string_literals;
    EXPECT_EQ(sasl::make_mechanism("PLAIN", who, {}, {})->first(), "\0ali\0open sesame"s);
    who.names_role = true;
    EXPECT_EQ(sasl::make_mechanism("PLAIN", who, {}, {})->first(), "ali\0ali\0open sesame"s);
}

TEST(SaslMechanism, DoesNotBelieveAServerThatDoesNotKnowThePassword) {
    Counterpart server("SCRAM-SHA-256", {});
    auto client = sasl::make_mechanism("SCRAM-SHA-256", account(), {}, {});
    std::string challenge = server.hear(*client->first());
    std::string proof = server.hear(client->answer(challenge));
    EXPECT_FALSE(client->satisfied());  // who says yes here has proven nothing
    ASSERT_TRUE(proof.starts_with("v="));
    proof[3] = proof[3] == 'A' ? 'B' : 'A';
    EXPECT_THROW(client->answer(proof), Failed);
    EXPECT_FALSE(client->satisfied());
}

TEST(SaslMechanism, RefusesWhatIsNoChallenge) {
    struct Row {
        const char* name;
        const char* challenge;
    };
    const Row rows[] = {
        {"SCRAM-SHA-1", ""},
        {"SCRAM-SHA-1", "r=another,s=QSXCR+Q6sek8bf92,i=4096"},
        {"SCRAM-SHA-256", "e=other-error"},
        {"PLAIN", "more?"},
    };
    for (const Row& row : rows) {
        auto client = sasl::make_mechanism(row.name, account(), {}, {});
        client->first();
        EXPECT_THROW(client->answer(row.challenge), Failed) << row.name << " " << row.challenge;
        EXPECT_TRUE(row.name == std::string("PLAIN") || !client->satisfied());
    }
    EXPECT_THROW(sasl::make_mechanism("GSSAPI", account(), {}, {}), Failed);
}

TEST(SaslMechanism, ShowsATokenAndHearsWhyNot) {
    Account who = account("ya29.token", "a,b=c@example.com");
    who.proof = sasl::Proof::token;
    struct Row {
        const char* name;
        const char* first;
        const char* dummy;
    };
    const Row rows[] = {
        {"XOAUTH2", "user=a,b=c@example.com\1auth=Bearer ya29.token\1\1", ""},
        {"OAUTHBEARER",
         "n,a=a=2Cb=3Dc@example.com,\1host=mx.example\1port=587\1auth=Bearer ya29.token\1\1", "\1"},
    };
    for (const Row& row : rows) {
        auto client = sasl::make_mechanism(row.name, who, {"smtp", "mx.example", 587}, {});
        EXPECT_EQ(client->first(), row.first);
        EXPECT_TRUE(client->satisfied());
        EXPECT_EQ(client->answer(R"({"status":"401","was":"ya29.token"})"), row.dummy);
        EXPECT_EQ(client->complaint(), R"({"status":"401","was":"…"})");
        EXPECT_FALSE(client->satisfied());
        EXPECT_THROW(client->answer("again"), Failed);
    }
    for (const char* bad : {"", "two\1fields", "two\nlines"})
        EXPECT_THROW(sasl::make_mechanism("XOAUTH2", account(bad), {}, {}), Failed);
}

TEST(SaslProperties, ChoosesTheStrongestThatWillDo) {
    using sasl::Proof;
    struct Row {
        Proof proof;
        const char* demands;
        bool binding;
        const char* usable;
    };
    const std::vector<std::string> offered = {"LOGIN",       "PLAIN",         "CRAM-MD5",
                                              "GSSAPI",      "XOAUTH2",       "ANONYMOUS",
                                              "SCRAM-SHA-1", "SCRAM-SHA-256", "scram-sha-256-plus"};
    const Row rows[] = {
        {Proof::password, "noanonymous", true,
         "SCRAM-SHA-256-PLUS SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5 PLAIN LOGIN XOAUTH2"},
        {Proof::password, "noplaintext noanonymous", false, "SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5"},
        {Proof::password, "mutual_auth", false, "SCRAM-SHA-256 SCRAM-SHA-1"},
        {Proof::password, "noactive NoPlainText", false, "SCRAM-SHA-256 SCRAM-SHA-1"},
        {Proof::password, "forward_secrecy", false, ""},
        {Proof::password, "nodictionary noplaintext", false, ""},
        {Proof::token, "noanonymous", true, "XOAUTH2"},
        {Proof::token, "noplaintext", true, ""},
    };
    for (const Row& row : rows) {
        std::vector<std::string> words;
        std::string demands = row.demands;
        for (std::string_view word : base::split(std::string_view(demands), " "))
            words.emplace_back(word);
        std::string usable;
        for (const std::string& name :
             sasl::usable(offered, row.proof, sasl::demands_of(words), row.binding))
            usable += (usable.empty() ? "" : " ") + name;
        EXPECT_EQ(usable, row.usable) << demands;
    }
    EXPECT_THROW(sasl::demands_of({"noanonymous", "noplain"}), std::runtime_error);
}

}  // namespace
