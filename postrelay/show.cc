// show and watch: what is known of relays, once or whenever it changes.
#include <unistd.h>

#include <cstdio>
#include <map>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/mail/date.h"
#include "postrelay/known.h"
#include "postrelay/output.h"
#include "postrelay/rows.h"
#include "postrelay/verbs.h"

namespace postrelay {
namespace {

constexpr unsigned look_every_us = 200'000;

void print(const std::vector<health::Record>& records, const Known& known, bool json,
           const health::Moment& at) {
    if (!json)
        return put(table_of(records, known.rules(), at));
    for (const health::Record& record : records)
        put(json_of(record, known.rules(), at).line());
}

std::string states_of(const health::View& view) {
    return base::text(name_of(view.state), " ", name_of(view.admin));
}

void print_change(const health::Record& record, const std::string& before, const Known& known,
                  bool json, const health::Moment& at) {
    if (json)
        return put(json_of(record, known.rules(), at).line());
    health::View view = record.look(at.now, known.rules());
    std::string reason(health::row_of(view.reason).name);
    put(base::text(mail::log_date(at.wall), "  ", base::printable(record.label()), "  ", before,
                   " -> ", state_of(view), "  ", reason, "\n"));
}

}  // namespace

int show(const Request& request, const config::Settings& settings) {
    Known known(settings);
    health::Moment at = health::this_moment();
    std::vector<health::Record> records = known.records(request.names);
    if (!known.running() && !request.json)
        put(known.written() == base::WallTime{}
                ? "The mail system is down and has left nothing.\n"
                : base::text("The mail system is down; this is what it knew at ",
                             mail::log_date(known.written()), ".\n"));
    print(records, known, request.json, at);
    if (records.empty() && known.running() && !request.json)
        put(request.names.empty() ? "Nothing is known of any relay: no mail went to one.\n"
                                  : "Nothing is known of it: no mail went there.\n");
    return records.empty() && !request.names.empty() ? nothing_found : 0;
}

int watch(const Request& request, const config::Settings& settings) {
    Known known(settings);
    if (!known.running()) {
        base::log::error("the mail system is down: there is nothing to watch");
        return nothing_found;
    }
    base::Instant end = request.time ? base::steady_now() + *request.time : base::never;
    struct Seen {
        std::string states, shown;
    };
    std::map<std::string, Seen> seen;
    bool first = true;
    while (base::steady_now() < end) {
        health::Moment at = health::this_moment();
        std::vector<health::Record> records = known.records(request.names);
        if (first)
            print(records, known, request.json, at);
        for (const health::Record& record : records) {
            health::View view = record.look(at.now, known.rules());
            std::string key = base::text(scope_name(view.scope), " ", record.names().key);
            Seen& last = seen[key];
            std::string states = states_of(view);
            if (!first && last.states != states)
                print_change(record, last.shown.empty() ? "new" : last.shown, known, request.json,
                             at);
            last = {states, state_of(view)};
        }
        first = false;
        std::fflush(stdout);
        ::usleep(look_every_us);
    }
    return 0;
}

}  // namespace postrelay
