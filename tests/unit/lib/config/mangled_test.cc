// Mangled configuration files: whatever is in one, it loads or is refused with config::Error.
#include <gtest/gtest.h>

#include "lib/config/error.h"
#include "lib/config/master_cf.h"
#include "lib/config/networks.h"
#include "lib/config/settings.h"
#include "tests/unit/mangled.h"

namespace {

constexpr std::string_view main_text =
    "myhostname = mx.example.org\n"
    "smtpd_banner = ${myhostname} ESMTP $(mail_name) $$5\n"
    "smtpd_timeout = 5m\n# comment\n  \n"
    "mynetworks = 127.0.0.0/8,\n\t[::1]/128 !10.0.0.1\n"
    "message_size_limit = 10M\nsoft_bounce = no\nmine = $smtpd_timeout\n";

constexpr std::string_view master_text =
    "smtp inet n - y - - smtpd -v\n  -o { a = b c } -o x=$y\n"
    "[::1]:10025 inet n - n 300? 0 smtpd\n"
    "uucp unix - n n - - pipe\n  flags=F argv=uux {a b} ($recipient)\n";

std::string mangled(std::string_view text, std::mt19937& random) {
    constexpr std::string_view bytes{"${}()=# \t\n\r!:/[]-?9z\0\x80", 22};
    return mangling::mangled(text, bytes, 6, random);
}

// How many of the mangled texts `load` refuses.
template <class Load>
int refused(std::string_view text, Load load) {
    std::mt19937 random(20);
    int count = 0;
    for (int round = 0; round < 1000; round++) {
        try {
            load(mangled(text, random));
        } catch (const config::Error& error) {
            EXPECT_FALSE(error.problems().empty());
            count++;
        }
    }
    return count;
}

void expect_some(int count) {
    EXPECT_GT(count, 50);
    EXPECT_LT(count, 1000);
}

TEST(Mangled, MainCf) {
    expect_some(refused(main_text, [](const std::string& text) {
        config::Settings::from(config::MainCf::parse(text, "main.cf"), "/etc/postfix");
    }));
}

TEST(Mangled, MasterCf) {
    expect_some(refused(
        master_text, [](const std::string& text) { config::MasterCf::parse(text, "master.cf"); }));
}

TEST(Mangled, Networks) {
    expect_some(refused("![2001:db8::]/32", [](const std::string& text) {
        config::Networks::parse({text}).contains("192.0.2.1");
    }));
}

}  // namespace
