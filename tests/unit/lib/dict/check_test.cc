// The start check of tables.
#include "lib/dict/check.h"

#include <gtest/gtest.h>

#include "tests/unit/lib/dict/table_world.h"

namespace {

using dict_test::TableWorld;

std::vector<std::string> problems(TableWorld& world, const std::string& main_cf,
                                  const std::string& master_cf = "qmgr unix n - n 300 1 qmgr\n") {
    // The machine's own aliases, if any, are none of these tests' business.
    bool sets_aliases = main_cf.find("alias_maps") != main_cf.npos;
    world.write("main.cf", main_cf + (sets_aliases ? "" : "alias_maps =\n"));
    world.write("master.cf", master_cf);
    std::vector<std::string> found;
    std::string folder = world.path("");
    const config::Settings settings = world.settings();
    dict::Tables tables(settings);
    for (const config::Problem& problem : dict::check_tables(settings, tables)) {
        std::string text = problem.fatal ? problem.text : "warning: " + problem.text;
        for (size_t at; (at = text.find(folder)) != text.npos;)
            text.erase(at, folder.size());
        found.push_back(text);
    }
    return found;
}

TEST(TableCheck, OpensWhatIsSet) {
    TableWorld world;
    world.write("good", "a b\n");
    EXPECT_EQ(problems(world, "relay_recipient_maps = texthash:" + world.path("good") +
                                  ", inline:{{a=b, c}}\nmydestination = a.example, static:yes\n"
                                  "relayhost = [127.0.0.1]:25\n"),
              std::vector<std::string>());
    std::vector<std::string> found = problems(
        world, "\nrelay_recipient_maps = texthash:" + world.path("none") +
                   "\nmynetworks = 127.0.0.0/8 !nosuch:x cidr:" + world.path("none2") +
                   "\nsmtpd_client_restrictions = check_client_access hash:" + world.path("none3") +
                   ", permit\n");
    ASSERT_EQ(found.size(), 3u);
    EXPECT_EQ(found[0].substr(0, 24), "main.cf, line 3: mynetwo");
    EXPECT_EQ(found[2].substr(0, 43), "main.cf, line 4: smtpd_client_restrictions:");
    EXPECT_EQ(found[1].substr(0, 38), "main.cf, line 2: relay_recipient_maps:");
    for (size_t i = 0; i < 3; i++)
        EXPECT_NE(found[i].find("none"), std::string::npos) << found[i];
}

TEST(TableCheck, LooksIntoServicesAndLeavesOutWhatIsNotBuilt) {
    TableWorld world;
    std::vector<std::string> found =
        problems(world,
                 "mailbox_command_maps = hash:/no/such\nalias_database = hash:/no/such\n"
                 "smtp_tls_session_cache_database = btree:/no/such\n",
                 "smtp inet n - n - - smtpd\n    -o relay_recipient_maps=hash:/no/such\n");
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].substr(0, 40), "master.cf, line 1: relay_recipient_maps:");
}

TEST(TableCheck, TakesNoOtherWordForATable) {
    TableWorld world;
    EXPECT_EQ(problems(world, "failover_policy = hash:sender\nsmtp_failover_policy = hash:sender\n",
                       "smtp unix - - n - - smtp\n    -o failover_policy=hash:sender\n"),
              std::vector<std::string>());
}

TEST(TableCheck, LooksIntoDefaults) {
    TableWorld world;
    const std::string maps = "alias_maps = texthash:" + world.path("none") + "\n";
    std::vector<std::string> found = problems(world, maps + "mydestination = a.example\n");
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].substr(0, 60),
              "warning: default: local_recipient_maps: open database none: ");
    EXPECT_EQ(problems(world, maps + "mydestination =\n"), std::vector<std::string>());
    found =
        problems(world, "mydestination =\nvirtual_maps = texthash:" + world.path("none") + "\n");
    ASSERT_EQ(found.size(), 1u);
    // The default of this one is what the maps are.
    EXPECT_EQ(found[0].substr(0, 45), "default: virtual_alias_domains: open database");
}

}  // namespace
