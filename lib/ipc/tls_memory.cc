#include "lib/ipc/tls_memory.h"

#include <fcntl.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/base/text.h"

namespace ipc {
namespace {

using namespace std::chrono_literals;

std::optional<base::Fd> inherited() {
    const char* text = ::getenv(tls_memory_variable);
    std::optional<int> number = base::number<int>(text == nullptr ? "" : text);
    if (!number || ::fcntl(*number, F_SETFD, FD_CLOEXEC) != 0)
        return std::nullopt;
    // A process may ask again.
    base::Fd memory(::fcntl(*number, F_DUPFD_CLOEXEC, 0));
    return memory ? std::optional(std::move(memory)) : std::nullopt;
}

void warn(const base::SystemError& error) {
    base::log::warning(base::text(error.what(), ": this process goes without the others'"));
}

}  // namespace

std::unique_ptr<tls::TicketKeys> inherited_ticket_keys(const config::Settings& settings) {
    try {
        if (std::optional<base::Fd> memory = inherited())
            return std::make_unique<tls::TicketKeys>(std::move(*memory),
                                                     tls::TicketKeys::Role::reader);
    } catch (const base::SystemError& error) {
        warn(error);
    }
    return std::make_unique<tls::TicketKeys>(
        std::max<base::Duration>(settings.time("smtpd_tls_session_cache_timeout"), 1s));
}

std::unique_ptr<tls::SharedSessions> inherited_tls_sessions(const config::Settings& settings) {
    try {
        if (std::optional<base::Fd> memory = inherited())
            return std::make_unique<tls::SharedSessions>(std::move(*memory));
    } catch (const base::SystemError& error) {
        warn(error);
    }
    return std::make_unique<tls::SharedSessions>(tls::SharedSessions::create(
        static_cast<size_t>(settings.number("tls_session_cache_size"))));
}

}  // namespace ipc
