#include "lib/spool/queue_envelope.h"

#include <array>

#include "lib/base/text.h"
#include "lib/mail/address.h"
#include "lib/mail/xtext.h"

namespace spool {

namespace {

struct Member {
    std::string_view name;
    std::string mail::Envelope::*member;
};

constexpr std::array<Member, 7> members{{
    {"client_name", &mail::Envelope::client_name},
    {"client_address", &mail::Envelope::client_address},
    {"client_port", &mail::Envelope::client_port},
    {"helo_name", &mail::Envelope::helo_name},
    {"protocol_name", &mail::Envelope::protocol},
    {"posthaste_message_id", &mail::Envelope::message_id},
    {"posthaste_report_of", &mail::Envelope::report_of},
}};

// Records that are kept in `more` but have a type of their own.
struct Typed {
    char type;
    std::string_view name;
};
constexpr std::array<Typed, 3> typed{{
    {record::full_name, "full_name"},
    {record::filter, "content_filter"},
    {record::redirect, "redirect_to"},
}};

constexpr std::string_view ret_full = "1";
constexpr std::string_view ret_headers = "2";

std::string as_xtext(std::string_view plain) {
    return mail::xtext(plain);
}

std::string as_plain(const std::string& encoded) {
    return mail::from_xtext(encoded).value_or(encoded);
}

base::WallTime time_of(std::string_view text) {
    auto parts = base::split(text, " ");
    auto seconds = parts.empty() ? std::nullopt : base::number<int64_t>(parts[0]);
    auto micros = parts.size() > 1 ? base::number<int64_t>(parts[1]) : int64_t{0};
    constexpr int64_t most = int64_t{1} << 40;
    if (!seconds || !micros || *seconds < 0 || *seconds > most || *micros < 0 || *micros > 999999)
        throw BadContent("bad arrival time");
    return base::WallTime(std::chrono::seconds(*seconds) + base::Duration(*micros));
}

std::string ret_of(std::string_view flags) {
    return flags == ret_full ? "FULL" : flags == ret_headers ? "HDRS" : "";
}

// Bits that are not known here wait in `more`.
void take_options(mail::Envelope& envelope, std::string_view value) {
    uint32_t bits = base::number<uint32_t>(value).value_or(0);
    if (bits & send_options::tls_required)
        envelope.tls_wish = mail::TlsWish::required;
    else if (bits & send_options::tls_optional)
        envelope.tls_wish = mail::TlsWish::optional;
    if (uint32_t others = bits & ~(send_options::tls_optional | send_options::tls_required))
        envelope.more[std::string(send_options::name)] = base::text(others);
}

std::string options_of(const mail::Envelope& envelope) {
    uint32_t bits = base::number<uint32_t>(envelope.note(send_options::name)).value_or(0);
    if (envelope.tls_wish == mail::TlsWish::required)
        bits |= send_options::tls_required;
    if (envelope.tls_wish == mail::TlsWish::optional)
        bits |= send_options::tls_optional;
    return bits == 0 ? "" : base::text(bits);
}

void append_attribute(std::string& out, std::string_view name, std::string_view value) {
    if (!value.empty())
        append_record(out, record::attribute, base::text(name, '=', value));
}

void append_more(std::string& out, const mail::Envelope& envelope) {
    for (const auto& [name, value] : envelope.more) {
        char type = 0;
        for (const Typed& t : typed)
            if (t.name == name)
                type = t.type;
        if (type)
            append_record(out, type, value);
        else if (name != send_options::name)
            append_record(out, record::attribute, base::text(name, '=', value));
    }
}

}  // namespace

std::string without_quotes(std::string_view external) {
    auto mailbox = mail::Mailbox::parse(external);
    if (!mailbox)
        return std::string(external);
    if (mailbox->domain.empty())
        return mailbox->local;
    return base::text(mailbox->local, '@', mailbox->domain);
}

std::string with_quotes(std::string_view internal) {
    if (internal.empty())
        return {};
    size_t at = internal.rfind('@');
    mail::Mailbox mailbox;
    mailbox.local = internal.substr(0, at);
    if (at != internal.npos)
        mailbox.domain = internal.substr(at + 1);
    return mailbox.external();
}

void EnvelopeReader::take(const QueueRecord& record) {
    switch (record.type) {
        case record::size: {
            auto fields = base::split(record.data, " ");
            content_bytes_ = fields.empty() ? std::nullopt : base::number<uint64_t>(fields[0]);
            return;
        }
        case record::time:
            file_.envelope.arrival = time_of(record.data);
            has_time_ = true;
            return;
        case record::attribute:
            return take_attribute(record.data);
        case record::sender:
            file_.envelope.sender = with_quotes(record.data);
            has_sender_ = true;
            return;
        case record::original:
            next_.original = with_quotes(record.data);
            return;
        case record::recipient:
        case record::done:
        case record::cancelled:
            return take_recipient(record);
        case record::dsn_envid:
            return take_attribute("envelope_id=" + record.data);
        case record::dsn_ret:
            return take_attribute("ret_flags=" + record.data);
        case record::dsn_orcpt:
            return take_attribute("dsn_orig_rcpt=" + record.data);
        case record::dsn_notify:
            return take_attribute("notify_flags=" + record.data);
        default:
            for (const Typed& t : typed)
                if (t.type == record.type)
                    file_.envelope.more[std::string(t.name)] = record.data;
    }
}

bool EnvelopeReader::take_own(std::string_view text) {
    if (text.starts_with(size_attribute)) {
        if (auto size = base::number<uint64_t>(text.substr(size_attribute.size()))) {
            file_.size = *size;
            file_.size_is_exact = true;
        }
        return true;
    }
    if (text.starts_with(dots_attribute)) {
        file_.has_leading_dots = text.substr(dots_attribute.size()) != "0";
        return true;
    }
    return text.starts_with(check_attribute);
}

void EnvelopeReader::take_attribute(std::string_view text) {
    if (take_own(text))
        return;
    size_t equals = text.find('=');
    if (equals == text.npos || equals == 0)
        throw BadContent("attribute without a name");
    std::string_view name = text.substr(0, equals);
    std::string_view value = text.substr(equals + 1);
    mail::Envelope& envelope = file_.envelope;
    for (const Member& m : members)
        if (m.name == name) {
            envelope.*m.member = value;
            return;
        }
    if (name == "encoding")
        envelope.encoding = value == "8bit" ? mail::Encoding::eight_bit : mail::Encoding::seven_bit;
    else if (name == "envelope_id")
        envelope.dsn_envid = as_xtext(value);
    else if (name == "ret_flags")
        envelope.dsn_ret = ret_of(value);
    else if (name == send_options::name)
        take_options(envelope, value);
    else if (name == "notify_flags")
        next_.notify = base::number<uint32_t>(value).value_or(0);
    else if (name == "dsn_orig_rcpt")
        next_.orcpt = as_xtext(value);
    else if (name != "create_time")
        envelope.more[std::string(name)] = value;
}

void EnvelopeReader::take_recipient(const QueueRecord& record) {
    next_.address = with_quotes(record.data);
    if (next_.original == next_.address)
        next_.original.clear();
    file_.envelope.recipients.push_back(std::move(next_));
    next_ = {};
    file_.places.push_back({record.offset, record.type != record::recipient});
}

QueueFile EnvelopeReader::finish() {
    if (!has_time_ || !has_sender_)
        throw BadContent(has_time_ ? "no sender" : "no arrival time");
    if (!file_.size_is_exact)
        file_.size = content_bytes_.value_or(0);
    return std::move(file_);
}

std::vector<RecipientPlace> append_envelope(std::string& out, uint64_t at,
                                            const mail::Envelope& envelope,
                                            const std::vector<bool>& done) {
    size_t before = out.size();
    int64_t micros = envelope.arrival.time_since_epoch().count();
    append_record(out, record::time, base::text(micros / 1000000, ' ', micros % 1000000));
    append_attribute(out, "create_time", base::text(micros / 1000000));
    append_attribute(out, "envelope_id", as_plain(envelope.dsn_envid));
    if (!envelope.dsn_ret.empty())
        append_attribute(out, "ret_flags", envelope.dsn_ret == "FULL" ? ret_full : ret_headers);
    append_record(out, record::sender, without_quotes(envelope.sender));
    append_attribute(out, "encoding",
                     envelope.encoding == mail::Encoding::eight_bit ? "8bit" : "7bit");
    for (const Member& m : members)
        append_attribute(out, m.name, envelope.*m.member);
    append_attribute(out, send_options::name, options_of(envelope));
    append_more(out, envelope);

    std::vector<RecipientPlace> places;
    for (size_t i = 0; i < envelope.recipients.size(); ++i) {
        const mail::Recipient& to = envelope.recipients[i];
        bool over = i < done.size() && done[i];
        if (to.notify)
            append_attribute(out, "notify_flags", base::text(to.notify));
        append_attribute(out, "dsn_orig_rcpt", as_plain(to.orcpt));
        append_record(out, record::original,
                      without_quotes(to.original.empty() ? to.address : to.original));
        places.push_back({at + out.size() - before, over});
        append_record(out, record::recipient, without_quotes(to.address));
    }
    return places;
}

std::string size_record(uint64_t content_bytes, uint64_t content_offset, size_t recipients) {
    constexpr size_t width = 15;
    std::string data;
    for (uint64_t field : {content_bytes, content_offset, uint64_t{recipients}, uint64_t{0},
                           content_bytes, uint64_t{0}}) {
        std::string digits = base::text(field);
        if (!data.empty())
            data.push_back(' ');
        data.append(width - std::min(width, digits.size()), ' ').append(digits);
    }
    std::string out;
    append_record(out, record::size, data);
    return out;
}

}  // namespace spool
