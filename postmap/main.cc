// postmap makes lookup tables from their sources, asks and edits them; called as postalias it does
// so with aliases. See postmap(1).
#include <signal.h>

#include <cstdio>
#include <optional>

#include "lib/base/error.h"
#include "lib/io/loop.h"
#include "lib/io/run.h"
#include "lib/ipc/command.h"
#include "lib/ipc/proxymap.h"
#include "postmap/build.h"
#include "postmap/options.h"
#include "postmap/query.h"

namespace {

using postmap::Options;
using postmap::Work;

constexpr int failure = 1;

io::Task<void> keep(io::Task<bool> task, bool& result) {
    bool found = co_await task;
    result = found;
}

// Signals wait until a table that was begun is done.
void hold_signals() {
    sigset_t signals;
    ::sigemptyset(&signals);
    for (int number : {SIGHUP, SIGINT, SIGQUIT, SIGTERM})
        ::sigaddset(&signals, number);
    ::sigprocmask(SIG_BLOCK, &signals, nullptr);
}

bool ask(const Options& options, const config::Settings& settings) {
    io::Loop loop;
    ipc::ProxyClient proxy(settings.text("queue_directory") + "/private/proxymap");
    dict::Tables tables(settings, &proxy, dict::Tables::NameService::in_place);
    if (options.work == Work::list) {
        postmap::list(options, tables);
        return true;
    }
    bool found = false;
    io::run_task(keep(postmap::query(options, tables), found));
    return found;
}

// True when the status is to be 0.
bool work(const Options& options, const config::Settings& settings) {
    switch (options.work) {
        case Work::build:
        case Work::add:
            hold_signals();
            for (const std::string& table : options.tables)
                postmap::build(table, options, settings);
            return true;
        case Work::remove:
            hold_signals();
            return postmap::remove(options, settings);
        case Work::query:
        case Work::list:
            return ask(options, settings);
    }
    return false;
}

}  // namespace

int main(int argc, char** argv) {
    std::string program(ipc::called_as(argv[0]));
    if (program != "postalias")
        program = "postmap";
    ipc::begin_command(program);
    Options options = postmap::parse_options(program, argc, argv);
    config::Settings settings = ipc::command_settings(program, options.directory, failure);
    try {
        bool good = work(options, settings);
        return std::fflush(stdout) == 0 && good ? 0 : failure;
    } catch (const std::exception& error) {
        ipc::end_command(error.what(), failure);
    }
}
