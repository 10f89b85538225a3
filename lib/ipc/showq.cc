#include "lib/ipc/showq.h"

#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "lib/base/error.h"
#include "lib/base/text.h"

namespace ipc {

namespace {

constexpr std::string_view protocol = "mail_queue_list_protocol";
constexpr size_t longest_field = 1 << 20;

void put(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).push_back('\0');
    for (char c : value)
        out.push_back(c ? c : ' ');
    out.push_back('\0');
}

uint64_t number(const std::string& value) {
    auto n = base::number<uint64_t>(value);
    if (!n)
        throw ShowqError("malformed showq server response");
    return *n;
}

void take(spool::ListedMessage& message, std::string_view name, const std::string& value) {
    if (name == "queue_name")
        message.queue = value;
    else if (name == "queue_id")
        message.id = value;
    else if (name == "time")
        message.arrival = base::WallTime(std::chrono::seconds(number(value)));
    else if (name == "size")
        message.size = number(value);
    else if (name == "forced_expire")
        message.forced_expire = value != "0";
    else if (name == "sender")
        message.sender = value;
    else if (name == "recipient")
        message.recipients.push_back({value, ""});
    else if (name == "reason" && !message.recipients.empty())
        message.recipients.back().reason = value;
}

}  // namespace

std::string showq_hello() {
    std::string out;
    put(out, "protocol", protocol);
    out.push_back('\0');
    return out;
}

std::string showq_message(const spool::ListedMessage& message) {
    auto seconds =
        std::chrono::floor<std::chrono::seconds>(message.arrival.time_since_epoch()).count();
    std::string out;
    put(out, "queue_name", message.queue);
    put(out, "queue_id", message.id);
    put(out, "time", base::text(seconds));
    put(out, "size", base::text(message.size));
    put(out, "forced_expire", message.forced_expire ? "1" : "0");
    put(out, "sender", message.sender);
    for (const spool::ListedRecipient& to : message.recipients) {
        put(out, "recipient", to.address);
        put(out, "reason", to.reason);
    }
    out.push_back('\0');
    return out;
}

std::string showq_end() {
    return std::string(1, '\0');
}

// The next piece up to a NUL, which is taken away.
std::string ShowqReader::field() {
    size_t end;
    while ((end = buffer_.find('\0')) == buffer_.npos) {
        if (buffer_.size() > longest_field)
            throw ShowqError("malformed showq server response");
        char bytes[16384];
        ssize_t n = ::read(fd_.get(), bytes, sizeof bytes);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            throw base::SystemError("read from showq");
        if (n == 0)
            throw ShowqError("malformed showq server response");
        buffer_.append(bytes, static_cast<size_t>(n));
    }
    std::string out = buffer_.substr(0, end);
    buffer_.erase(0, end + 1);
    return out;
}

std::optional<spool::ListedMessage> ShowqReader::next() {
    if (!greeted_) {
        if (field() != "protocol" || field() != protocol || !field().empty())
            throw ShowqError("malformed showq server response");
        greeted_ = true;
    }
    std::string name = field();
    if (name.empty())
        return std::nullopt;
    spool::ListedMessage message;
    for (; !name.empty(); name = field())
        take(message, name, field());
    if (message.id.empty())
        throw ShowqError("malformed showq server response");
    return message;
}

}  // namespace ipc
