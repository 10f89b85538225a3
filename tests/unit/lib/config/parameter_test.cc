#include "lib/config/parameter.h"

#include <gtest/gtest.h>

#include <set>

#include "lib/config/expand.h"
#include "lib/config/values.h"

namespace {

using config::Parameter;
using config::State;
using config::Type;

TEST(Parameters, HaveEachNameOnceAndSayWhatTheyMean) {
    std::string_view last;
    for (const Parameter* row : config::parameters()) {
        EXPECT_LT(last, row->name);
        last = row->name;
        EXPECT_FALSE(row->meaning.empty()) << row->name;
        EXPECT_TRUE(row->tolerated.empty() || row->state == State::risky ||
                    row->state == State::not_built)
            << row->name;
        EXPECT_LE(row->least, std::max<int64_t>(row->most, 1)) << row->name;
    }
}

TEST(Parameters, DefaultsFitTheirTypes) {
    for (const Parameter* row : config::parameters()) {
        std::string value(row->fallback);
        if (value.empty() && row->type == Type::text)
            continue;  // such as myhostname, which is computed
        if (value.find('$') != value.npos)
            continue;  // checked at each start
        EXPECT_EQ(config::value_problem(*row, value), std::nullopt) << row->name;
    }
}

// Older names, which hold where the newer one is not set.
const std::set<std::string> older = {"authorized_verp_clients",
                                     "fallback_relay",
                                     "lmtp_per_record_deadline",
                                     "postscreen_blacklist_action",
                                     "postscreen_dnsbl_ttl",
                                     "postscreen_dnsbl_whitelist_threshold",
                                     "postscreen_whitelist_interfaces",
                                     "smtp_per_record_deadline",
                                     "smtpd_client_connection_limit_exceptions",
                                     "smtpd_per_record_deadline",
                                     "tlsproxy_client_level",
                                     "tlsproxy_client_policy",
                                     "virtual_maps"};

TEST(Parameters, DefaultsReferToRows) {
    for (const Parameter* row : config::parameters()) {
        if (row->raw)
            continue;
        for (const std::string& name : config::references(row->fallback))
            EXPECT_TRUE(config::find_parameter(name) || older.contains(name))
                << row->name << " refers to " << name;
    }
}

TEST(Parameters, LmtpRowsFollowThoseOfSmtp) {
    size_t count = 0;
    for (const Parameter* row : config::parameters())
        count += row->name.starts_with("lmtp_");
    EXPECT_GT(count, 110u);
    auto smtp = config::find_parameter("smtp_discard_ehlo_keywords");
    auto lmtp = config::find_parameter("lmtp_discard_lhlo_keywords");
    ASSERT_TRUE(smtp && lmtp);
    EXPECT_EQ(smtp->meaning, lmtp->meaning);
    EXPECT_EQ(smtp->state, lmtp->state);
    EXPECT_EQ(config::find_parameter("lmtp_tls_key_file")->fallback, "$lmtp_tls_cert_file");
    EXPECT_EQ(config::find_parameter("lmtp_tls_secure_cert_match")->fallback, "nexthop");
    EXPECT_FALSE(config::find_parameter("lmtp_always_send_ehlo"));
}

TEST(Parameters, PerTransportNamesTakeTheGeneralRow) {
    auto found = config::find_parameter("x-y_destination_concurrency_limit");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->name, "x-y_destination_concurrency_limit");
    EXPECT_EQ(found->fallback, "$default_destination_concurrency_limit");
    EXPECT_EQ(found->type, Type::number);
    EXPECT_EQ(config::find_parameter("smtp_initial_destination_concurrency")->fallback,
              "$initial_destination_concurrency");
    EXPECT_FALSE(config::find_parameter("_destination_concurrency_limit"));
    EXPECT_FALSE(config::find_parameter("smtp_destination"));
    EXPECT_EQ(config::find_parameter("smtpd_recipient_limit")->fallback, "1000");
}

TEST(Parameters, EveryGeneralRowOfATransportExists) {
    for (const char* suffix :
         {"_delivery_slot_cost", "_delivery_slot_discount", "_delivery_slot_loan",
          "_destination_concurrency_failed_cohort_limit", "_destination_concurrency_limit",
          "_destination_concurrency_negative_feedback",
          "_destination_concurrency_positive_feedback", "_destination_rate_delay",
          "_destination_recipient_limit", "_extra_recipient_limit",
          "_initial_destination_concurrency", "_minimum_delivery_slots", "_recipient_limit",
          "_recipient_refill_delay", "_recipient_refill_limit", "_transport_rate_delay",
          "_time_limit"}) {
        auto found = config::find_parameter(std::string("other") + suffix);
        ASSERT_TRUE(found) << suffix;
        EXPECT_TRUE(config::find_parameter(found->fallback.substr(1))) << suffix;
    }
}

TEST(Parameters, FailoverHoldsForATransportUnlessForAll) {
    for (const Parameter* row : config::parameters()) {
        if (!row->name.starts_with("failover_"))
            continue;
        bool for_all = row->name == "failover_table_size" || row->name.starts_with("failover_snap");
        auto found = config::find_parameter("relay_" + std::string(row->name));
        ASSERT_EQ(found.has_value(), !for_all) << row->name;
        if (!found)
            continue;
        EXPECT_EQ(found->fallback, "$" + std::string(row->name));
        EXPECT_EQ(found->type, row->type) << row->name;
        EXPECT_EQ(found->fine_unit, row->fine_unit) << row->name;
    }
}

}  // namespace
