// The dates of the server's own certificates, as they are warned of.
#include "lib/tls/expiry.h"

#include "lib/base/text.h"
#include "lib/tls/check.h"
#include "tests/unit/lib/tls/world.h"

namespace {

using namespace std::chrono_literals;

struct ServerExpiry : trial::World {
    std::string warnings(const std::string& lines, base::WallTime now) {
        std::string all;
        for (const std::string& warning : tls::server_expiries(settings(lines), now))
            base::append(all, warning, "\n");
        size_t at = 0;
        while ((at = all.find(scratch.folder, at)) != all.npos)
            all.replace(at, scratch.folder.size(), "DIR");
        return all;
    }
};

// Seconds since 1970.
base::WallTime at(std::chrono::seconds time) {
    return base::WallTime(time);
}

TEST_F(ServerExpiry, IsWarnedOfInTime) {
    const auto begin = at(1262304000s), end = at(1293840000s);  // of `old`, 2010 to 2011
    std::string old = scratch.file("old.pem", base::text(trial::old_key, trial::old));
    std::string named =
        "main.cf, line 2: smtpd_tls_chain_files: DIR/old.pem: the certificate of "
        "/CN=mx.example ";
    std::string expired = named + "expired on 2011-01-01 00:00:00 UTC\n";
    std::string expires = named + "expires on 2011-01-01 00:00:00 UTC\n";
    std::string early = named + "is not valid before 2010-01-01 00:00:00 UTC\n";
    struct Row {
        base::WallTime now;
        const char* more;
        std::string expected;
    };
    const Row rows[] = {
        {begin - 1s, "", early},
        {begin, "", ""},
        {end - 7 * 24h, "", ""},
        {end - 7 * 24h + 1s, "", expires},
        {end, "", expires},
        {end + 1s, "", expired},
        {end, "smtpd_tls_expiry_warning_time = 0\n", ""},
        {end + 1s, "smtpd_tls_expiry_warning_time = 0\n", expired},
        {end - 30 * 24h, "smtpd_tls_expiry_warning_time = 5w\n", expires},
    };
    for (const Row& row : rows)
        EXPECT_EQ(warnings(base::text("smtpd_tls_chain_files = ", old, "\n", row.more), row.now),
                  row.expected)
            << row.more;
}

TEST_F(ServerExpiry, OfEachCertificateOnce) {
    std::string good = scratch.file("good.pem", trial::good);
    std::string key = scratch.file("key.pem", trial::good_key);
    // One above it in the chain counts as well, an authority that clients are judged by does not.
    std::string chain = scratch.file("chain.pem", base::text(trial::good, trial::old));
    std::string lines =
        base::text("smtpd_tls_cert_file = ", chain, "\nsmtpd_tls_key_file = ", key,
                   "\nsmtpd_tls_eccert_file = ", chain,
                   "\nsmtpd_tls_CAfile = ", scratch.file("old.pem", trial::old),
                   "\nsmtpd_tls_dcert_file = /nowhere\n",
                   "smtpd_tls_dkey_file = ", scratch.file("junk.pem", "junk"), "\n");
    EXPECT_EQ(warnings(lines, at(1700000000s)),
              "main.cf, line 2: smtpd_tls_cert_file: DIR/chain.pem: the certificate of "
              "/CN=mx.example expired on 2011-01-01 00:00:00 UTC\n");
}

TEST_F(ServerExpiry, IsNoObstacle) {
    scratch.file("master.cf", "25 inet n - n - - smtpd\n26 inet n - n - - smtpd\n");
    std::string old = scratch.file("old.pem", base::text(trial::old_key, trial::old));
    std::vector<config::Problem> problems = tls::check_servers(
        settings("smtpd_tls_security_level = may\nsmtpd_tls_chain_files = " + old));
    ASSERT_EQ(problems.size(), 1u);
    EXPECT_FALSE(problems[0].fatal);
    EXPECT_TRUE(problems[0].text.ends_with("expired on 2011-01-01 00:00:00 UTC"));
}

TEST_F(ServerExpiry, ChainsOfTablesAreDoubtedToo) {
    const std::string old = base::text(trial::old_key, trial::old);
    const std::pair<std::string, std::vector<std::string>> rows[] = {
        {base::text(trial::good_key, trial::good), {}},
        {old, {"the certificate of /CN=mx.example expired on 2011-01-01 00:00:00 UTC"}},
        {base::text(trial::good_key, trial::old),
         {"a private key and its certificate do not belong together"}},
        {"", {"there is no private key in it"}},
    };
    for (const auto& [pem, doubts] : rows)
        EXPECT_EQ(tls::chain_doubts(settings(""), pem, at(1700000000s)), doubts);
}

}  // namespace
