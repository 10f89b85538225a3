// Wishes is a TlsDialogue for mail with a wish of its own: that there be TLS on all its way, or
// that TLS be no obstacle.
#pragma once

#include "tests/unit/smtp/tls_dialogue.h"

namespace smtp_test {

using namespace dialogue;

using mail::TlsWish;

inline const Script able = {"C EHLO", "S 250-mx\r\n250 REQUIRETLS"};
inline const Script demanding = {"C MAIL FROM:<s@example.org> REQUIRETLS",
                                 "S 250 ok",
                                 "C RCPT",
                                 "S 250 ok",
                                 "C DATA",
                                 "S 354 go",
                                 "D",
                                 "S 250 taken"};
inline const Script quiet = {"C MAIL FROM:<s@example.org>",
                             "S 250 ok",
                             "C RCPT",
                             "S 250 ok",
                             "C DATA",
                             "S 354 go",
                             "D",
                             "S 250 taken"};

struct Wishes : TlsDialogue {
    static constexpr const char* second = "[two.example]";
    static constexpr const char* two = "[mx.example], [two.example]";
    // Of both, whose certificate names the first.
    static constexpr const char* both_secure = "secure}, {[two.example] = secure match=mx.example";

    Wishes() { names.a("two.example", "192.0.2.2"); }
    ipc::DeliveryRequest wishing(TlsWish wish, const std::string& nexthop = relay,
                                 bool configured = true) {
        ipc::DeliveryRequest made = request({"r@x.example"}, nexthop);
        made.configured = configured;
        made.tls_wish = wish;
        return made;
    }
    void demand(const std::string& nexthop = relay, bool configured = true) {
        send(one, wishing(TlsWish::required, nexthop, configured));
    }
    void policy(const std::string& tls, const std::string& requiretls) {
        more = "smtp_requiretls_policy = " + requiretls + "\n";
        level(tls);
    }
};

inline constexpr const char* taken = "sent 2.0.0 250 taken";
inline constexpr const char* not_offered =
    "bounced 5.7.30 REQUIRETLS demands support of it, which was not offered by host "
    "mx.example[192.0.2.1]";
inline constexpr const char* in_clear =
    "bounced 5.7.10 REQUIRETLS demands TLS, which was not offered by host mx.example[192.0.2.1]";

}  // namespace smtp_test
