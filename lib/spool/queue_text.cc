#include "lib/spool/queue_text.h"

#include <cstdio>
#include <ctime>

#include "lib/base/text.h"

namespace spool {

namespace {

constexpr size_t reason_width = 76;
constexpr size_t address_column = 41;
constexpr size_t long_address_column = 47;

// Length of the UTF-8 sequence at the start of `text`, 0 where there is none (RFC 3629).
size_t utf8_length(std::string_view text) {
    auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
    unsigned char lead = byte(0);
    if (lead < 0x80)
        return 1;
    size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < length)
        return 0;
    for (size_t i = 1; i < length; ++i)
        if ((byte(i) & 0xc0) != 0x80)
            return 0;
    if ((lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xed && byte(1) > 0x9f) ||
        (lead == 0xf0 && byte(1) < 0x90) || (lead == 0xf4 && byte(1) > 0x8f))
        return 0;
    return length;
}

std::string padded_right(std::string text, size_t width) {
    if (text.size() < width)
        text.append(width - text.size(), ' ');
    return text;
}

std::string padded_left(const std::string& text, size_t width) {
    return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

// "Sun Nov 22 17:59:52", the first 19 characters of ctime().
std::string time_text(base::WallTime when) {
    auto seconds = std::chrono::floor<std::chrono::seconds>(when.time_since_epoch()).count();
    std::time_t t = seconds;
    std::tm parts{};
    ::localtime_r(&t, &parts);
    char text[64];
    size_t n = std::strftime(text, sizeof text, "%a %b %e %H:%M:%S", &parts);
    return std::string(text, n);
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (char c : printable_utf8(text)) {
        if (c == '"' || c == '\\')
            out.push_back('\\');
        out.push_back(c);
    }
    out.push_back('"');
    return out;
}

}  // namespace

std::string printable_utf8(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        size_t n = utf8_length(text);
        bool control = n == 1 && (text[0] < ' ' || text[0] == 0x7f);
        if (n == 0 || control)
            out.push_back('?');
        else
            out.append(text.substr(0, n));
        text.remove_prefix(std::max<size_t>(n, 1));
    }
    return out;
}

std::string QueueTable::message(const ListedMessage& message) {
    std::string out;
    if (messages_++ == 0)
        out = long_ids_
                  ? "----Queue ID----- --Size-- ---Arrival Time---- --Sender/Recipient------\n"
                  : "-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------\n";
    bytes_ += message.size;
    std::string id = message.id;
    if (message.queue == "active")
        id.push_back('*');
    if (message.queue == "hold")
        id.push_back('!');
    if (message.forced_expire)
        id.push_back('#');
    base::append(out, padded_right(id, long_ids_ ? 17 : 11), ' ',
                 padded_left(base::text(message.size), long_ids_ ? 8 : 7), ' ',
                 time_text(message.arrival), long_ids_ ? " " : "  ", printable_utf8(message.sender),
                 '\n');
    std::string said;
    for (const ListedRecipient& to : message.recipients) {
        if (to.reason != said) {
            said = to.reason;
            std::string reason = said.empty() ? "reason unavailable" : printable_utf8(said);
            base::append(out, padded_left(base::text('(', reason, ')'), reason_width + 2), '\n');
        }
        base::append(out, std::string(long_ids_ ? long_address_column : address_column, ' '),
                     printable_utf8(to.address), '\n');
    }
    out.push_back('\n');
    return out;
}

std::string QueueTable::end() const {
    if (messages_ == 0)
        return "Mail queue is empty\n";
    return base::text("-- ", bytes_ / 1024, " Kbytes in ", messages_,
                      messages_ == 1 ? " Request.\n" : " Requests.\n");
}

std::string json_line(const ListedMessage& message) {
    auto seconds =
        std::chrono::floor<std::chrono::seconds>(message.arrival.time_since_epoch()).count();
    std::string out = base::text(
        "{\"queue_name\": ", quoted(message.queue), ", \"queue_id\": ", quoted(message.id),
        ", \"arrival_time\": ", seconds, ", \"message_size\": ", message.size,
        ", \"forced_expire\": ", message.forced_expire ? "true" : "false",
        ", \"sender\": ", quoted(message.sender), ", \"recipients\": [");
    for (size_t i = 0; i < message.recipients.size(); ++i) {
        const ListedRecipient& to = message.recipients[i];
        base::append(out, i ? ", " : "", "{\"address\": ", quoted(to.address));
        if (!to.reason.empty())
            base::append(out, ", \"delay_reason\": ", quoted(to.reason));
        out.push_back('}');
    }
    return out + "]}\n";
}

}  // namespace spool
