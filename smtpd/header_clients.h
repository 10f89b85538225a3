// HeaderClients are the clients whose mail is completed as that of this machine:
// local_header_rewrite_clients.
#pragma once

#include <string>
#include <vector>

#include "lib/config/settings.h"
#include "lib/dict/match_list.h"
#include "lib/dict/tables.h"
#include "lib/io/task.h"

namespace smtpd {

struct Client;

class HeaderClients {
  public:
    // `tables` outlives it. Throws config::Error for an element that cannot be understood.
    HeaderClients(const config::Settings& settings, dict::Tables& tables);

    // Of a client whose own and trusted are known. One that a table in trouble may have is none.
    io::Task<bool> has(const Client& client) const;
    // Whether it has clients that have logged in.
    bool has_logins() const;

  private:
    struct Element {
        enum Kind { own, trusted, certified, listed, logged_in, in_table } kind;
        dict::Table* table = nullptr;
    };
    std::vector<Element> elements_;
};

}  // namespace smtpd
