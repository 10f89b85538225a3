#include "lib/dns/many_hosts.h"

#include <exception>

#include "lib/io/scope.h"
#include "lib/io/semaphore.h"

namespace dns {
namespace {

constexpr size_t at_once = 10;

io::Task<void> ask(HostLookup& hosts, std::string name, io::Semaphore& room, Answer& answer) {
    co_await room.acquire();
    io::Permit permit(room);
    Answer found = co_await hosts.addresses(std::move(name));
    answer = std::move(found);
}

}  // namespace

io::Task<std::vector<Answer>> addresses_of(HostLookup& hosts, std::vector<std::string> names) {
    std::vector<Answer> answers(names.size());
    io::Semaphore room(at_once);
    io::Scope asking;
    for (size_t i = 0; i < names.size(); ++i)
        if (!names[i].empty())
            asking.spawn(ask(hosts, names[i], room, answers[i]));
    std::exception_ptr stopped;
    try {
        co_await asking.join();
    } catch (...) {
        stopped = std::current_exception();
    }
    if (stopped) {
        asking.cancel();
        co_await asking.join();
        std::rethrow_exception(stopped);
    }
    co_return answers;
}

}  // namespace dns
