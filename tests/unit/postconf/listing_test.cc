#include "postconf/listing.h"

#include <gtest/gtest.h>

namespace {

using postconf::Listing;
using postconf::Request;

Listing list(const Request& request) {
    return postconf::list_parameters(
        config::MainCf::parse("myhostname = mx.example.org\nstray = 1\nmine = 5\n"
                              "smtpd_timeout = ${mine}s\nrelay_destination_recipient_limit = 2\n",
                              "main.cf"),
        "/etc/x", request);
}

Request of(std::vector<std::string> names) {
    Request request;
    request.names = std::move(names);
    return request;
}

TEST(PostconfListing, OnlySet) {
    Request request;
    request.only_set = true;
    EXPECT_EQ(list(request).lines,
              "config_directory = /etc/x\nmine = 5\nmyhostname = mx.example.org\n"
              "relay_destination_recipient_limit = 2\nsmtpd_timeout = ${mine}s\n");
    request.overrides = {{"myhostname", "a.b"}, {"soft_bounce", "yes"}};
    request.names = {"soft_bounce", "myhostname", "mydomain"};
    EXPECT_EQ(list(request).lines, "soft_bounce = yes\nmyhostname = a.b\n");
}

TEST(PostconfListing, NamesInTheOrderAskedFor) {
    EXPECT_EQ(list(of({"smtpd_timeout", "mydomain", "mine", "smtpd_banner"})).lines,
              "smtpd_timeout = ${mine}s\nmydomain = example.org\nmine = 5\n"
              "smtpd_banner = $myhostname ESMTP $mail_name\n");
}

TEST(PostconfListing, Expanded) {
    Request request = of({"smtpd_timeout", "smtpd_banner", "smtp_destination_recipient_limit"});
    request.expanded = true;
    request.with_names = false;
    EXPECT_EQ(list(request).lines, "5s\nmx.example.org ESMTP Postfix\n50\n");
}

TEST(PostconfListing, UnknownNamesAreNotListed) {
    Listing listing = list(of({"nosuch", "stray", "mine"}));
    EXPECT_EQ(listing.lines, "mine = 5\n");
    EXPECT_EQ(listing.warnings,
              (std::vector<std::string>{"nosuch: unknown parameter", "stray: unknown parameter"}));
}

TEST(PostconfListing, DefaultsIgnoreMainCf) {
    Request request = of({"smtpd_timeout", "relay_destination_recipient_limit"});
    request.defaults = true;
    request.overrides = {{"smtpd_timeout", "1s"}};
    EXPECT_EQ(list(request).lines,
              "smtpd_timeout = ${stress?{10}:{300}}s\n"
              "relay_destination_recipient_limit = $default_destination_recipient_limit\n");
    request.names = {};
    request.with_values = false;
    std::string all = list(request).lines;
    EXPECT_NE(all.find("\nsmtpd_banner\n"), std::string::npos);
    EXPECT_EQ(all.find("mine"), std::string::npos);
}

}  // namespace
