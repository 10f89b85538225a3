#include "postrelay/rows.h"

#include <algorithm>

#include "lib/base/text.h"

namespace postrelay {

using base::Json;

namespace {

using health::Average;
using health::View;

constexpr size_t columns = 8;
using Cells = std::vector<std::string>;

std::string whole_seconds(base::Duration time) {
    auto seconds = (std::max<int64_t>(time.count(), 0) + 500'000) / 1'000'000;
    if (seconds >= 2 * 86'400)
        return base::text(seconds / 86'400, "d");
    if (seconds >= 2 * 3'600)
        return base::text(seconds / 3'600, "h");
    return seconds >= 120 ? base::text(seconds / 60, "m") : base::text(seconds, "s");
}

std::string milliseconds(const Average& average) {
    return average.samples == 0 ? "-" : base::text(average.value.count() / 1000, "ms");
}

// When something happens to it by itself.
std::string next_of(const View& view, base::Instant now) {
    if (view.barred() || view.admin == health::Admin::up)
        return view.admin_until == base::never
                   ? "-"
                   : base::text("until ", whole_seconds(view.admin_until - now));
    switch (view.state) {
        case health::State::open:
            return base::text("in ", whole_seconds(view.until - now));
        case health::State::half_open:
            return view.prober != 0 ? "probing" : "now";
        case health::State::ramp:
        case health::State::slow:
            return base::text("in ", whole_seconds(view.until - now));
        case health::State::closed:
            break;
    }
    return "-";
}

Cells cells_of(const health::Record& record, const health::Rules& rules, base::Instant now) {
    View view = record.look(now, rules);
    health::Names names = record.names();
    std::string latency =
        base::text(milliseconds(view.pace.greeting), "/", milliseconds(view.pace.transfer));
    return {
        // One next hop may be known to several transports.
        view.scope == health::Scope::nexthop ? names.key : names.label,
        state_of(view),
        whole_seconds(now - view.since),
        base::text(view.fails),
        std::string(view.reason == health::Reason::none ? "-" : health::row_of(view.reason).name),
        next_of(view, now),
        latency == "-/-" ? "-" : latency,
        base::text(view.in_flight)};
}

std::string line_of(const Cells& cells, const std::vector<size_t>& widths) {
    std::string line;
    for (size_t i = 0; i < cells.size(); ++i) {
        line += base::printable(cells[i]);
        if (i + 1 < cells.size())
            line.append(widths[i] + 2 - std::min(widths[i], cells[i].size()), ' ');
    }
    return line + '\n';
}

std::string remark_of(const health::Record& record) {
    health::Names names = record.names();
    if (names.who.empty())
        return {};
    return base::printable(
               base::text("    by ", names.who, names.text.empty() ? "" : ": ", names.text)) +
           '\n';
}

int64_t epoch(base::Instant instant, const health::Moment& at) {
    base::WallTime wall = at.wall + (instant - at.now);
    return std::chrono::duration_cast<std::chrono::seconds>(wall.time_since_epoch()).count();
}

double seconds(base::Duration time) {
    return static_cast<double>(time.count()) / 1e6;
}

}  // namespace

std::string_view scope_name(health::Scope scope) {
    constexpr std::string_view names[] = {"endpoint", "identity", "nexthop"};
    return names[static_cast<size_t>(scope)];
}

std::string state_of(const View& view) {
    if (view.admin != health::Admin::none)
        return std::string(name_of(view.admin));
    return view.suspect() ? "suspect" : std::string(name_of(view.state));
}

std::string table_of(const std::vector<health::Record>& records, const health::Rules& rules,
                     const health::Moment& at) {
    constexpr std::string_view titles[] = {"RELAY", "LOGIN AT", "NEXT HOP"};
    std::vector<Cells> rows;
    std::vector<size_t> widths(columns, 0);
    std::vector<std::string> remarks;
    std::optional<health::Scope> last;
    for (const health::Record& record : records) {
        health::Scope scope = record.look(at.now, rules).scope;
        if (last != scope) {
            rows.push_back({std::string(titles[static_cast<size_t>(scope)]), "STATE", "SINCE",
                            "FAILS", "REASON", "NEXT", "LATENCY", "SESSIONS"});
            remarks.push_back("");
        }
        last = scope;
        rows.push_back(cells_of(record, rules, at.now));
        remarks.push_back(remark_of(record));
    }
    for (const Cells& row : rows)
        for (size_t i = 0; i < columns; ++i)
            widths[i] = std::max(widths[i], row[i].size());
    std::string text;
    for (size_t i = 0; i < rows.size(); ++i)
        base::append(text, line_of(rows[i], widths), remarks[i]);
    return text;
}

Json json_of(const health::Record& record, const health::Rules& rules, const health::Moment& at) {
    View view = record.look(at.now, rules);
    health::Names names = record.names();
    Json json;
    json.string("scope", scope_name(view.scope))
        .string("label", names.label)
        .string("key", names.key);
    json.string("service", names.service).boolean("configured", view.configured);
    json.string("state", name_of(view.state)).boolean("suspect", view.suspect());
    json.integer("since", epoch(view.since, at));
    if (view.state != health::State::closed)
        json.real("next_in", std::max(seconds(view.until - at.now), 0.0));
    json.integer("fails", view.fails).real("score", view.score);
    json.integer("step", view.step).string("reason", health::row_of(view.reason).name);
    if (view.admin != health::Admin::none) {
        json.string("admin", name_of(view.admin)).string("admin_by", names.who);
        json.string("admin_text", names.text);
        if (view.admin_until != base::never)
            json.integer("admin_until", epoch(view.admin_until, at));
    }
    json.integer("in_flight", view.in_flight);
    if (view.window != 0)
        json.integer("sessions_at_most", view.window);
    if (view.prober != 0)
        json.integer("probed_by", view.prober);
    if (view.pace.greeting.samples > 0)
        json.real("greeting_seconds", seconds(view.pace.greeting.value));
    if (view.pace.transfer.samples > 0)
        json.real("transfer_seconds", seconds(view.pace.transfer.value));
    return json;
}

}  // namespace postrelay
