#include "lib/config/lmtp_rows.h"

#include <algorithm>
#include <deque>
#include <string>
#include <vector>

namespace config {
namespace {

struct Difference {
    Text smtp;
    Text lmtp;
};

// Where "lmtp_" in place of "smtp_" is not the name.
constexpr Difference names[] = {
    {"smtp_helo_name", "lmtp_lhlo_name"},
    {"smtp_helo_timeout", "lmtp_lhlo_timeout"},
    {"smtp_discard_ehlo_keywords", "lmtp_discard_lhlo_keywords"},
    {"smtp_discard_ehlo_keyword_address_maps", "lmtp_discard_lhlo_keyword_address_maps"},
};

// Where the default is another.
constexpr Difference defaults[] = {
    {"smtp_connect_timeout", "0s"},
    {"smtp_fallback_relay", ""},
    {"smtp_requiretls_policy", "opportunistic"},
    {"smtp_skip_quit_response", "no"},
    {"smtp_tcp_port", "24"},
    {"smtp_tls_secure_cert_match", "nexthop"},
    {"smtp_tls_security_level", ""},
};

// What LMTP has no use for.
constexpr Text smtp_only[] = {
    "smtp_always_send_ehlo", "smtp_never_send_ehlo",
    "smtp_srv_lookup",       "smtp_tls_dane_insecure_mx_policy",
    "smtp_try_null_mx_list", "smtp_worker_processes",
};

const Difference* difference(std::span<const Difference> differences, Text smtp) {
    for (const Difference& each : differences)
        if (each.smtp == smtp)
            return &each;
    return nullptr;
}

// `text` with "$smtp_" and "${smtp_" made those of LMTP.
std::string of_lmtp(Text text) {
    std::string out(text);
    for (Text start : {"$smtp_", "${smtp_"})
        for (size_t at = 0; (at = out.find(start, at)) != out.npos; at += start.size())
            out[at + start.size() - 5] = 'l';
    return out;
}

struct LmtpRows {
    std::deque<std::string> texts;  // what the rows point into
    std::vector<Parameter> rows;

    Text keep(std::string text) { return texts.emplace_back(std::move(text)); }

    void add(Parameter row) {
        Text smtp = row.name;
        const Difference* other_name = difference(names, smtp);
        const Difference* other_default = difference(defaults, smtp);
        row.name = other_name ? other_name->lmtp : keep("l" + std::string(smtp.substr(1)));
        row.fallback = other_default ? other_default->lmtp : keep(of_lmtp(row.fallback));
        rows.push_back(row);
    }
};

LmtpRows build() {
    LmtpRows lmtp;
    for (Rows rows : {smtp_rows(), process_rows(), servers_rows(), sasl_rows(), tls_client_rows()})
        for (const Parameter& row : rows)
            if (row.name.starts_with("smtp_") &&
                std::find(std::begin(smtp_only), std::end(smtp_only), row.name) ==
                    std::end(smtp_only))
                lmtp.add(row);
    return lmtp;
}

}  // namespace

Rows lmtp_rows() {
    static const LmtpRows lmtp = build();
    return lmtp.rows;
}

}  // namespace config
