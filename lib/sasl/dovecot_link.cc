#include "lib/sasl/dovecot_link.h"

#include <string.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "lib/io/loop.h"

namespace sasl::dovecot {

namespace {

constexpr size_t most_unsent = 1 << 20;

void wipe(std::string& secret) {
    ::explicit_bzero(secret.data(), secret.size());
    secret.clear();
}

}  // namespace

bool Link::put(std::string_view line) {
    if (out_.size() + line.size() > most_unsent)
        return false;
    out_.append(line);
    filled_.set();
    return true;
}

io::Task<void> Link::send() {
    io::Wire& wire = stream_.wire();
    for (;;) {
        co_await filled_.wait();
        filled_.clear();
        std::string out = std::exchange(out_, {});
        size_t sent = 0;
        while (sent < out.size()) {
            ssize_t n = -1;
            try {
                n = wire.try_write(std::string_view(out).substr(sent));
            } catch (const io::Closed&) {
                n = -2;
            }
            if (n == -2)
                co_return;  // the reader hears of it
            if (n > 0)
                sent += static_cast<size_t>(n);
            else
                co_await wire.writable(io::never);
        }
        wipe(out);
    }
}

bool Link::hear(std::string_view line) {
    std::vector<std::string> words = words_of(line);
    const std::string& verb = words[0];
    if (verb == "VERSION" && (words.size() < 2 || words[1] != std::to_string(major_version)))
        throw WrongService("protocol version mismatch");
    if (verb == "MECH") {
        names_mechanisms_ = true;
        if (std::optional<Offer> mechanism = mechanism_of(words))
            mechanisms_.push_back(std::move(*mechanism));
    }
    // The sockets for other services send no mechanisms, and nothing behind this.
    if (verb == "SPID" && !names_mechanisms_)
        throw WrongService("it is the socket of auth-master, instead of auth-client");
    return verb == "DONE";
}

io::Task<void> Link::shake_hands() {
    put(hello(::getpid()));
    stream_.deadline(io::loop().now() + limit_);
    while (!ready_) {
        std::optional<std::string_view> line = co_await stream_.line(longest_line);
        if (!line)
            throw io::Closed("it closed the connection");
        ready_ = hear(base::trim(*line));
    }
}

// Until the end of the connection (true), or until nothing has come for the time limit.
io::Task<bool> Link::read_replies(const std::function<void(Reply)>& take) {
    try {
        for (;;) {
            std::optional<std::string_view> line = co_await stream_.line(longest_line);
            if (!line)
                co_return true;
            unanswered_ = false;
            if (std::optional<Reply> reply = reply_of(words_of(base::trim(*line))))
                take(std::move(*reply));  // else it is news, and no reply
        }
    } catch (const io::TimedOut&) {
    }
    co_return false;
}

io::Task<std::string> Link::serve(const std::function<void(Reply)>& take) {
    stream_.deadline(io::never);
    stream_.limit(limit_);
    for (;;) {
        bool closed = co_await read_replies(take);
        if (closed)
            co_return "the connection is closed";
        if (unanswered_)
            co_return "no answer";
    }
}

}  // namespace sasl::dovecot
