// Contact is what came of connecting to a place, as the client that delivers there tells it.
#pragma once

#include <string>
#include <vector>

#include "lib/base/json.h"
#include "lib/config/settings.h"
#include "lib/io/task.h"

namespace postrelay {

struct Contact {
    base::Json json;  // see smtp(8)

    // "ok, ESMTP, connected in 1ms, …", or a reason of the taxonomy with what was said.
    std::string text() const;
};

// The client of one transport.
struct Client {
    Client() = default;
    std::string program;    // its path: smtp or lmtp
    std::string service;    // the transport's name
    std::string directory;  // with main.cf
    config::Overrides overrides;
};

// Runs it, so that it connects to each of `places` up to the reply to EHLO; an answer for each, in
// that order. `client` outlives the task. Throws base::SystemError, and std::runtime_error where
// the client does not do its part.
io::Task<std::vector<Contact>> ask_at(const Client& client, std::vector<std::string> places);

}  // namespace postrelay
