// showq tells every client of public/showq what is in the queue.

#include <map>

#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/io/connect.h"
#include "lib/io/loop.h"
#include "lib/io/sleep.h"
#include "lib/io/stream.h"
#include "lib/ipc/control.h"
#include "lib/ipc/frame.h"
#include "lib/ipc/service.h"
#include "lib/ipc/showq.h"
#include "lib/spool/queue_list.h"

namespace {

using namespace std::chrono_literals;

constexpr const char* qmgr_socket = "public/qmgr";
constexpr base::Duration qmgr_limit = 2s;
constexpr base::Duration client_limit = 100s;  // without a byte taken
constexpr size_t high_water = 65536;
constexpr unsigned messages_a_turn = 50;

using Known = std::map<std::string, spool::Tried>;

struct Options {
    explicit Options(const config::Settings& settings)
        : folders(spool::queue_folders(settings, ipc::Service::queue_directory())) {}
    spool::QueueFolders folders;
};

Known known_of(const ipc::ControlAnswer& answer) {
    Known known;
    for (const ipc::ControlEntry& entry : answer.entries) {
        spool::Tried& tried = known[entry.queue_id];
        tried.active = entry.active;
        for (const ipc::DelayedRecipient& one : entry.delayed)
            tried.reasons[one.index] = one.reason;
    }
    return known;
}

io::Task<Known> ask(std::string socket) {
    base::Instant until = io::loop().now() + qmgr_limit;
    std::optional<io::SocketAddress> address = io::SocketAddress::unix_path(socket);
    if (!address)
        throw io::Closed("no socket name: " + socket);
    base::Fd fd = co_await io::connect(*address, until);
    io::Stream stream(io::descriptor_wire(std::move(fd)));
    stream.deadline(until);
    ipc::ControlRequest request;
    stream.put(std::string_view(&ipc::framed_preamble, 1));
    ipc::put_frame(stream, static_cast<uint8_t>(ipc::ControlFrame::request), request.encode());
    while (true) {
        std::optional<ipc::Frame> frame = co_await ipc::read_frame(stream);
        if (!frame)
            throw io::Closed("qmgr closed the connection");
        if (frame->type == static_cast<uint8_t>(ipc::ControlFrame::answer))
            co_return known_of(ipc::ControlAnswer::decode(frame->payload));
    }
}

// What the queue manager knows; nothing while it is away.
io::Task<Known> ask_qmgr(std::string socket) {
    Known known;
    std::string trouble;
    try {
        Known told = co_await ask(std::move(socket));
        known = std::move(told);
    } catch (const io::Cancelled&) {
        throw;
    } catch (const std::exception& error) {
        trouble = error.what();
    }
    if (!trouble.empty())
        base::log::warning("without the queue manager's reasons: " + trouble);
    co_return known;
}

io::Task<void> answer(io::Accepted client, const Options& options) {
    io::Stream stream(io::descriptor_wire(std::move(client.fd)));
    stream.limit(client_limit);
    Known known = co_await ask_qmgr(qmgr_socket);
    stream.put(ipc::showq_hello());
    spool::QueueList list(options.folders, std::move(known));
    unsigned told = 0;
    while (auto message = list.next()) {
        stream.put(ipc::showq_message(*message));
        co_await stream.drain(high_water);
        if (++told % messages_a_turn == 0)
            co_await io::sleep(0us);
    }
    stream.put(ipc::showq_end());
    co_await stream.flush();
}

io::Task<void> serve(ipc::Service& service, const Options& options) {
    service.ready();
    ipc::Service::Handler handler = [&options](io::Accepted client) {
        return answer(std::move(client), options);
    };
    co_await service.serve(std::move(handler));
}

}  // namespace

int main(int argc, char** argv) {
    ipc::Service service(argc, argv, "showq");
    Options options(service.settings());
    return service.run(serve(service, options));
}
