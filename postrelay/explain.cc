// explain: where mail for a recipient would go, and why.
#include "postrelay/explain.h"

#include "lib/base/log.h"
#include "lib/io/loop.h"
#include "lib/io/run.h"
#include "postrelay/output.h"
#include "postrelay/verbs.h"

namespace postrelay {
namespace {

io::Task<void> run(const Request& request, const config::Settings& settings, Known& known,
                   bool& routed) {
    Findings findings = co_await inquire(request.sender, request.names[0], settings, known);
    routed = findings.routed.route.has_value();
    if (request.connect && routed)
        connect_to_places(findings, known);
    if (request.json)
        put(json_of(findings, known).line());
    else
        put(text_of(findings, known));
}

}  // namespace

int explain(const Request& request, const config::Settings& settings) {
    Known known(settings);
    if (request.connect && !known.running()) {
        base::log::error("the mail system is down: nobody is there to connect");
        return nothing_found;
    }
    io::Loop loop;
    bool routed = false;
    io::run_task(run(request, settings, known, routed));
    return routed ? 0 : nothing_found;
}

}  // namespace postrelay
