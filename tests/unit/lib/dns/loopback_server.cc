#include "tests/unit/lib/dns/loopback_server.h"

#include <array>

#include "lib/io/listen.h"
#include "lib/io/listener.h"
#include "lib/io/loop.h"
#include "lib/io/stream.h"

namespace dns_test {

namespace {

base::Fd listen_somewhere() {
    return io::listen_inet(*io::SocketAddress::inet("127.0.0.1", 0));
}

base::Fd bind_udp(const io::SocketAddress& at) {
    base::Fd fd(::socket(at.family(), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (::bind(fd.get(), at.get(), at.size()) != 0)
        std::abort();
    return fd;
}

}  // namespace

Asked::Asked(const std::string& from) : packet(from) {
    auto message = dns::parse_message(packet);
    if (!message || !message->question)
        std::abort();
    id = message->id;
    question = *message->question;
    edns = packet.size() > 12 + name(question.name).size() + 4;
    dnssec_ok = edns && packet.substr(packet.size() - 6, 4) == u32(0x8000);
}

Packet Asked::reply() const {
    return Packet().number(id).asks(question.name, question.type);
}

LoopbackServer::LoopbackServer(Answers answers)
    : answers_(std::move(answers)),
      tcp_(listen_somewhere()),
      udp_((address_ = *io::SocketAddress::local_of(tcp_.get()), bind_udp(address_))) {
    scope_.spawn(serve_udp());
    scope_.spawn(serve_tcp());
}

LoopbackServer::~LoopbackServer() {
    scope_.cancel();
    io::loop().run_until_idle();
}

io::Task<void> LoopbackServer::serve_udp() {
    while (true) {
        co_await udp_.readable();
        std::array<char, 4096> block;
        sockaddr_storage from{};
        socklen_t size = sizeof from;
        ssize_t n = ::recvfrom(udp_.fd(), block.data(), block.size(), 0,
                               reinterpret_cast<sockaddr*>(&from), &size);
        if (n < 0) {
            udp_.read_some(-1, block.size());
            continue;
        }
        last_ = io::SocketAddress::from(from, size);
        asked.emplace_back(std::string(block.data(), static_cast<size_t>(n)));
        for (const std::string& packet : answers_(asked.back()))
            ::sendto(udp_.fd(), packet.data(), packet.size(), 0, last_.get(), last_.size());
    }
}

io::Task<void> LoopbackServer::serve_tcp() {
    io::Listener listener(std::move(tcp_));
    while (true) {
        std::optional<io::Accepted> accepted = co_await listener.accept();
        if (!accepted)
            co_return;
        scope_.spawn(converse(std::move(accepted->fd)));
    }
}

io::Task<void> LoopbackServer::converse(base::Fd fd) {
    io::Stream stream(io::descriptor_wire(std::move(fd)));
    try {
        std::string_view head = co_await stream.exactly(2);
        size_t size = *dns::id_of(head);
        std::string_view packet = co_await stream.exactly(size);
        asked.emplace_back(std::string(packet));
        asked.back().tcp = true;
        for (const std::string& answer : answers_(asked.back()))
            stream.put(u16(static_cast<unsigned>(answer.size())) + answer);
        co_await stream.flush();
    } catch (const io::Closed&) {
    }
}

void LoopbackServer::send_from_elsewhere(const std::string& packet) {
    base::Fd fd = bind_udp(*io::SocketAddress::inet("127.0.0.1", 0));
    ::sendto(fd.get(), packet.data(), packet.size(), 0, last_.get(), last_.size());
}

}  // namespace dns_test
