#include "postrelay/known.h"

#include <algorithm>

#include "lib/base/text.h"
#include "lib/ipc/relay_health.h"
#include "lib/nexthop/failover_settings.h"

namespace postrelay {
namespace {

// "[host]:port", "host:port" or "host"; a port that is not named fits any.
struct Place {
    std::string host, port;
};

Place place_of(std::string_view text) {
    Place place;
    if (text.starts_with('[')) {
        size_t end = std::min(text.find(']'), text.size());
        place.host = base::lower(text.substr(1, end - 1));
        std::string_view rest = text.substr(std::min(end + 1, text.size()));
        if (rest.starts_with(':'))
            place.port = rest.substr(1);
    } else {
        size_t colon = text.find(':');
        bool v6 = colon != text.npos && text.find(':', colon + 1) != text.npos;
        place.host = base::lower(v6 ? text : text.substr(0, colon));
        if (!v6 && colon != text.npos)
            place.port = text.substr(colon + 1);
    }
    if (place.host.starts_with("ipv6:"))
        place.host.erase(0, 5);
    return place;
}

bool fits(const Place& asked, const Place& has) {
    return asked.host == has.host && (asked.port.empty() || asked.port == has.port);
}

// Whether `text` is `name` with something behind it that begins so.
bool is_before(std::string_view name, std::string_view text, std::string_view behind) {
    return text.starts_with(name) && text.substr(name.size()).starts_with(behind);
}

}  // namespace

bool is_of_login(health::Scope scope, const health::Names& record) {
    return scope == health::Scope::identity ||
           (scope == health::Scope::nexthop &&
            record.key.find(health::login_mark) != record.key.npos);
}

bool means(std::string_view name, health::Scope scope, const health::Names& record) {
    if (name == record.label || name == record.key)
        return true;
    if (is_of_login(scope, record) &&
        (is_before(name, record.label, " as ") || is_before(name, record.label, " under TLS") ||
         is_before(name, record.key, scope == health::Scope::identity ? "/" : "|")))
        return true;
    Place asked = place_of(name);
    if (scope == health::Scope::nexthop) {
        size_t colon = std::min(record.key.find(':'), record.key.size() - 1);
        std::string_view element = std::string_view(record.key).substr(colon + 1);
        element = element.substr(0, element.find(health::login_mark));
        bool list = element.find_first_of(", \t") != element.npos;
        return !list && fits(asked, place_of(element));
    }
    std::string_view label = std::string_view(record.label).substr(0, record.label.find('/'));
    std::string_view key = std::string_view(record.key).substr(0, record.key.find_first_of("%/"));
    return fits(asked, place_of(label)) || fits(asked, place_of(key));
}

Known::Known(const config::Settings& settings)
    : path_(base::text(settings.text("data_directory"), "/", health::snapshot_file)) {
    rules_ = nexthop::FailoverSettings::from(settings, "smtp").rules;
    if (auto memory = ipc::ask_for_health_table(settings.text("queue_directory"))) {
        table_ = std::make_unique<health::Table>(std::move(*memory));
        running_ = true;
        return;
    }
    auto slots = static_cast<size_t>(settings.number("failover_table_size"));
    std::string text = health::read_snapshot(path_);
    if (text.empty()) {
        table_ = std::make_unique<health::Table>(health::Table::create(slots));
        return;
    }
    health::Moment at = health::this_moment();
    health::Snapshot snapshot = health::Snapshot::parse(text, at);
    written_ = snapshot.written;
    table_ = std::make_unique<health::Table>(health::Table::create(slots, snapshot.key));
    snapshot.fill(*table_, at.now);
}

std::vector<health::Record> Known::records(const std::vector<std::string>& names) {
    struct Found {
        health::Scope scope;
        std::string label;
        health::Record record;
    };
    std::vector<Found> found;
    for (const health::Record& record : table_->all()) {
        health::Scope scope = record.look(base::steady_now(), rules_).scope;
        health::Names own = record.names();
        bool meant = names.empty() || std::ranges::any_of(names, [&](const std::string& name) {
                         return means(name, scope, own);
                     });
        if (meant)
            found.push_back({scope, own.label, record});
    }
    std::ranges::sort(found, {}, [](const Found& each) {
        return std::pair(each.scope, std::string_view(each.label));
    });
    std::vector<health::Record> records;
    for (const Found& each : found)
        records.push_back(each.record);
    return records;
}

void Known::keep() {
    if (!running_)
        health::write_snapshot(path_, health::snapshot_of(*table_, rules_, health::this_moment()));
}

}  // namespace postrelay
