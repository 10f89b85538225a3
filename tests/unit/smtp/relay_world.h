// RelayWorld is a World whose lanes share a table of relay health, as several processes would.
#pragma once

#include "lib/health/table.h"
#include "tests/unit/smtp/world.h"

namespace smtp_test {

inline Script taking(const std::string& name) {
    return {"S 220 mx", "C EHLO", "S 250 mx", "C MAIL", "S 250 ok",      "C RCPT",
            "S 250 ok", "C DATA", "S 354 ok", "D",      "S 250 " + name, "Z"};
}

// What one process has for itself.
struct Worker {
    smtp::Relays relays;
    smtp::IdleSessions idle;
    smtp::Lane lane;
    Worker(World& world, health::Table& table)
        : relays(&table, "smtp", world.options),
          idle(world.options),
          lane(smtp::Workshop{world.options, world.queue, world.dialer, idle, world.sites, relays},
               [&world](std::unique_ptr<smtp::Job> job) {
                   world.reports.push_back(job->report());
               }) {}
};

struct RelayWorld : World {
    static constexpr const char* both = "[192.0.2.1]:25, [192.0.2.2]:25";
    static constexpr const char* first_key = "192.0.2.1:25";
    static constexpr const char* second_key = "192.0.2.2:25";

    health::Table table{health::Table::create(256)};
    Worker one{*this, table};
    Worker two{*this, table};
    size_t told = 0;  // of the log, up to here

    void TearDown() override {
        lanes.cancel();
        loop.run_until_idle();
        for (Worker* each : {&one, &two})
            lanes.spawn(each->idle.run());
        loop.run_until_idle();
        World::TearDown();
    }
    smtp::FailoverSettings& change() {
        auto settings = std::make_shared<smtp::FailoverSettings>(*options.failover);
        smtp::FailoverSettings& changed = *settings;
        options.failover = std::move(settings);
        return changed;
    }
    // Gives a message to a worker, which goes as far as it can without time.
    void send(Worker& worker, ipc::DeliveryRequest made) {
        worker.lane.add(std::make_unique<smtp::Job>(std::move(made), options, queue));
        lanes.spawn(worker.lane.run());
        loop.run_until_idle();
    }
    void send(Worker& worker, const std::string& nexthop = both) {
        ipc::DeliveryRequest made = request({"r@x.example"}, nexthop);
        made.configured = true;
        send(worker, std::move(made));
    }
    // The newest outcome.
    std::string last() { return reports.empty() ? "no report" : outcome(reports.size() - 1); }
    health::View view(const std::string& key, health::Scope scope = health::Scope::endpoint) {
        std::optional<health::Record> record = table.find(scope, key);
        return record ? record->look(loop.now()) : health::View();
    }
    health::State state(const std::string& key) { return view(key).state; }
    health::State list_state(const std::string& nexthop = both) {
        return view("smtp:" + nexthop, health::Scope::nexthop).state;
    }
    // How often the log has had `text` since it was asked last.
    bool logged(const std::string& text) {
        read_log();
        return log.find(text) != std::string::npos;
    }
    size_t dials(const std::string& to) const {
        return static_cast<size_t>(std::ranges::count(dialer.dialled, to));
    }
};

}  // namespace smtp_test
