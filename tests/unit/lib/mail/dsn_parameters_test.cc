// Values of NOTIFY=, ORCPT= and ENVID=.
#include "lib/mail/dsn_parameters.h"

#include <gtest/gtest.h>

#include <string>

#include "lib/mail/envelope.h"

namespace mail {
namespace {

TEST(DsnParameters, Notify) {
    const std::pair<const char*, std::optional<uint32_t>> rows[] = {
        {"never", notify_never},
        {"SUCCESS,Failure", notify_success | notify_failure},
        {"delay", notify_delay},
        {"never,delay", std::nullopt},
        {"sometimes", std::nullopt},
        {"success,bogus", std::nullopt},
        {"", std::nullopt},
        {",", std::nullopt},
        {"success failure", std::nullopt},
    };
    for (const auto& [text, bits] : rows)
        EXPECT_EQ(parse_notify(text), bits) << text;
    EXPECT_EQ(parse_notify("success failure", ", "), notify_success | notify_failure);
}

TEST(DsnParameters, OrcptAndEnvid) {
    const std::pair<const char*, bool> orcpts[] = {
        {"rfc822;a@b", true}, {"rfc822;a+2Bb@c", true}, {"rfc822;a+b@c", false},
        {"rfc822;", false},   {";a@b", false},          {"a@b", false},
    };
    for (const auto& [text, valid] : orcpts)
        EXPECT_EQ(valid_orcpt(text), valid) << text;
    EXPECT_TRUE(valid_envid("id+2B17"));
    EXPECT_FALSE(valid_envid("id+1"));
    EXPECT_TRUE(valid_envid(std::string(100, 'x')));
    EXPECT_FALSE(valid_envid(std::string(101, 'x')));
}

}  // namespace
}  // namespace mail
