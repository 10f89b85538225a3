// dns_bench SERVER[:PORT] DOMAIN [QUESTIONS] [AT_ONCE]: how many answers a second lib/dns gets.
//
// Asks for the addresses of n0.DOMAIN, n1.DOMAIN …, which the server should answer with a wildcard:
// all of them from the server, then all of them again from the cache. Prints the memory that the
// process has grown by for each remembered answer.
#include <malloc.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "lib/base/text.h"
#include "lib/config/name_servers.h"
#include "lib/dns/name_servers.h"
#include "lib/io/run.h"
#include "lib/io/scope.h"

namespace {

struct Work {
    dns::NameServers& servers;
    std::string domain;
    size_t questions;
    size_t next = 0;
    size_t found = 0;
};

io::Task<void> ask_some(Work& work) {
    while (work.next < work.questions) {
        std::string name = base::text("n", work.next++, '.', work.domain);
        dns::Answer answer = co_await work.servers.ask(std::move(name), dns::Type::a);
        work.found += answer.state == dns::Answer::State::found;
    }
}

io::Task<void> ask_all(Work& work, size_t at_once, const char* from) {
    work.next = work.found = 0;
    auto began = base::steady_now();
    io::Scope scope;
    for (size_t i = 0; i < at_once; ++i)
        scope.spawn(ask_some(work));
    co_await scope.join();
    std::chrono::duration<double> took = base::steady_now() - began;
    std::printf("%-12s %zu questions, %zu found, %.0f answers/s\n", from, work.questions,
                work.found, static_cast<double>(work.questions) / took.count());
}

io::Task<void> run(Work& work, size_t at_once) {
    size_t before = mallinfo2().uordblks;
    co_await ask_all(work, at_once, "name server");
    size_t grown = mallinfo2().uordblks - before;
    co_await ask_all(work, at_once, "cache");
    std::printf("%-12s %zu bytes for each remembered answer\n", "memory", grown / work.questions);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fprintf(stderr, "usage: dns_bench SERVER[:PORT] DOMAIN [QUESTIONS] [AT_ONCE]\n");
        return 1;
    }
    io::Loop loop;
    dns::Options options;
    options.servers = config::parse_name_servers({argv[1]});
    size_t questions = argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 100000;
    size_t at_once = argc > 4 ? std::strtoul(argv[4], nullptr, 10) : 100;
    options.cache_entries = questions;
    dns::NameServers servers(options);
    Work work{servers, argv[2], questions};
    return io::run_main(run(work, at_once));
}
