// Logins under TLS: what the server of logins hears of it, what is warned of.
#include "smtpd/auth.h"

#include <gmock/gmock.h>

#include "tests/unit/smtpd/under_tls.h"

namespace {

using smtpd_test::bye;
using smtpd_test::greeting;
using smtpd_test::offering;
using smtpd_test::ready;
using smtpd_test::secret_capabilities;
using smtpd_test::Steps;
using smtpd_test::UnderTls;

// Knows one mechanism and whoever comes, and who came.
class Doorkeeper : public sasl::Verifier {
  public:
    explicit Doorkeeper(std::vector<sasl::Peer>& seen) : seen_(seen) {}
    io::Task<void> run() override { co_return; }
    io::Task<std::optional<sasl::Offers>> mechanisms(sasl::Demands demands) override {
        sasl::Offers fitting;
        if (const sasl::Offer plain{"PLAIN", sasl::property::plaintext}; demands.met_by(plain))
            fitting.push_back(plain);
        co_return fitting;
    }
    io::Task<sasl::Step> not_offered(std::string, sasl::Demands) override {
        co_return sasl::Step(sasl::Step::failed, "");
    }
    std::unique_ptr<sasl::Exchange> begin(sasl::Peer peer) override {
        struct Welcome : sasl::Exchange {
            io::Task<sasl::Step> start(std::string, std::optional<std::string>) override {
                co_return sasl::Step(sasl::Step::done, "", "bob");
            }
            io::Task<sasl::Step> answer(std::string) override {
                co_return sasl::Step(sasl::Step::failed, "");
            }
        };
        seen_.push_back(std::move(peer));
        return std::make_unique<Welcome>();
    }

  private:
    std::vector<sasl::Peer>& seen_;
};

class LoginUnderTls : public UnderTls {
  protected:
    // Says AUTH in a session with the certificate of `chain`, "" for none.
    void log_in(const std::string& chain, const Steps& steps, sasl::Demands plain = {}) {
        std::string lines;
        if (!chain.empty())
            lines = "smtp_tls_chain_files = " + scratch.file("client.pem", chain) + "\n";
        start("smtpd_tls_ask_ccert = yes\nsmtpd_tls_CAfile = " + scratch.folder + "/ca.pem\n",
              lines);
        if (!all_)
            all_.emplace(
                with(plain), std::make_unique<Doorkeeper>(seen),
                dict::MatchList::parse(dict::MatchList::Of::strings, tables_, "static:every"));
        logins = &*all_;
        talk_raw(steps);
    }
    static smtpd::AuthOptions with(sasl::Demands plain) {
        smtpd::AuthOptions auth;
        auth.plain = plain;
        return auth;
    }
    static std::string with_auth(std::string lines, std::string_view before) {
        return lines.insert(lines.find(before), "250-AUTH PLAIN\r\n");
    }
    size_t warnings() {
        size_t count = 0;
        const std::string log = logged();
        for (size_t at = 0; (at = log.find("no SASL authentication mech", at)) != log.npos; ++at)
            ++count;
        return count;
    }

    std::vector<sasl::Peer> seen;

  private:
    config::Settings bare_ = settings("");
    dict::Tables tables_{bare_};
    std::optional<smtpd::Logins> all_;
};

TEST_F(LoginUnderTls, TheServerIsToldOfTlsAndOfTrustedCertificates) {
    options.tls.asks_certificate = true;
    const Steps steps = {{"", greeting},
                         {"STARTTLS\r\n", ready},
                         {"EHLO c.example\r\n", with_auth(secret_capabilities, "250-ENH")},
                         {"AUTH PLAIN eA==\r\n", "235 2.7.0 Authentication successful\r\n"}};
    log_in("", steps);
    log_in(std::string(trial::selfsigned_key) + trial::selfsigned, steps);
    log_in(std::string(trial::client_key) + trial::client, steps);
    log_in("",
           {{"", greeting}, {"AUTH PLAIN eA==\r\n", "235 2.7.0 Authentication successful\r\n"}});
    ASSERT_EQ(seen.size(), 4u);
    const std::pair<bool, bool> expected[] = {
        {true, false}, {true, false}, {true, true}, {false, false}};
    for (size_t i = 0; i < seen.size(); ++i)
        EXPECT_EQ(std::make_pair(seen[i].encrypted, seen[i].certified), expected[i]) << i;
}

TEST_F(LoginUnderTls, ACertificateIsThatOfWhoShowsIt) {
    options.tls.asks_certificate = true;
    main_cf += "smtpd_authorized_xclient_hosts = 127.0.0.1\n";
    log_in(std::string(trial::client_key) + trial::client,
           {{"", greeting},
            {"STARTTLS\r\n", ready},
            {"XCLIENT ADDR=192.0.2.9 PORT=4711 DESTADDR=192.0.2.25 DESTPORT=587\r\n", greeting},
            {"AUTH PLAIN eA==\r\n", "235 2.7.0 Authentication successful\r\n"}});
    ASSERT_EQ(seen.size(), 1u);
    EXPECT_EQ(seen[0].address + ' ' + seen[0].port, "192.0.2.9 4711");
    EXPECT_EQ(seen[0].own_address + ' ' + seen[0].own_port, "192.0.2.25 587");
    EXPECT_TRUE(seen[0].encrypted);
    EXPECT_FALSE(seen[0].certified);
}

TEST_F(LoginUnderTls, EachLackOfMechanismsIsWarnedOfOnce) {
    const Steps in_clear = {{"", greeting}, {"EHLO c.example\r\n", offering}, {"QUIT\r\n", bye}};
    const Steps under_tls = {{"", greeting},
                             {"STARTTLS\r\n", ready},
                             {"EHLO c.example\r\n", with_auth(secret_capabilities, "250-ENH")},
                             {"QUIT\r\n", bye}};
    sasl::Demands hidden;
    hidden.unwanted = sasl::property::plaintext;
    for (const Steps* steps : {&in_clear, &under_tls, &in_clear})
        log_in("", *steps, hidden);
    EXPECT_EQ(warnings(), 1u);
}

}  // namespace
