// The envelope's encoding: nothing is lost, nothing damaged is believed.
#include <gtest/gtest.h>

#include "lib/mail/envelope.h"

namespace {

mail::Envelope sample() {
    mail::Envelope envelope;
    envelope.queue_id = "3F2A11B2C4";
    envelope.arrival = base::WallTime(base::Duration(1'700'000'000'123'456));
    envelope.sender = "\"a b\"@example.com";
    envelope.recipients = {{"x@example.com", "", 0, ""},
                           {"y@example.com", "Y", mail::notify_never, "rfc822;y"}};
    envelope.encoding = mail::Encoding::eight_bit;
    envelope.tls_wish = mail::TlsWish::required;
    envelope.client_name = "unknown";
    envelope.client_address = "192.0.2.1";
    envelope.client_port = "4711";
    envelope.helo_name = "h";
    envelope.protocol = "ESMTP";
    envelope.message_id = "<m@x>";
    envelope.report_of = "ABC";
    envelope.more = {{"of_a_newer_version", "kept"}};
    return envelope;
}

std::string encoded(const mail::Envelope& envelope) {
    base::Encoder out;
    envelope.encode(out);
    return out.take();
}

TEST(MailEnvelope, SurvivesEncoding) {
    std::string bytes = encoded(sample());
    base::Decoder in(bytes);
    EXPECT_EQ(mail::Envelope::decode(in), sample());
    EXPECT_TRUE(in.empty());
    std::string none = encoded(mail::Envelope());
    base::Decoder empty(none);
    EXPECT_EQ(mail::Envelope::decode(empty), mail::Envelope());
}

TEST(MailEnvelope, EveryCutIsAnError) {
    std::string bytes = encoded(sample());
    for (size_t n = 0; n < bytes.size(); ++n) {
        base::Decoder in(std::string_view(bytes).substr(0, n));
        EXPECT_THROW(mail::Envelope::decode(in), base::DecodeError) << n;
    }
}

TEST(MailEnvelope, EveryChangedByteIsReadOrRefused) {
    std::string bytes = encoded(sample());
    for (size_t n = 0; n < bytes.size(); ++n) {
        std::string changed = bytes;
        changed[n] = static_cast<char>(0xff);
        base::Decoder in(changed);
        try {
            mail::Envelope::decode(in);
        } catch (const base::DecodeError&) {
        }
    }
}

}  // namespace
