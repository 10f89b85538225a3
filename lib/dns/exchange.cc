#include "lib/dns/exchange.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "lib/base/error.h"
#include "lib/base/random.h"
#include "lib/dns/domain.h"
#include "lib/io/connect.h"
#include "lib/io/descriptor.h"
#include "lib/io/stream.h"

namespace dns {

namespace {

// A server may send more than it was told to.
constexpr size_t largest_datagram = 4096;

struct Query {
    Query(Question asked, QueryOptions options)
        : question(std::move(asked)),
          id(static_cast<uint16_t>(base::random_number())),
          packet(build_query(question, id, options)) {}
    Question question;
    uint16_t id;
    std::string packet;
};

// Servers that do not understand a query may leave its text out of the error they send.
bool answers(const Message& message, const Query& query) {
    if (!message.response || message.id != query.id)
        return false;
    if (!message.question)
        return message.code != Code::no_error && message.code != Code::name_error;
    return message.question->type == query.question.type &&
           message.question->name == query.question.name;
}

// None: not the answer, wait on.
std::optional<Heard> judge(std::string_view packet, const Query& query) {
    std::optional<uint16_t> id = id_of(packet);
    if (!id || *id != query.id)
        return std::nullopt;
    std::optional<Message> message = parse_message(packet);
    if (!message)
        return Heard(Heard::Kind::malformed);
    if (!answers(*message, query))
        return std::nullopt;
    return Heard(std::move(*message));
}

// Connected, so that the kernel passes only what comes from the server; none when it cannot be.
base::Fd datagram_socket(const io::SocketAddress& server) {
    base::Fd fd(::socket(server.family(), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (fd && ::connect(fd.get(), server.get(), server.size()) != 0)
        fd.reset();
    return fd;
}

// What is there now: the judgement, or none when there is nothing (more).
std::optional<Heard> take_datagrams(io::Descriptor& socket, const Query& query) {
    std::array<char, largest_datagram> block;
    while (true) {
        ssize_t n = ::recv(socket.fd(), block.data(), block.size(), 0);
        if (n < 0 && errno == EAGAIN)
            return std::nullopt;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return Heard(Heard::Kind::unreachable);
        auto judged = judge(std::string_view(block.data(), static_cast<size_t>(n)), query);
        if (judged)
            return judged;
    }
}

io::Task<Heard> by_udp(io::SocketAddress server, const Query& query, io::Instant deadline) {
    base::Fd fd = datagram_socket(server);
    if (!fd)
        co_return Heard(Heard::Kind::unreachable);
    io::Descriptor socket(std::move(fd));
    if (::send(socket.fd(), query.packet.data(), query.packet.size(), MSG_NOSIGNAL) < 0)
        co_return Heard(Heard::Kind::unreachable);
    while (true) {
        bool ready = co_await socket.readable(deadline);
        if (!ready)
            co_return Heard(Heard::Kind::silence);
        std::optional<Heard> heard = take_datagrams(socket, query);
        if (heard)
            co_return std::move(*heard);
        socket.read_some(-1, largest_datagram);
    }
}

// RFC 7766: a message follows its length in two bytes.
io::Task<Heard> converse(io::SocketAddress server, const Query& query, io::Instant deadline) {
    base::Fd fd = co_await io::connect(server, deadline);
    io::Stream stream(io::descriptor_wire(std::move(fd)));
    stream.deadline(deadline);
    size_t size = query.packet.size();
    const char length[] = {static_cast<char>(size >> 8), static_cast<char>(size)};
    stream.put(std::string_view(length, sizeof length));
    stream.put(query.packet);
    std::string_view head = co_await stream.exactly(2);
    size_t expected = *id_of(head);
    std::string_view packet = co_await stream.exactly(expected);
    std::optional<Heard> heard = judge(packet, query);
    if (!heard || heard->message.truncated)
        co_return Heard(Heard::Kind::malformed);
    co_return std::move(*heard);
}

io::Task<Heard> by_tcp(io::SocketAddress server, const Query& query, io::Instant deadline) {
    Heard::Kind trouble = Heard::Kind::unreachable;
    try {
        co_return co_await converse(server, query, deadline);
    } catch (const io::TimedOut&) {
        trouble = Heard::Kind::silence;
    } catch (const io::Closed&) {
    } catch (const base::SystemError&) {
    }
    co_return Heard(trouble);
}

}  // namespace

io::Task<Heard> exchange(io::SocketAddress server, Question question, QueryOptions options,
                         io::Instant deadline) {
    Query query(std::move(question), options);
    if (options.tcp)
        co_return co_await by_tcp(server, query, deadline);
    Heard heard = co_await by_udp(server, query, deadline);
    if (heard.kind == Heard::Kind::message && heard.message.truncated)
        co_return co_await by_tcp(server, query, deadline);
    co_return std::move(heard);
}

}  // namespace dns
