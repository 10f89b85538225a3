// Server answers questions about tables, for processes that may not wait or may not open them.
#pragma once

#include <set>
#include <string>

#include "lib/config/settings.h"
#include "lib/dict/tables.h"
#include "lib/io/stream.h"
#include "lib/io/task.h"
#include "lib/ipc/proxymap.h"

namespace proxymap {

struct Options {
    std::string parameter;           // the one that lists what may be asked
    std::set<std::string> approved;  // tables of it: "type:name"
    std::string main_cf;             // its file, for warnings
    base::Duration idle_limit{0};    // a client that asks nothing

    // `service`: its name in master.cf; proxywrite has a list of its own.
    static Options from(const config::Settings& settings, const std::string& service);
};

class Server {
  public:
    Server(Options options, dict::Tables& tables) : options_(std::move(options)), tables_(tables) {}

    // Until the client goes.
    io::Task<void> converse(io::Stream stream);
    io::Task<dict::Lookup> answer(const ipc::ProxymapQuestion& question);

  private:
    bool approves(const std::string& table) const;
    dict::Table* open(const ipc::ProxymapQuestion& question, std::string& trouble);

    Options options_;
    dict::Tables& tables_;
};

}  // namespace proxymap
