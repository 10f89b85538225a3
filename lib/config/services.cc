#include "lib/config/services.h"

namespace config {

struct CommandRow {
    std::string_view name;
    Command command;
};

static constexpr CommandRow commands[] = {
    {"smtpd", {Built::here, {}, true}},
    {"smtp", {Built::here, {}, true}},
    {"lmtp", {Built::here, {}, true}},
    {"qmgr", {Built::here, {}, false}},
    {"oqmgr", {Built::elsewhere, "in qmgr; let master.cf name that", false}},
    {"bounce", {Built::here, {}, false}},
    {"pickup", {Built::here, {}, false}},
    {"showq", {Built::here, {}, false}},
    {"postlogd", {Built::here, {}, false}},
    {"error", {Built::elsewhere, "in qmgr", false}},
    {"cleanup", {Built::elsewhere, "in smtpd, pickup and bounce", false}},
    {"trivial-rewrite", {Built::elsewhere, "in smtpd, pickup and qmgr", false}},
    {"scache", {Built::elsewhere, "in smtp, which keeps its own connections", false}},
    {"tlsmgr", {Built::elsewhere, "in smtpd and smtp", false}},
    {"tlsproxy", {Built::elsewhere, "in smtpd and smtp", false}},
    {"proxymap", {Built::here, {}, false}},
    {"verify", {Built::not_yet, {}, false}},
    {"flush", {Built::not_yet, {}, false}},
    {"anvil", {Built::here, {}, false}},
    {"discard", {Built::elsewhere, "in qmgr", false}},
    {"local", {Built::not_yet, {}, true}},
    {"virtual", {Built::not_yet, {}, true}},
    {"pipe", {Built::not_yet, {}, true}},
    {"spawn", {Built::not_yet, {}, true}},
    {"postscreen", {Built::not_yet, {}, false}},
    {"dnsblog", {Built::not_yet, {}, false}},
    {"qmqpd", {Built::not_yet, {}, true}},
    {"nqmgr", {Built::elsewhere, "in qmgr; let master.cf name that", false}},
};

Command classify_command(std::string_view command) {
    for (const CommandRow& row : commands)
        if (row.name == command)
            return row.command;
    return {};
}

}  // namespace config
