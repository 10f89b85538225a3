#include "lib/route/trace.h"

#include <gtest/gtest.h>

#include "lib/base/text.h"
#include "lib/route/router.h"
#include "tests/unit/lib/dict/table_world.h"
#include "tests/unit/lib/route/routing_rows.h"

namespace {

using dict_test::TableWorld;
using route::Router;
using route::Trace;

io::Task<void> keep(const Router& router, std::string_view sender, std::string_view recipient,
                    route::Routed& routed) {
    route::Routed answer = co_await router.route(sender, recipient);
    routed = std::move(answer);
}

// "parameter key answer", a line a question.
std::vector<std::string> lines_of(const Trace& trace) {
    std::vector<std::string> lines;
    for (const Trace::Asked& asked : trace.asked())
        lines.push_back(base::text(asked.parameter, " ", asked.key, " ",
                                   asked.answer.found()  ? asked.answer.value
                                   : asked.answer.none() ? "no"
                                                         : "later"));
    return lines;
}

TEST(RouteTrace, HearsOfEachTableAndKey) {
    TableWorld world;
    world.write("transport", "known.test smtp:[mapped]\n");
    world.write("relays", "me@sender.test [mine]\n");
    world.write(
        "main.cf",
        base::text(route_test::base_main_cf,
                   "relayhost = [all]\ntransport_maps = texthash:", world.path("transport"),
                   "\nsender_dependent_relayhost_maps = texthash:", world.path("relays"), "\n"));
    world.make_tables();
    Trace trace;
    Router router(world.settings(), world.tables(), &trace);
    Router silent(world.settings(), world.tables());
    struct Case {
        const char *sender, *recipient;
        std::vector<std::string> lines;
    };
    const Case cases[] = {
        {"me@sender.test",
         "you@known.test",
         {"default_transport  smtp", "sender_dependent_relayhost_maps me@sender.test [mine]",
          "transport_maps you@known.test no", "transport_maps known.test smtp:[mapped]"}},
        {"you@sender.test",
         "you@other.test",
         {"default_transport  smtp", "sender_dependent_relayhost_maps you@sender.test no",
          "sender_dependent_relayhost_maps @sender.test no", "relayhost  [all]",
          "transport_maps you@other.test no", "transport_maps other.test no",
          "transport_maps .test no", "transport_maps * no"}},
    };
    for (const Case& each : cases) {
        trace.clear();
        route::Routed with, without;
        io::Scope scope;
        scope.spawn(keep(router, each.sender, each.recipient, with));
        scope.spawn(keep(silent, each.sender, each.recipient, without));
        while (scope.running() > 0)
            world.loop().run_until_idle();
        EXPECT_EQ(with.route, without.route) << each.recipient;
        std::vector<std::string> lines = lines_of(trace);
        std::erase_if(lines, [](const std::string& line) {
            return line.starts_with("mydestination") || line.starts_with("relay_domains") ||
                   line.starts_with("virtual_");
        });
        EXPECT_EQ(lines, each.lines) << each.recipient;
        EXPECT_GT(trace.asked().size(), lines.size());
    }
}

TEST(RouteTrace, RefusesWhatCannotBeOpened) {
    TableWorld world;
    world.write("main.cf", base::text(route_test::base_main_cf,
                                      "transport_maps = texthash:/nowhere/transport\n"));
    world.make_tables();
    Trace trace;
    EXPECT_THROW(Router(world.settings(), world.tables(), &trace), config::Error);
}

}  // namespace
