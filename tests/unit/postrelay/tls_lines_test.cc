// What people read of TLS: the policy of a place, and what a probe told.
#include "postrelay/tls_lines.h"

#include <gtest/gtest.h>

namespace postrelay {
namespace {

using Lines = std::vector<std::string>;

Lines told(std::string_view text) {
    std::optional<base::Json> json = base::Json::parse(text);
    EXPECT_TRUE(json) << text;
    return json ? session_lines(*json) : Lines();
}

TEST(PostrelayTls, AProbeIsToldFromPolicyToChain) {
    EXPECT_EQ(
        told(
            R"({"tls_policy":{"level":"dane","from":"main.cf","match":["mx.example","x.example"]},)"
            R"("dnssec":{"host_secure":true,"tlsa_lookup":[{"ask":"_25._tcp.mx.example",)"
            R"("type":"TLSA","records":["3 1 1 12ab"],"secure":true}]},)"
            R"("tls":{"protocol":"TLSv1.3","cipher":"C","status":"Verified","tlsa_match":"3 1 1",)"
            R"("server_name":"mx.example","chain":[{"subject":"/CN=mx","issuer":"/CN=ca",)"
            R"("key":"EC","from":"2026","until":"2027","names":["mx.example"]}]},)"
            R"("login":{"user":"u","proof":"password","from":"table t, key k"}})"),
        (Lines{"TLS level dane (main.cf); matches mx.example, x.example",
               "DNSSEC: address secure; TLSA _25._tcp.mx.example: 3 1 1 12ab (secure)",
               "TLSv1.3 with C: Verified, the TLSA record 3 1 1 matches; asked for mx.example",
               "certificate: /CN=mx by /CN=ca, EC, from 2026 until 2027, for mx.example",
               "login: u with a password (table t, key k)"}));
}

TEST(PostrelayTls, WhatIsWrongIsSaid) {
    EXPECT_EQ(told(R"({"tls_policy":{"level":"verify"},"tls":{"protocol":"TLSv1.2","cipher":"C",)"
                   R"("status":"Untrusted","problem":"self-signed certificate"}})"),
              (Lines{"TLS level verify", "TLSv1.2 with C: Untrusted, self-signed certificate"}));
    EXPECT_EQ(
        told(R"({"tls_policy":{"level":"dane"},"dnssec":{"host_secure":false,"tlsa_lookup":)"
             R"([{"ask":"x","type":"TLSA","reason":"no such host"}]}})"),
        (Lines{"TLS level dane", "DNSSEC: address insecure; TLSA x: no such host (insecure)"}));
}

TEST(PostrelayTls, WithoutTlsThereIsNothingToTell) {
    for (const char* none : {"{}", R"({"tls_policy":{"level":"none"}})", R"({"tls":3})"})
        EXPECT_EQ(told(none), Lines()) << none;
}

TEST(PostrelayTls, APlaceHasItsPolicyAndRecords) {
    PlaceTls tls;
    tls.found.policy.level = nexthop::TlsLevel::dane_only;
    tls.found.policy.source.text = "table t, key k";
    EXPECT_EQ(tls_text(tls), "dane-only (table t, key k)");
    tls.found.policy.wrapped = true;
    EXPECT_EQ(tls_text(tls), "dane-only from the first byte (table t, key k)");
    tls.found.trouble = "what is wrong";
    tls.found.reason = "no TLSA records found";
    EXPECT_EQ(tls_text(tls), "no delivery now: no TLSA records found (what is wrong)");
    dns::Answer answer;
    answer.reason = "not there";
    tls.asked.steps.push_back(nexthop::LookupTrace::Question{"_25._tcp.x", "TLSA", answer});
    EXPECT_EQ(tlsa_lines(tls), Lines{"TLSA _25._tcp.x: not there (insecure)"});
    base::Json json = tls_json(tls);
    EXPECT_EQ(json.text_at("level"), "dane-only");
    EXPECT_EQ(json.list_at("tlsa"), tlsa_lines(tls));
    EXPECT_EQ(json.text_at("trouble"), "what is wrong");
}

}  // namespace
}  // namespace postrelay
