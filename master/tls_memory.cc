#include "master/tls_memory.h"

#include <algorithm>

#include "lib/io/loop.h"
#include "lib/io/sleep.h"
#include "lib/tls/shared_sessions.h"

namespace master {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration look_every = 1s;

}  // namespace

TlsMemory::TlsMemory(const config::Settings& settings)
    : tickets_(tls::TicketKeys::create(), tls::TicketKeys::Role::master),
      sessions_(tls::SharedSessions::create(
          static_cast<size_t>(settings.number("tls_session_cache_size")))) {
    read(settings);
    tickets_.turn(io::loop().wall(), period_);
}

int TlsMemory::descriptor(const std::string& command) const {
    if (command == "smtpd")
        return tickets_.descriptor();
    return command == "smtp" || command == "lmtp" ? sessions_.get() : -1;
}

void TlsMemory::read(const config::Settings& settings) {
    period_ = std::max<base::Duration>(settings.time("smtpd_tls_session_cache_timeout"), 1s);
}

void TlsMemory::reload(const config::Settings& settings) {
    read(settings);
}

io::Task<void> TlsMemory::run() {
    while (true) {
        tickets_.turn(io::loop().wall(), period_);
        co_await io::sleep_until(io::loop().now() + look_every);
    }
}

}  // namespace master
