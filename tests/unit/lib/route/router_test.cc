// Routing: beside Postfix's answers, what goes beyond them.
#include "lib/route/router.h"

#include <gtest/gtest.h>

#include "lib/base/text.h"
#include "lib/config/transports.h"
#include "tests/unit/lib/dict/table_world.h"
#include "tests/unit/lib/route/routing_rows.h"

namespace {

using namespace std::string_literals;

using dict_test::TableWorld;
using route::Class;
using route::Routed;
using route::Router;

// As the tables of texthash: and regexp: among the settings have it.
const char* const keys_table =
    "user+x@full.test smtp:[full]\nuser@full.test smtp:[plain]\nfull.test smtp:[dom]\n"
    ".full.test smtp:[sub]\n.test smtp:[top]\n\"a b\"@q.test smtp:[quoted]\n"
    "user smtp:[bare]\n@atdom.example smtp:[at]\nuser@ smtp:[useronly]\n* smtp:[star]\n"
    "[192.0.2.7] smtp:[lit]\nfull.test. smtp:[dot]\nmx.example.org uucp:mine\n"
    "dunno.example DUNNO\n";
const char* const regexp_table =
    "/^user@full\\.test$/ smtp:[re-full]\n/^dom\\.test$/ smtp:[re-dom]\n"
    "/^\\*$/ smtp:[re-star]\n";

class Routing {
  public:
    // Later lines win over earlier ones.
    explicit Routing(std::string main_cf, dict::Proxy* proxy = nullptr) {
        world_.write("keys", keys_table);
        world_.write("re", regexp_table);
        for (size_t at; (at = main_cf.find("DIR/")) != main_cf.npos;)
            main_cf.replace(at, 4, world_.path(""));
        world_.write("main.cf", route_test::base_main_cf + main_cf);
        world_.make_tables(proxy);
        router_ = std::make_unique<Router>(world_.settings(), world_.tables());
    }
    ~Routing() { router_.reset(); }

    Routed ask(std::string_view sender, std::string_view recipient) {
        Routed routed;
        io::Scope scope;
        scope.spawn(keep(*router_, sender, recipient, routed));
        while (scope.running() > 0)
            world_.loop().run_until_idle();
        return routed;
    }
    // "transport:nexthop", or the reason why there is none.
    std::string way(std::string_view sender, std::string_view recipient) {
        Routed routed = ask(sender, recipient);
        return routed.route ? routed.route->transport + ":" + routed.route->nexthop
                            : routed.unroutable.dsn.text() + " " + routed.unroutable.reason;
    }
    TableWorld& world() { return world_; }

  private:
    static io::Task<void> keep(const Router& router, std::string_view sender,
                               std::string_view recipient, Routed& routed) {
        Routed answer = co_await router.route(sender, recipient);
        routed = std::move(answer);
    }

    TableWorld world_;
    std::unique_ptr<Router> router_;
};

std::string judgement(const Routed& routed) {
    if (!routed.route)
        return routed.unroutable.dsn.klass == 4 ? "later" : "syntax";
    const char* names[] = {"local", "alias", "virtual", "relay", "other"};
    return base::text(names[static_cast<size_t>(routed.route->address_class)],
                      routed.route->routed ? "+routed" : "");
}

void check(const std::vector<route_test::Group>& groups, size_t least) {
    size_t rows = 0;
    for (const route_test::Group& group : groups) {
        Routing routing(group.main_cf);
        for (const route_test::Question& row : group.questions) {
            SCOPED_TRACE(base::text(group.name, ": <", row.sender, "> <", row.recipient, '>'));
            ++rows;
            Routed routed = routing.ask(row.sender, row.recipient);
            EXPECT_EQ(judgement(routed), row.judgement);
            route::Route found = routed.route.value_or(route::Route());
            EXPECT_EQ(found.transport, row.transport);
            EXPECT_EQ(found.nexthop, row.nexthop);
            EXPECT_EQ(found.recipient, row.routed_as);
        }
    }
    EXPECT_GE(rows, least);
}

TEST(Router, AnswersAsPostfixDoesForAddresses) {
    check(route_test::address_groups(), 150);
}

TEST(Router, AnswersAsPostfixDoesForSettings) {
    check(route_test::setting_groups(), 100);
}

TEST(Router, SaysWhyThereIsNoWay) {
    Routing routing("transport_maps = fail:x");
    EXPECT_EQ(routing.way("a@b", "u@x.test"), "4.3.0 address resolver failure");
    EXPECT_EQ(routing.way("a@b", "u@"), "5.1.3 bad address syntax");
}

// transport(5): a list may repeat the transport.
TEST(Router, TakesRepeatedTransportsForAList) {
    Routing routing(
        "transport_maps = inline:{ {rep.test = smtp:[a]:587, smtp:[b]:587},"
        " {space.test = relay:a.test relay:[b]:26}, {some.test = smtp:[a], smtp:[b], [c]},"
        " {other.test = smtp:[a], relay:[b]}, {uucp.test = uucp:a, uucp:b} }\n"
        "default_transport = smtp:[d]:1, smtp:[e]:2\n"
        "sender_dependent_default_transport_maps = inline:{ {@s.test = lmtp:[f], lmtp:[g]:24} }");
    EXPECT_EQ(routing.way("a@b", "u@rep.test"), "smtp:[a]:587, [b]:587");
    EXPECT_EQ(routing.way("a@b", "u@space.test"), "relay:a.test, [b]:26");
    EXPECT_EQ(routing.way("a@b", "u@some.test"), "smtp:[a], smtp:[b], [c]");
    EXPECT_EQ(routing.way("a@b", "u@other.test"), "smtp:[a], relay:[b]");
    EXPECT_EQ(routing.way("a@b", "u@uucp.test"), "uucp:a, uucp:b");
    EXPECT_EQ(routing.way("a@b", "u@x.test"), "smtp:[d]:1, [e]:2");
    EXPECT_EQ(routing.way("a@s.test", "u@x.test"), "lmtp:[f], [g]:24");
}

TEST(Router, SaysWhichParameterSetTheNextHop) {
    const std::string sender_maps =
        "sender_dependent_relayhost_maps = inline:{ {@s.test = [sr]} }\n"
        "sender_dependent_default_transport_maps = inline:{ {@t.test = smtp:[st]},"
        " {@bare.test = lmtp:} }\n";
    const std::string transport_maps =
        "transport_maps = inline:{ {hop.test = :[t]}, {name.test = smtp:}, {same.test = :},"
        " {gone.test = error:} }\n";
    struct Row {
        const char* main_cf;
        const char* sender;
        const char* recipient;
        const char* way;
        const char* set_by;
    };
    const Row rows[] = {
        {"", "a@b", "u@x.test", "smtp:x.test", ""},
        {"relayhost = [r], [q]", "a@b", "u@x.test", "smtp:[r], [q]", "relayhost"},
        {"relayhost = [r]", "a@s.test", "u@x.test", "smtp:[sr]", "sender_dependent_relayhost_maps"},
        {"relayhost = [r]", "a@t.test", "u@x.test", "smtp:[st]",
         "sender_dependent_default_transport_maps"},
        {"relayhost = [r]", "a@bare.test", "u@x.test", "lmtp:[r]", "relayhost"},
        {"", "a@bare.test", "u@x.test", "lmtp:x.test", ""},
        {"default_transport = smtp:[d]", "a@b", "u@x.test", "smtp:[d]", "default_transport"},
        {"relay_domains = rel.test\nrelay_transport = relay:[d]", "a@b", "u@rel.test", "relay:[d]",
         "relay_transport"},
        {"relayhost = [r]", "a@b", "u@hop.test", "smtp:[t]", "transport_maps"},
        {"relayhost = [r]", "a@b", "u@name.test", "smtp:name.test", ""},
        {"relayhost = [r]", "a@b", "u@same.test", "smtp:[r]", "relayhost"},
        {"", "a@b", "u@same.test", "smtp:same.test", ""},
        {"", "a@b", "u@gone.test", "error:Address is undeliverable", "transport_maps"},
        {"virtual_alias_domains = al.test", "a@b", "u@al.test",
         "error:5.1.1 User unknown in virtual alias table", "virtual_alias_domains"},
        {"relocated_maps = static:elsewhere", "a@b", "u@x.test",
         "error:5.1.6 User has moved to elsewhere", "relocated_maps"},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(base::text(row.main_cf, " <", row.sender, "> <", row.recipient, '>'));
        Routing routing(sender_maps + transport_maps + row.main_cf + "\n");
        Routed routed = routing.ask(row.sender, row.recipient);
        ASSERT_TRUE(routed.route);
        EXPECT_EQ(routed.route->transport + ":" + routed.route->nexthop, row.way);
        EXPECT_EQ(routed.route->set_by, row.set_by);
        EXPECT_EQ(routed.route->configured(), *row.set_by != 0);
    }
}

TEST(Router, LearnsTransportsFromMasterCf) {
    Routing routing("");
    routing.world().write("master.cf", "slow unix - - n - - smtp\nbox unix - - n - - error\n");
    config::Settings settings = routing.world().settings();
    auto transports = config::Transports::of(settings);
    EXPECT_TRUE(transports.speaks_smtp("slow"));
    EXPECT_FALSE(transports.speaks_smtp("smtp"));
    EXPECT_EQ(transports.command("box"), "error");
    EXPECT_EQ(transports.speaking_smtp(), std::vector<std::string>{"slow"});
}

TEST(Router, LeavesOutThePrefixOfRelocatedUsers) {
    Routing routing(
        "relocated_maps = inline:{ {old@example.org = 5.1.6 gone} }\nrelocated_prefix_enable = no");
    EXPECT_EQ(routing.way("a@b", "old@example.org"), "error:5.1.6 gone");
    EXPECT_TRUE(routing.ask("a@b", "old@example.org").route->relocated);
    EXPECT_FALSE(routing.ask("a@b", "new@example.org").route->relocated);
}

// owner_request_special = no: "list-request" has an extension, for all tables alike.
TEST(Router, TakesAddressesApartAlikeForAllTables) {
    const std::string tables =
        "recipient_delimiter = -\n"
        "relocated_maps = inline:{ {list@moved.test = x@y} }\n"
        "transport_maps = inline:{ {list@sent.test = smtp:[a]}, {double@sent.test = smtp:[b]} }\n"
        "sender_dependent_default_transport_maps = inline:{ {list@s.test = smtp:[c]} }\n";
    {
        Routing whole(tables);
        for (const char* name : {"list-request", "owner-list"}) {
            EXPECT_EQ(whole.way("a@b", name + "@moved.test"s), "smtp:moved.test") << name;
            EXPECT_EQ(whole.way("a@b", name + "@sent.test"s), "smtp:sent.test") << name;
            EXPECT_EQ(whole.way(name + "@s.test"s, "u@x.test"), "smtp:x.test") << name;
        }
    }
    Routing split(tables + "owner_request_special = no\n");
    EXPECT_EQ(split.way("a@b", "list-request@moved.test"), "error:5.1.6 User has moved to x@y");
    EXPECT_EQ(split.way("a@b", "list-request@sent.test"), "smtp:[a]");
    EXPECT_EQ(split.way("list-request@s.test", "u@x.test"), "smtp:[c]");
    EXPECT_EQ(split.way("a@b", "double-bounce@sent.test"), "smtp:sent.test");
}

TEST(Router, SeesAChangedTable) {
    Routing routing("transport_maps = texthash:DIR/keys");
    EXPECT_EQ(routing.way("a@b", "u@full.test"), "smtp:[dom]");
    routing.world().replace("keys", "full.test smtp:[changed]\n");
    routing.world().clock().advance(std::chrono::seconds(2));
    routing.world().tables().outdated();
    EXPECT_EQ(routing.way("a@b", "u@full.test"), "smtp:[changed]");
    EXPECT_EQ(routing.way("a@b", "u@example.com"), "smtp:example.com");
}

TEST(Router, RefusesSettingsThatItCannotUnderstand) {
    for (const char* bad : {"default_transport = :x", "relay_transport = :",
                            "transport_maps = nosuch:x", "transport_maps = hash:/no/such/file"})
        EXPECT_THROW(Routing routing(bad), config::Error) << bad;
}

}  // namespace
