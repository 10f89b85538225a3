// ServerTls is what a worker has for TLS: keys and certificates, and an eye on their files.
#pragma once

#include <optional>

#include "lib/config/settings.h"
#include "lib/dict/tables.h"
#include "lib/io/file_watch.h"
#include "lib/io/task.h"
#include "lib/tls/server_context.h"
#include "smtpd/server_names.h"
#include "smtpd/tls_options.h"

namespace smtpd {

class ServerTls {
  public:
    // Reads all files that main.cf names, while they may be read. Nothing where there is no TLS,
    // or where it need not be and a file does not exist (with a warning). Throws config::Error that
    // names parameter and file. `tickets` may be null and, like `tables`, outlives this.
    ServerTls(const config::Settings& settings, const TlsOptions& options, dict::Tables& tables,
              tls::TicketKeys* tickets);
    ServerTls(const ServerTls&) = delete;
    ServerTls& operator=(const ServerTls&) = delete;

    // Null without TLS.
    const tls::ServerContext* context() const { return context_ ? &*context_ : nullptr; }
    bool watches() const { return watch_.has_value(); }
    // Comes back when a file has changed, so that another process has to read it.
    io::Task<void> outdated();

  private:
    ServerNames names_;
    std::optional<tls::ServerContext> context_;
    std::optional<io::FileWatch> watch_;
};

}  // namespace smtpd
