#include "smtpd/server_tls.h"

#include "lib/base/log.h"
#include "lib/base/text.h"

namespace smtpd {

namespace {

using namespace std::chrono_literals;

// Key, certificate and chain are files of their own, written one after the other.
constexpr base::Duration calm = 2s;

}  // namespace

ServerTls::ServerTls(const config::Settings& settings, const TlsOptions& options,
                     dict::Tables& tables, tls::TicketKeys* tickets)
    : names_(options.any() ? ServerNames(settings, tables) : ServerNames()) {
    if (!options.any())
        return;
    tls::ChainsByName by_name;
    if (!names_.empty())
        by_name = [this](std::string_view name) { return names_.chain(name); };
    make_context(settings, options, tickets, std::move(by_name));
    std::vector<std::string> files = certificate_files(settings);
    files.insert(files.end(), names_.files().begin(), names_.files().end());
    watch_.emplace(files);
}

void ServerTls::make_context(const config::Settings& settings, const TlsOptions& options,
                             tls::TicketKeys* tickets, tls::ChainsByName by_name) {
    try {
        context_.emplace(settings, tickets, std::move(by_name));
    } catch (const config::Error& error) {
        if (options.demanded)
            throw;
        for (const std::string& problem : error.problems())
            base::log::warning(base::text(problem, ": TLS is not available"));
    }
}

io::Task<void> ServerTls::outdated() {
    co_await watch_->changed(calm);
    base::log::info("files of certificates or keys have changed: starting anew with them");
}

}  // namespace smtpd
