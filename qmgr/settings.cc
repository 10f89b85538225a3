#include "qmgr/settings.h"

#include <algorithm>
#include <thread>

#include "lib/base/text.h"

namespace qmgr {

namespace {

unsigned small_number(const config::Settings& settings, std::string_view name) {
    return static_cast<unsigned>(settings.number(name));
}

spool::Options journal_options(const config::Settings& settings,
                               const std::string& queue_directory) {
    auto options = spool::Options::from(settings, queue_directory);
    options.kind = spool::Kind::journal;
    return options;
}

Feedback feedback(const config::Settings& s, const std::string& name) {
    auto parsed = Feedback::parse(s.text(name));
    if (!parsed)
        throw config::Error(base::text(s.where(name), ": ", name, " = ", s.text(name),
                                       ": a number up to 1, n/m, n/concurrency or "
                                       "n/sqrt_concurrency is expected"));
    return *parsed;
}

unsigned processors() {
    return std::max(1u, std::thread::hardware_concurrency());
}

}  // namespace

Settings::Settings(const config::Settings& s, const std::string& queue_directory)
    : transports(config::Transports::of(s)), spool(journal_options(s, queue_directory)), config(s) {
    backoff.minimal = s.time("minimal_backoff_time");
    backoff.maximal = s.time("maximal_backoff_time");
    backoff.lifetime = s.time("maximal_queue_lifetime");
    backoff.null_lifetime = s.time("bounce_queue_lifetime");
    transport_retry = s.time("transport_retry_time");
    run_delay = s.time("queue_run_delay");
    age_limit = s.time("spool_age_limit");
    active_limit = static_cast<size_t>(s.number("qmgr_message_active_limit"));
    agents = small_number(s, "smtp_worker_processes");
    if (agents == 0)
        agents = processors();
    soft_bounce = s.flag("soft_bounce");
    for (const std::string& transport : s.list("defer_transports"))
        defer_transports.insert(transport);
    folders.root = queue_directory;
    folders.depth = small_number(s, "hash_queue_depth");
    folders.hashed.clear();
    for (const std::string& queue : s.list("hash_queue_names"))
        folders.hashed.insert(queue);
    limits("smtp");  // throws now rather than at the first message
}

TransportLimits Settings::limits(const std::string& transport) const {
    TransportLimits limits;
    auto own = [&transport](std::string_view rest) { return base::text(transport, rest); };
    limits.window.initial = small_number(config, "initial_destination_concurrency");
    limits.window.limit = small_number(config, own("_destination_concurrency_limit"));
    limits.window.failed_cohorts =
        static_cast<double>(config.number(own("_destination_concurrency_failed_cohort_limit")));
    limits.window.positive = feedback(config, own("_destination_concurrency_positive_feedback"));
    limits.window.negative = feedback(config, own("_destination_concurrency_negative_feedback"));
    limits.recipients = small_number(config, own("_destination_recipient_limit"));
    limits.lane_depth = small_number(config, "qmgr_lane_depth");
    return limits;
}

}  // namespace qmgr
