#include "lib/mail/envelope.h"

#include <string_view>

namespace mail {

namespace {

struct TextAttribute {
    std::string_view name;
    std::string Envelope::*member;
};

// Names are part of the spool's format: never reuse one for another meaning.
constexpr TextAttribute text_attributes[] = {
    {"queue_id", &Envelope::queue_id},       {"sender", &Envelope::sender},
    {"client_name", &Envelope::client_name}, {"client_address", &Envelope::client_address},
    {"client_port", &Envelope::client_port}, {"helo_name", &Envelope::helo_name},
    {"protocol", &Envelope::protocol},       {"message_id", &Envelope::message_id},
    {"dsn_envid", &Envelope::dsn_envid},     {"dsn_ret", &Envelope::dsn_ret},
    {"report_of", &Envelope::report_of},
};
constexpr std::string_view arrival_name = "arrival";    // i64, microseconds since 1970
constexpr std::string_view encoding_name = "encoding";  // u8
constexpr std::string_view tls_wish_name = "tls_wish";  // u8; left out as configured
constexpr size_t least_recipient = 4 + 4 + 4 + 4 + 4;   // length, two strings, notify, orcpt

std::string Envelope::*member_of(std::string_view name) {
    for (const auto& attribute : text_attributes)
        if (attribute.name == name)
            return attribute.member;
    return nullptr;
}

void read_attribute(Envelope& envelope, std::string_view name, std::string_view value) {
    if (auto member = member_of(name)) {
        envelope.*member = value;
    } else if (name == arrival_name) {
        envelope.arrival = base::WallTime(base::Duration(base::Decoder(value).i64()));
    } else if (name == encoding_name) {
        auto encoding = base::Decoder(value).u8();
        if (encoding > static_cast<uint8_t>(Encoding::eight_bit))
            throw base::DecodeError("unknown encoding");
        envelope.encoding = static_cast<Encoding>(encoding);
    } else if (name == tls_wish_name) {
        auto wish = base::Decoder(value).u8();
        if (wish > static_cast<uint8_t>(TlsWish::required))
            throw base::DecodeError("unknown wish for TLS");
        envelope.tls_wish = static_cast<TlsWish>(wish);
    } else {
        envelope.more.emplace(name, value);
    }
}

// Each behind its length, so that a later version may append to it.
void encode_recipient(base::Encoder& out, const Recipient& recipient) {
    size_t length = least_recipient - 4 + recipient.address.size() + recipient.original.size() +
                    recipient.orcpt.size();
    out.u32(static_cast<uint32_t>(length)).string(recipient.address).string(recipient.original);
    out.u32(recipient.notify).string(recipient.orcpt);
}

Recipient decode_recipient(std::string_view bytes) {
    base::Decoder in(bytes);
    Recipient recipient;
    recipient.address = in.string();
    recipient.original = in.string();
    recipient.notify = in.u32();
    recipient.orcpt = in.string();
    return recipient;
}

}  // namespace

std::string Envelope::note(std::string_view name) const {
    auto found = more.find(name);
    return found == more.end() ? std::string() : found->second;
}

void Envelope::encode(base::Encoder& out) const {
    bool wishes = tls_wish != TlsWish::as_configured;
    uint32_t count = 2 + wishes + static_cast<uint32_t>(more.size());
    for (const auto& attribute : text_attributes)
        count += !(this->*attribute.member).empty();
    out.u32(count);
    for (const auto& attribute : text_attributes)
        if (const std::string& value = this->*attribute.member; !value.empty())
            out.string(attribute.name).string(value);
    out.string(arrival_name).u32(8).i64(arrival.time_since_epoch().count());
    out.string(encoding_name).u32(1).u8(static_cast<uint8_t>(encoding));
    if (wishes)
        out.string(tls_wish_name).u32(1).u8(static_cast<uint8_t>(tls_wish));
    for (const auto& [name, value] : more)
        out.string(name).string(value);
    out.u32(static_cast<uint32_t>(recipients.size()));
    for (const auto& recipient : recipients)
        encode_recipient(out, recipient);
}

Envelope Envelope::decode(base::Decoder& in) {
    Envelope envelope;
    for (uint32_t left = in.u32(); left > 0; --left) {
        auto name = in.string();
        auto value = in.string();
        read_attribute(envelope, name, value);
    }
    uint32_t count = in.u32();
    if (count > in.left() / least_recipient)
        throw base::DecodeError("more recipients than bytes");
    envelope.recipients.reserve(count);
    for (; count > 0; --count)
        envelope.recipients.push_back(decode_recipient(in.string()));
    return envelope;
}

}  // namespace mail
