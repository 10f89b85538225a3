// Measures TLS between two ends in memory: whole handshakes, resumed ones, and content.
//
//     build/bench/tls_bench CHAIN_FILE      (a key, then its certificate)
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "lib/io/loop.h"
#include "lib/io/run.h"
#include "lib/io/scope.h"
#include "lib/io/stream.h"
#include "lib/tls/handshake.h"
#include "lib/tls/shared_sessions.h"

namespace {

using namespace std::chrono_literals;

constexpr int handshakes = 300;
constexpr int megabytes = 400;

double cpu_seconds() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

config::Settings settings_of(const std::string& lines) {
    return config::Settings::from(config::MainCf::parse(lines, "main.cf"), "/tmp");
}

io::Task<void> dial(std::unique_ptr<io::Wire> wire, const tls::ClientContext& context,
                    tls::Wish wish, tls::Handshake& into) {
    tls::Handshake made = co_await tls::connect(std::move(wire), context, wish, io::never);
    into = std::move(made);
}

io::Task<void> answer(std::unique_ptr<io::Wire> wire, const tls::ServerContext& context,
                      tls::Handshake& into) {
    tls::ServerWish wish;
    tls::Handshake made = co_await tls::accept(std::move(wire), context, wish, io::never);
    into = std::move(made);
}

struct Ends {
    tls::Handshake near, far;
};

Ends meet(io::Loop& loop, const tls::ClientContext& client, const tls::ServerContext& server,
          const tls::Wish& wish) {
    Ends ends;
    auto [here, there] = io::wire_pair(1 << 20);
    io::Scope scope;
    scope.spawn(dial(std::move(here), client, wish, ends.near));
    scope.spawn(answer(std::move(there), server, ends.far));
    loop.run_until_idle();
    if (!ends.near.wire || !ends.far.wire) {
        std::fprintf(stderr, "no handshake: %s%s\n", ends.near.error.c_str(),
                     ends.far.error.c_str());
        std::exit(1);
    }
    char byte;
    ends.near.wire->try_read({&byte, 1});  // tickets
    return ends;
}

void measure_handshakes(io::Loop& loop, const tls::ClientContext& client,
                        const tls::ServerContext& server, bool resumed) {
    tls::Wish wish;
    wish.session_key = resumed ? "bench" : "";
    meet(loop, client, server, wish);
    double before = cpu_seconds();
    for (int i = 0; i < handshakes; ++i)
        if (meet(loop, client, server, wish).near.facts.resumed != resumed)
            std::exit(1);
    std::printf("%s handshake, both sides: %.0f us CPU\n", resumed ? "resumed" : "whole  ",
                (cpu_seconds() - before) / handshakes * 1e6);
}

void measure_content(io::Loop& loop, const tls::ClientContext& client,
                     const tls::ServerContext& server) {
    Ends ends = meet(loop, client, server, tls::Wish());
    std::printf("%s, %s\n", ends.near.facts.protocol.c_str(), ends.near.facts.cipher.c_str());
    std::string piece(1 << 16, 'x');
    std::string into(1 << 16, '\0');
    double before = cpu_seconds();
    for (int i = 0; i < megabytes * 16; ++i) {
        if (ends.near.wire->try_write(piece) != static_cast<ssize_t>(piece.size()))
            std::exit(1);
        for (size_t got = 0; got < piece.size();)
            got += static_cast<size_t>(ends.far.wire->try_read(into));
    }
    std::printf("content, both sides: %.0f us CPU a MB\n",
                (cpu_seconds() - before) / megabytes * 1e6);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: tls_bench CHAIN_FILE\n");
        return 1;
    }
    io::Loop loop;
    config::Settings client_settings = settings_of("smtp_tls_session_cache_database = shared\n");
    tls::SharedSessions sessions(tls::SharedSessions::create(10));
    tls::ClientContext client(config::OwnSettings(client_settings, "smtp"), &sessions);
    tls::ServerContext server(
        settings_of("smtpd_tls_chain_files = " + std::filesystem::absolute(argv[1]).string()));
    measure_handshakes(loop, client, server, false);
    measure_handshakes(loop, client, server, true);
    measure_content(loop, client, server);
}
