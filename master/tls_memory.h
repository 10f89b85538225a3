// TlsMemory is master's part in TLS: it makes the memory that workers share, hands it out, and
// turns the keys of session tickets.
#pragma once

#include <string>

#include "lib/base/fd.h"
#include "lib/config/settings.h"
#include "lib/io/task.h"
#include "lib/tls/ticket_keys.h"

namespace master {

class TlsMemory {
  public:
    // Throws base::SystemError.
    explicit TlsMemory(const config::Settings& settings);

    // What a process of that command is passed; -1 where TLS is not its business.
    int descriptor(const std::string& command) const;

    // Goes over to new settings; sessions and keys stay.
    void reload(const config::Settings& settings);
    // Runs until cancelled.
    io::Task<void> run();

  private:
    void read(const config::Settings& settings);

    base::Duration period_{0};
    tls::TicketKeys tickets_;
    base::Fd sessions_;
};

}  // namespace master
