#include "postconf/listing.h"

#include <gtest/gtest.h>

#include "postconf/master_listing.h"

namespace {

using postconf::Listing;
using postconf::Options;

const char* main_text =
    "myhostname = mx.example.org\nstray = 1\nmine = 5\n"
    "smtpd_timeout = ${mine}s\nrelay_destination_recipient_limit = 2\n";
const char* master_text =
    "smtp inet n - - - - smtpd -o mine=7 -o { smtpd_banner = $mine of $service_name }\n"
    "relay unix - - - - - smtp\npolicy unix - n n - - spawn argv=/bin/true\n";

Options of(const std::string& letters, std::vector<std::string> names = {}) {
    Options options;
    options.letters = letters;
    options.directory = "/etc/x";
    options.directory_given = true;
    options.arguments = std::move(names);
    options.style = {!options.has('h'), !options.has('H'), options.has('f')};
    return options;
}

config::MainCf main_cf() {
    return config::MainCf::parse(main_text, "main.cf");
}

std::vector<config::ServiceEntry> services() {
    return config::MasterCf::parse(master_text, "master.cf").entries();
}

Listing list(const Options& options) {
    return postconf::list_parameters(main_cf(), services(), options);
}

TEST(PostconfListing, OnlySet) {
    Options options = of("n");
    EXPECT_EQ(list(options).lines,
              "config_directory = /etc/x\nmine = 5\nmyhostname = mx.example.org\n"
              "relay_destination_recipient_limit = 2\nsmtpd_timeout = ${mine}s\n");
    options.overrides = {{"myhostname", "a.b"}, {"soft_bounce", "yes"}};
    options.arguments = {"soft_bounce", "myhostname", "mydomain"};
    EXPECT_EQ(list(options).lines, "soft_bounce = yes\nmyhostname = a.b\n");
}

TEST(PostconfListing, NamesInTheOrderAskedFor) {
    EXPECT_EQ(list(of("", {"smtpd_timeout", "mydomain", "mine", "smtpd_banner"})).lines,
              "smtpd_timeout = ${mine}s\nmydomain = example.org\nmine = 5\n"
              "smtpd_banner = $myhostname ESMTP $mail_name\n");
}

TEST(PostconfListing, Expanded) {
    EXPECT_EQ(
        list(of("xh", {"smtpd_timeout", "smtpd_banner", "relay_destination_rate_delay"})).lines,
        "5s\nmx.example.org ESMTP Postfix\n0s\n");
}

TEST(PostconfListing, ClassesChooseNames) {
    Options options = of("nH");
    options.classes = {"user"};
    EXPECT_EQ(list(options).lines, "mine\n");
    options.classes = {"service", "user"};
    EXPECT_EQ(list(options).lines, "mine\nrelay_destination_recipient_limit\n");
}

TEST(PostconfListing, UnknownNamesAreNotListed) {
    Listing listing = list(of("", {"nosuch", "stray", "mine", "smtp_transport_rate_delay"}));
    EXPECT_EQ(listing.lines, "mine = 5\n");
    EXPECT_EQ(listing.warnings,
              (std::vector<std::string>{"nosuch: unknown parameter", "stray: unknown parameter",
                                        "smtp_transport_rate_delay: unknown parameter"}));
}

TEST(PostconfListing, DefaultsIgnoreMainCf) {
    Options options =
        of("d", {"smtpd_timeout", "relay_destination_recipient_limit", "policy_time_limit"});
    options.overrides = {{"smtpd_timeout", "1s"}};
    EXPECT_EQ(list(options).lines,
              "smtpd_timeout = ${stress?{10}:{300}}s\n"
              "relay_destination_recipient_limit = $default_destination_recipient_limit\n"
              "policy_time_limit = $command_time_limit\n");
    std::string all = list(of("dH")).lines;
    EXPECT_NE(all.find("\nsmtpd_banner\n"), std::string::npos);
    EXPECT_NE(all.find("\nlmtp_tls_policy_maps\n"), std::string::npos);
    EXPECT_EQ(all.find("mine"), std::string::npos);
}

TEST(PostconfListing, WarnsOfWhatNothingUses) {
    config::MainCf main = config::MainCf::parse(
        "a = $b\nc = $a\nsmtpd_banner = $c\nd = 1\n"
        "smtpd_restriction_classes = k\nk = reject\n"
        "virtual_alias_maps = proxy:ldap:corp\n"
        "corp_bind = no\ncorps_bind = no\nvirtual_maps =\n",
        "main.cf");
    EXPECT_EQ(postconf::setting_warnings(main, {}, of("")),
              (std::vector<std::string>{"/etc/x/main.cf: undefined parameter: b",
                                        "/etc/x/main.cf: unused parameter: corps_bind=no",
                                        "/etc/x/main.cf: unused parameter: d=1"}));
}

Listing services_of(const std::string& letters, postconf::Subject subject,
                    std::vector<std::string> requests = {}) {
    Options options = of(letters, std::move(requests));
    options.subject = subject;
    return postconf::list_services(master_text, main_cf(), options);
}

TEST(PostconfServices, AsLines) {
    EXPECT_EQ(services_of("M", postconf::Subject::services, {"smtp/inet", "*/unix"}).lines,
              "smtp       inet  n       -       -       -       -       smtpd -o mine=7 -o "
              "{smtpd_banner=$mine of $service_name}\n"
              "relay      unix  -       -       -       -       -       smtp\n"
              "policy     unix  -       n       n       -       -       spawn argv=/bin/true\n");
    EXPECT_EQ(services_of("Mfx", postconf::Subject::services, {"smtp"}).lines,
              "smtp       inet  n       -       -       -       -       smtpd\n"
              "    -o mine=7\n    -o {smtpd_banner=7 of smtp}\n");
}

TEST(PostconfServices, FieldsAndParameters) {
    EXPECT_EQ(services_of("F", postconf::Subject::fields, {"policy/unix/chroot", "*/*/type"}).lines,
              "policy/unix/chroot = n\nsmtp/inet/type = inet\nrelay/unix/type = unix\n"
              "policy/unix/type = unix\n");
    EXPECT_EQ(services_of("Ffx", postconf::Subject::fields, {"smtp/inet/command"}).lines,
              "smtp/inet/command = smtpd\n    -o mine=7\n    -o {smtpd_banner=7 of smtp}\n");
    EXPECT_EQ(services_of("P", postconf::Subject::parameters).lines,
              "smtp/inet/mine = 7\nsmtp/inet/smtpd_banner = $mine of $service_name\n");
    EXPECT_EQ(services_of("Px", postconf::Subject::parameters, {"*/*/smtpd_banner"}).lines,
              "smtp/inet/smtpd_banner = 7 of smtp\n");
    EXPECT_EQ(services_of("P", postconf::Subject::parameters, {"x/y/z"}).warnings,
              std::vector<std::string>{"unmatched request: \"x/y/z\""});
}

TEST(PostconfServices, RequestsHaveSoManyParts) {
    const std::pair<postconf::Subject, const char*> bad[] = {
        {postconf::Subject::services, "a/b/c"},
        {postconf::Subject::services, ""},
        {postconf::Subject::fields, "a/b/c/d"},
        {postconf::Subject::fields, "/b"},
        {postconf::Subject::parameters, "a/b/c/d"}};
    for (const auto& [subject, request] : bad)
        EXPECT_THROW(services_of("", subject, {request}), config::Error) << request;
}

}  // namespace
