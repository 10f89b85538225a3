// The type socketmap: a server that is asked over a socket, in netstrings (Sendmail's protocol).
#include <netdb.h>

#include <optional>
#include <vector>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/dict/spec.h"
#include "lib/io/connect.h"
#include "lib/io/loop.h"
#include "lib/io/semaphore.h"
#include "lib/io/stream.h"

namespace dict {
namespace {

constexpr size_t questions_at_once = 50;
constexpr size_t longest_length = 10;  // digits of a netstring's

// What comes is no netstring, or too long.
struct Malformed : std::runtime_error {
    using std::runtime_error::runtime_error;
};

std::string netstring(std::string_view text) {
    return base::text(text.size(), ':', text, ',');
}

// Reads one of at most `most` bytes; the connection's own limits hold. Throws Malformed,
// io::Closed.
io::Task<std::string> read_netstring(io::Stream& stream, size_t most) {
    size_t colon = stream.buffered().find(':');
    while (colon == std::string_view::npos) {
        if (stream.buffered().size() > longest_length)
            throw Malformed("an answer that is no netstring");
        bool more = co_await stream.fill();
        if (!more)
            throw io::Closed("connection closed");
        colon = stream.buffered().find(':');
    }
    std::optional<size_t> length = base::number<size_t>(stream.buffered().substr(0, colon));
    if (colon > longest_length || !length)
        throw Malformed("an answer that is no netstring");
    if (*length > most)
        throw Malformed(base::text("an answer of ", *length, " bytes, more than ", most));
    stream.consume(colon + 1);
    std::string_view body = co_await stream.exactly(*length + 1);
    if (body.back() != ',')
        throw Malformed("an answer that is no netstring");
    co_return std::string(body.substr(0, *length));
}

// "inet:host:port:name", "unix:path:name".
struct Place {
    std::vector<io::SocketAddress> addresses;
    std::string map;
};

std::vector<io::SocketAddress> addresses_of(std::string host, const std::string& port) {
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    std::vector<io::SocketAddress> addresses;
    if (::getaddrinfo(host.c_str(), port.c_str(), &wanted, &found) != 0)
        return addresses;
    for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
        sockaddr_storage storage{};
        __builtin_memcpy(&storage, each->ai_addr, each->ai_addrlen);
        addresses.push_back(io::SocketAddress::from(storage, each->ai_addrlen));
    }
    ::freeaddrinfo(found);
    return addresses;
}

Place place_of(const Spec& spec) {
    auto bad = [&spec] {
        return config::Error(base::text("bad syntax: \"", spec.full, "\"; need ",
                                        "\"socketmap:inet:host:port:name\" or ",
                                        "\"socketmap:unix:path:name\""));
    };
    std::string_view text = spec.name;
    size_t last = text.rfind(':');
    size_t first = text.find(':');
    if (first == text.npos || first == last || last + 1 == text.size())
        throw bad();
    std::string_view kind = text.substr(0, first);
    std::string_view where = text.substr(first + 1, last - first - 1);
    Place place{{}, std::string(text.substr(last + 1))};
    if (kind == "unix") {
        std::optional<io::SocketAddress> path = io::SocketAddress::unix_path(where);
        if (!path || where.empty())
            throw bad();
        place.addresses.push_back(*path);
        return place;
    }
    size_t colon = where.rfind(':');
    if (kind != "inet" || colon == where.npos || colon == 0 || colon + 1 == where.size())
        throw bad();
    place.addresses =
        addresses_of(std::string(where.substr(0, colon)), std::string(where.substr(colon + 1)));
    return place;
}

class Socketmap : public Table {
  public:
    Socketmap(const Spec& spec, Place place)
        : Table(spec.full), place_(std::move(place)), limits_(spec.socketmap) {}

  protected:
    io::Task<Lookup> look_up(std::string_view key, Key) override {
        std::string question = netstring(base::text(place_.map, ' ', key));
        co_await permits_.acquire();
        io::Permit permit(permits_);
        std::string why;
        try {
            Lookup answer = co_await ask(std::move(question));
            co_return answer;
        } catch (const std::runtime_error& error) {
            why = error.what();
        }
        co_return Lookup::later(base::text(name(), ": ", why));
    }

  private:
    io::Task<Lookup> ask(std::string question) {
        base::Instant until = io::loop().now() + limits_.time;
        base::Fd fd = co_await connected(until);
        io::Stream stream(io::descriptor_wire(std::move(fd)));
        stream.deadline(until);
        stream.put(question);
        std::string reply = co_await read_netstring(stream, limits_.most_reply);
        co_return meaning(reply);
    }

    // To the first address that takes it.
    io::Task<base::Fd> connected(base::Instant until) {
        std::string why = "the name of the server has no address";
        for (size_t i = 0; i < place_.addresses.size(); ++i) {
            try {
                base::Fd fd = co_await io::connect(place_.addresses[i], until);
                co_return std::move(fd);
            } catch (const base::SystemError& error) {
                why = error.what();
            }
        }
        throw std::runtime_error(why);
    }

    Lookup meaning(std::string_view reply) const {
        size_t space = reply.find(' ');
        std::string_view word = reply.substr(0, space);
        std::string_view rest = space == reply.npos ? std::string_view() : reply.substr(space + 1);
        if (word == "OK" && space != reply.npos)
            return Lookup::of(std::string(rest));
        if (word == "NOTFOUND")
            return {};
        constexpr std::string_view troubles[] = {"TEMP", "TIMEOUT", "PERM"};
        for (std::string_view each : troubles)
            if (word == each)
                return Lookup::later(
                    base::text(name(), ": the server says: ", base::printable(reply)));
        return Lookup::later(
            base::text(name(), ": unknown answer \"", base::printable(reply.substr(0, 100)), '"'));
    }

    Place place_;
    SocketmapLimits limits_;
    io::Semaphore permits_{questions_at_once};
};

}  // namespace

std::unique_ptr<Table> make_socketmap(const Spec& spec) {
    return std::make_unique<Socketmap>(spec, place_of(spec));
}

}  // namespace dict
