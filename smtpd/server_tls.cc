#include "smtpd/server_tls.h"

#include "lib/base/log.h"
#include "lib/tls/check.h"
#include "lib/tls/expiry.h"

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
    std::vector<std::string> files = names_.files();
    for (tls::ServerFile& file : tls::server_files(settings))
        files.push_back(std::move(file.path));
    watch_.emplace(files);
    if (std::optional<std::string> warning = tls::server_goes_without(settings)) {
        base::log::warning(*warning);
        return;
    }
    tls::ChainsByName by_name;
    if (!names_.empty())
        by_name = [this](std::string_view name) { return names_.chain(name); };
    context_.emplace(settings, tickets, std::move(by_name));
    for (const std::string& warning : tls::server_expiries(settings, base::wall_now()))
        base::log::warning(warning);
}

io::Task<void> ServerTls::outdated() {
    co_await watch_->changed(calm);
    base::log::info("files of certificates or keys have changed: starting anew with them");
}

}  // namespace smtpd
