#include "lib/config/check.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace {

namespace fs = std::filesystem;
using config::Problem;
using config::Settings;

// An instance in a scratch folder that passes all checks until a test spoils it.
class CheckInstance : public testing::Test {
  protected:
    void SetUp() override {
        char name[] = "/tmp/config-check-XXXXXX";
        root_ = ::mkdtemp(name);
        fs::create_directory(root_ + "/etc");
        write("master.cf",
              "smtp inet n - n - - smtpd\nsmtp unix - - n - - smtp\n"
              "qmgr unix n - n 300 1 qmgr\n");
        // Run as root, these must exist; they do on every machine.
        base_ =
            "mail_owner = nobody\nsetgid_group = nogroup\nmydestination "
            "=\n"
            "relayhost = [127.0.0.1]:2525\ndaemon_directory = /tmp\n"
            "queue_directory = " +
            root_ + "/queue\ndata_directory = " + root_ + "/data\n";
    }
    void TearDown() override { fs::remove_all(root_); }

    void write(const std::string& name, const std::string& text) {
        std::ofstream(root_ + "/etc/" + name) << text;
    }
    Settings settings(const std::string& more = {}) {
        write("main.cf", base_ + more + "\ncompatibility_level = 3.6\n");
        return Settings::load(root_ + "/etc");
    }
    // "stop TEXT" or "warn TEXT", the scratch folder written as ROOT.
    std::vector<std::string> problems(const std::string& more = {}) {
        std::vector<std::string> texts;
        for (const Problem& problem : config::check_instance(settings(more))) {
            std::string text = (problem.fatal ? "stop " : "warn ") + problem.text;
            for (size_t at; (at = text.find(root_)) != text.npos;)
                text.replace(at, root_.size(), "ROOT");
            texts.push_back(text);
        }
        return texts;
    }
    using Texts = std::vector<std::string>;

    std::string root_;
    std::string base_;
};

TEST_F(CheckInstance, FreshDirectoriesPass) {
    config::create_directories(settings());
    EXPECT_EQ(problems(), Texts{});
    struct stat maildrop;
    ASSERT_EQ(::stat((root_ + "/queue/maildrop").c_str(), &maildrop), 0);
    EXPECT_EQ(maildrop.st_mode & 0777, 0730u);
}

TEST_F(CheckInstance, CreatingTwiceChangesNothing) {
    config::create_directories(settings());
    ::chmod((root_ + "/queue/hold").c_str(), 0750);
    config::create_directories(settings());
    EXPECT_EQ(problems(), Texts{"warn ROOT/queue/hold: expected mode 0700 or less, found 0750"});
}

TEST_F(CheckInstance, NamesMissingDirectories) {
    config::create_directories(settings());
    fs::remove_all(root_ + "/queue/active");
    fs::remove_all(root_ + "/queue/log");
    std::ofstream(root_ + "/queue/log") << "a file";
    fs::remove_all(root_ + "/data");
    EXPECT_EQ(problems(),
              (Texts{"stop ROOT/queue/active: expected a directory: No such file or directory",
                     "stop ROOT/queue/log: expected a directory, found something else",
                     "stop ROOT/data: expected a directory: No such file or directory"}));
}

TEST_F(CheckInstance, NamesWrongOwners) {
    if (::geteuid() != 0)
        GTEST_SKIP() << "needs root";
    config::create_directories(settings());
    ASSERT_EQ(::chown((root_ + "/queue/active").c_str(), 0, 0), 0);
    ASSERT_EQ(::chown((root_ + "/queue/public").c_str(), 65534, 0), 0);
    EXPECT_EQ(problems(), (Texts{"stop ROOT/queue/active: expected nobody as the owner, found root",
                                 "stop ROOT/queue/public: expected nogroup as the group, found "
                                 "root"}));
}

TEST_F(CheckInstance, WarnsOfMailThatWillWait) {
    config::create_directories(settings());
    struct Row {
        const char* main_cf;
        Texts expected;
    };
    const Row rows[] = {
        {"virtual_mailbox_domains =\n", {}},
        {"mydomain = a.example\nrelay_domains = b.example\nrelay_transport = smtp:[c]\n", {}},
        {"default_transport = nosuch:[a]\n",
         {"warn ROOT/etc/main.cf, line 8: default_transport: master.cf has no service "
          "\"nosuch\"; mail for other domains waits in the queue"}},
        {"local_transport = retry\n", {}},
        {"virtual_mailbox_domains = v.example\n",
         {"warn default: virtual_transport: delivery by virtual is not built yet; mail for "
          "$virtual_mailbox_domains waits in the queue"}},
        {"relay_domains = r.example\n",
         {"warn default: relay_transport: master.cf has no service \"relay\"; mail for "
          "$relay_domains waits in the queue"}},
    };
    write("master.cf",
          "smtp inet n - n - - smtpd\nsmtp unix - - n - - smtp\nretry unix - - n - - error\n"
          "virtual unix - n n - - virtual\n");
    for (const Row& row : rows)
        EXPECT_EQ(problems(row.main_cf), row.expected) << row.main_cf;
}

TEST_F(CheckInstance, WarnsOfDomainsInTwoClasses) {
    config::create_directories(settings());
    write("master.cf",
          "smtp unix - - n - - smtp\nrelay unix - - n - - smtp\nlocal unix - n n - - "
          "error\nvirtual unix - n n - - error\n");
    base_.erase(base_.find("mydestination ="), std::string("mydestination =\n").size());
    EXPECT_EQ(problems("mydestination = A.example, b.example, hash:/x, c.example\n"
                       "virtual_alias_domains = a.example, d.example, !b.example\n"
                       "virtual_mailbox_domains = c.example d.example hash:/x /file\n"
                       "relay_domains = b.example, D.example, e.example\n"),
              (Texts{"warn ROOT/etc/main.cf, line 8: do not list domain a.example in BOTH "
                     "mydestination and virtual_alias_domains",
                     "warn ROOT/etc/main.cf, line 9: do not list domain c.example in BOTH "
                     "mydestination and virtual_mailbox_domains",
                     "warn ROOT/etc/main.cf, line 9: do not list domain d.example in BOTH "
                     "virtual_alias_domains and virtual_mailbox_domains",
                     "warn ROOT/etc/main.cf, line 10: do not list domain d.example in BOTH "
                     "virtual_alias_domains and relay_domains",
                     "warn ROOT/etc/main.cf, line 10: do not list domain d.example in BOTH "
                     "virtual_mailbox_domains and relay_domains"}));
}

TEST_F(CheckInstance, KnowsPorts) {
    config::create_directories(settings());
    write("master.cf",
          "587x inet n - n - - smtpd\nmine inet n - n - - smtpd\n"
          "smtps inet n - n - - smtpd\nsmtp unix - - n - - smtp\n"
          "other unix - - n - - smtp -o smtp_tcp_port=nosuch\n"
          "lmtp unix - - n - - lmtp -o known_tcp_ports=lm -o lmtp_tcp_port=lm\n");
    EXPECT_EQ(
        problems("known_tcp_ports = mine=4000, smtps=465\nlmtp_tcp_port = lm\n"
                 "smtp_tcp_port = 70000\n"),
        (Texts{
            "stop ROOT/etc/main.cf, line 10: smtp_tcp_port: expected a port or the name of a "
            "service, found \"70000\"",
            "stop ROOT/etc/main.cf, line 9: lmtp_tcp_port: expected a port or the name of a "
            "service, found \"lm\"",
            "stop ROOT/etc/master.cf, line 1: service: expected a port or the name of a service, "
            "found \"587x\"",
            "stop ROOT/etc/master.cf, line 5: -o: smtp_tcp_port: expected a port or the name of "
            "a service, found \"nosuch\"",
            "stop ROOT/etc/master.cf, line 6: -o: known_tcp_ports: expected NAME=PORT, found "
            "\"lm\""}));
}

TEST_F(CheckInstance, LooksIntoLists) {
    config::create_directories(settings());
    EXPECT_EQ(problems("mynetworks = 127.0.0.1/8\n"),
              Texts{"stop ROOT/etc/main.cf, line 8: mynetworks: expected no bits behind the "
                    "prefix (as in 127.0.0.0/8), found \"127.0.0.1/8\""});
    EXPECT_EQ(
        problems("mynetworks = hash:/x, !/files, cidr:{1.2.3.4/5}, !mail.example, 10.0.0.0/8\n"),
        Texts());
    EXPECT_EQ(problems("resolver_nameservers = [::1]:53, ns1\n"),
              Texts{"stop ROOT/etc/main.cf, line 8: resolver_nameservers: expected an address or "
                    "address:port, found \"ns1\""});
    EXPECT_EQ(problems("maillog_file = /home/x\n"),
              Texts{"stop ROOT/etc/main.cf, line 8: maillog_file: expected a file below one of "
                    "maillog_file_prefixes (/var, /dev/stdout), found \"/home/x\""});
}

TEST_F(CheckInstance, LooksIntoServices) {
    config::create_directories(settings());
    write("master.cf",
          "smtp inet n - n - - smtpd\n -o smtpd_timeout=$mine\n -o soft_bounce=2\n"
          "587 inet n - n - - smtpd\n -o smtpd_milters=inet:[::1]:26\n"
          "smtp unix - - n - - smtp\n26 inet n - n - - smptd\nlocal unix - n n - - local\n -o "
          "soft_bounce=2\n");
    EXPECT_EQ(problems("mine = 5s\nstray = 1\n"),
              (Texts{"stop ROOT/etc/master.cf, line 1: -o: soft_bounce: expected yes or no, found "
                     "\"2\"",
                     "stop ROOT/etc/master.cf, line 4: -o: smtpd_milters = inet:[::1]:26 is "
                     "not built yet, and mail could suffer if it were ignored: expected no value "
                     "or no such line",
                     "stop ROOT/etc/master.cf, line 7: command: expected a program of this mail "
                     "system, found \"smptd\"",
                     "warn ROOT/etc/main.cf, line 9: unused parameter: stray=1"}));
    write("master.cf",
          "smtp unix - - n - - smtp -o smtp_failover_helth=no -o smtp_failover_health=yes\n"
          "odd unix - n n - - pipe -o odd_time_limt=3s\n");
    EXPECT_EQ(problems("default_transport = smtp\nsmtp_failover_polciy = sticky\n"),
              (Texts{"warn ROOT/etc/main.cf, line 9: unused parameter: "
                     "smtp_failover_polciy=sticky; did you mean smtp_failover_policy?",
                     "warn ROOT/etc/master.cf, line 1: unused parameter: -o smtp_failover_helth; "
                     "did you mean smtp_failover_health?",
                     "warn ROOT/etc/master.cf, line 2: unused parameter: -o odd_time_limt; did "
                     "you mean odd_time_limit?"}));
    fs::remove(root_ + "/etc/master.cf");
    EXPECT_EQ(problems(), Texts{"stop open ROOT/etc/master.cf: No such file or directory"});
}

TEST_F(CheckInstance, WarnsOfOptionsWithoutEffect) {
    config::create_directories(settings());
    write("master.cf",
          "smtp inet n - n - - smtpd -v\nsmtp unix - - n - - smtp -o smtp_helo_name=v.D -vv -D\n"
          "relay unix - - n - - smtp\nodd unix - n n - - pipe user=x argv=/bin/x -v\n");
    EXPECT_EQ(
        problems("debug_peer_list = 192.0.2.1\n"),
        (Texts{"warn ROOT/etc/main.cf, line 8: debug_peer_list = 192.0.2.1 is not built yet and "
               "has no effect",
               "warn ROOT/etc/master.cf, line 1: smtpd -v: a verbose log is not built yet",
               "warn ROOT/etc/master.cf, line 2: smtp -v: a verbose log is not built yet",
               "warn ROOT/etc/master.cf, line 2: smtp -D: has no effect: a process is traced "
               "from outside"}));
}

TEST_F(CheckInstance, RefusesUnknownUsers) {
    if (::geteuid() != 0)
        GTEST_SKIP() << "needs root";
    EXPECT_EQ(problems("mail_owner = root\nsetgid_group = nosuch\n").size(), 4u);
}

}  // namespace
