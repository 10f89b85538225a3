// Server is one worker of the SMTP service: its log of new mail, its sessions.
#pragma once

#include <memory>

#include "lib/cleanup/mappings.h"
#include "lib/config/settings.h"
#include "lib/dict/tables.h"
#include "lib/io/task.h"
#include "lib/ipc/service.h"
#include "lib/route/router.h"
#include "lib/spool/options.h"
#include "lib/tls/ticket_keys.h"
#include "smtpd/auth.h"
#include "smtpd/client_name.h"
#include "smtpd/options.h"
#include "smtpd/policy.h"
#include "smtpd/server_tls.h"

namespace smtpd {

class Server {
  public:
    // Throws config::Error where the settings cannot be understood.
    // `tables` outlives this.
    Server(const config::Settings& settings, dict::Tables& tables);

    io::Task<void> run(ipc::Service& service);

  private:
    Options options_;
    spool::Options spool_;
    ClientNames::Options name_options_;
    NameSources sources_;
    cleanup::Mappings mappings_;
    route::Router router_;
    Policy policy_;
    std::unique_ptr<tls::TicketKeys> tickets_;
    ServerTls tls_;
    std::unique_ptr<Logins> logins_;
};

}  // namespace smtpd
