#include "master/plan.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "lib/base/text.h"

namespace {

using namespace master;
using base::text;

class Plans : public testing::Test {
  protected:
    Plans() {
        char name[] = "/tmp/plan_test.XXXXXX";
        folder_ = ::mkdtemp(name);
        for (const char* program : {"smtpd", "smtp", "lmtp", "qmgr", "bounce", "showq", "postlogd"})
            ::close(::open((folder_ + "/" + program).c_str(), O_CREAT | O_WRONLY, 0700));
    }
    ~Plans() override { std::filesystem::remove_all(folder_); }

    Plan plan(const std::string& master_cf, const std::string& main_cf = "") {
        std::string all = text("daemon_directory = ", folder_, "\nmyhostname = mail.example.org\n",
                               "inet_protocols = ipv4\n", main_cf);
        config::Settings settings =
            config::Settings::from(config::MainCf::parse(all, "main.cf"), "/etc/postfix");
        return make_plan(config::MasterCf::parse(master_cf, "master.cf"), settings, 4);
    }
    ServicePlan only(const std::string& master_cf, const std::string& main_cf = "") {
        Plan made = plan(master_cf, main_cf);
        EXPECT_EQ(made.services.size(), 1u);
        return made.services.at(0);
    }
    std::string refusal(const std::string& master_cf, const std::string& main_cf = "") {
        try {
            plan(master_cf, main_cf);
        } catch (const config::Error& error) {
            return error.what();
        }
        return "accepted";
    }

    std::string folder_;
};

std::string endpoints(const ServicePlan& plan) {
    std::string list;
    for (const Endpoint& endpoint : plan.endpoints)
        base::append(list, list.empty() ? "" : " ", endpoint.text());
    return list;
}

TEST_F(Plans, WhereAServiceListens) {
    struct Row {
        const char* line;
        const char* main_cf;
        const char* expected;
    } rows[] = {
        {"2525 inet n - n - - smtpd", "", "0.0.0.0:2525"},
        {"2525 inet n - n - - smtpd", "inet_protocols = all", "0.0.0.0:2525 [::]:2525"},
        {"2525 inet n - n - - smtpd", "inet_interfaces = loopback-only", "127.0.0.1:2525"},
        {"2525 inet n - n - - smtpd", "inet_interfaces = 192.0.2.1, [192.0.2.2]",
         "192.0.2.1:2525 192.0.2.2:2525"},
        {"smtp inet n - n - - smtpd", "inet_interfaces = 192.0.2.1", "192.0.2.1:25"},
        {"127.0.0.1:99 inet n - n - - smtpd", "", "127.0.0.1:99"},
        {"[::1]:99 inet n - n - - smtpd", "inet_protocols = ipv6", "[::1]:99"},
        {"smtp unix - - n - - smtp", "", "private/smtp"},
        {"showq unix n - n - - showq", "", "public/showq"},
        {"postlog unix-dgram n - n - 1 postlogd", "", "public/postlog"},
    };
    for (const Row& row : rows)
        EXPECT_EQ(endpoints(only(row.line, row.main_cf)), row.expected) << row.line << row.main_cf;
}

TEST_F(Plans, HowManyProcessesAndSessions) {
    struct Row {
        const char* line;
        const char* main_cf;
        size_t processes, sessions;
        bool standing;
    } rows[] = {
        {"25 inet n - n - - smtpd", "", 4, 10000, true},
        {"25 inet n - n - 0 smtpd", "", 4, 0, true},
        {"25 inet n - n - 3 smtpd", "", 3, 3, true},
        {"25 inet n - n - 50 smtpd", "smtpd_worker_processes = 7", 7, 50, true},
        {"25 inet n - n - - smtpd -o smtpd_worker_processes=2", "", 2, 10000, true},
        {"25 inet n - n - - smtpd", "default_process_limit = 60", 4, 60, true},
        {"relay unix - - n - - smtp", "default_session_limit = 70", 4, 70, false},
        {"bounce unix - - n - 0 bounce", "", 0, 0, false},
        {"showq unix n - n - - showq", "", 100, 0, false},
        {"showq unix n - n - - showq", "default_process_limit = 9", 9, 0, false},
        {"qmgr unix n - n 300 1 qmgr", "", 1, 0, true},
        {"qmgr unix n - n 300 5 qmgr", "", 1, 0, true},
        {"postlog unix-dgram n - n - 1 postlogd", "maillog_file = /var/log/x", 1, 0, true},
        {"postlog unix-dgram n - n - 1 postlogd", "", 1, 0, false},
    };
    for (const Row& row : rows) {
        ServicePlan service = only(row.line, row.main_cf);
        EXPECT_EQ(service.processes, row.processes) << row.line << row.main_cf;
        EXPECT_EQ(service.sessions, row.sessions) << row.line << row.main_cf;
        EXPECT_EQ(service.standing, row.standing) << row.line << row.main_cf;
    }
}

TEST_F(Plans, WhatAProcessIsTold) {
    ServicePlan service = only("relay unix - n y 60? - smtp -o syslog_name=postfix/relay -v");
    EXPECT_EQ(service.program, folder_ + "/smtp");
    EXPECT_EQ(service.invocation.command_line(),
              (std::vector<std::string>{"-n", "relay", "-t", "unix", "-c", "-o",
                                        "syslog_name=postfix/relay", "-v"}));
    EXPECT_EQ(service.wakeup, std::chrono::seconds(60));
    EXPECT_TRUE(service.wakeup_when_used);
}

TEST_F(Plans, OnlyQmgrReloadsInPlace) {
    EXPECT_TRUE(only("qmgr unix n - n 300 1 qmgr").in_place);
    EXPECT_FALSE(only("qmgr unix n - y 300 1 qmgr").in_place);  // main.cf is out of its reach
    ServicePlan log = only("postlog unix-dgram n - n - 1 postlogd");
    EXPECT_FALSE(log.in_place);
    EXPECT_TRUE(log.alone);
    EXPECT_FALSE(only("25 inet n - n - 1 smtpd").alone);
}

TEST_F(Plans, LinesWithoutAProcessAreNamed) {
    Plan made = plan(
        "cleanup unix n - n - 0 cleanup\n"
        "local unix - n n - - local\n"
        "verify unix - - n - 1 verify\n");
    EXPECT_TRUE(made.services.empty());
    ASSERT_EQ(made.notes.size(), 3u);
    EXPECT_NE(made.notes[0].find("cleanup is done in smtpd"), std::string::npos);
    EXPECT_NE(made.notes[1].find("mail transport unavailable"), std::string::npos);
    EXPECT_EQ(made.notes[2], "service verify: verify is not built yet");
}

TEST_F(Plans, WhatCannotBeRunIsRefused) {
    EXPECT_NE(refusal("smtp inet n - n - - smptd").find("unknown command \"smptd\""),
              std::string::npos);
    EXPECT_NE(refusal("nosuchport inet n - n - - smtpd").find("unknown port \"nosuchport\""),
              std::string::npos);
    EXPECT_NE(refusal("25 inet n - n - - smtpd -o smtpd_timeout=soon").find("smtpd_timeout"),
              std::string::npos);
    std::filesystem::remove(folder_ + "/smtpd");
    EXPECT_NE(refusal("25 inet n - n - - smtpd").find("cannot run " + folder_ + "/smtpd"),
              std::string::npos);
    std::filesystem::remove(folder_ + "/showq");
    EXPECT_EQ(plan("showq unix n - n - - showq").warnings.size(), 1u);
}

}  // namespace
