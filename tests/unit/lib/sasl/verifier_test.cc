// What main.cf demands of mechanisms; jobs on threads; the Cyrus library with users of its own.
#include "lib/sasl/verifier.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "lib/base/base64.h"
#include "lib/io/run.h"
#include "lib/io/scope.h"
#include "lib/io/sleep.h"
#include "lib/sasl/blocking_jobs.h"

namespace {

using namespace std::chrono_literals;
using sasl::Step;

config::Settings settings(const std::string& lines) {
    return config::Settings::from(config::MainCf::parse(lines, "main.cf"), "/etc/postfix");
}

TEST(SaslDemands, AreReadFromWords) {
    struct Row {
        const char* words;
        unsigned properties;
        bool met;
    };
    const Row rows[] = {
        {"noanonymous", sasl::property::plaintext, true},
        {"noanonymous", sasl::property::anonymous | sasl::property::plaintext, false},
        {"NoPlainText, noanonymous", sasl::property::plaintext, false},
        {"noactive nodictionary", sasl::property::dictionary, false},
        {"forward_secrecy", sasl::property::forward_secrecy, true},
        {"forward_secrecy, mutual_auth", sasl::property::forward_secrecy, false},
        {"", sasl::property::anonymous, true},
    };
    for (const Row& row : rows) {
        auto demands = sasl::Demands::of(
            settings(std::string("smtpd_sasl_security_options = ") + row.words + "\n"),
            "smtpd_sasl_security_options");
        EXPECT_EQ(demands.met_by({"X", row.properties}), row.met) << row.words;
    }
    EXPECT_THROW(sasl::Demands::of(settings("smtpd_sasl_security_options = nonsense\n"),
                                   "smtpd_sasl_security_options"),
                 config::Error);
    EXPECT_THROW(sasl::make_verifier(settings("smtpd_sasl_type = none\n")), config::Error);
}

io::Task<void> perform(sasl::BlockingJobs& jobs, std::function<void()> job, base::Duration limit,
                       sasl::BlockingJobs::Outcome& into) {
    sasl::BlockingJobs::Outcome outcome = co_await jobs.perform(std::move(job), limit);
    into = outcome;
}

io::Task<void> three_jobs(std::shared_ptr<std::atomic<bool>> open) {
    using Outcome = sasl::BlockingJobs::Outcome;
    sasl::BlockingJobs jobs(1, 1);
    io::Scope beside, waiters;
    beside.spawn(jobs.run());
    Outcome first = Outcome::late, second = Outcome::late, third = Outcome::done;
    auto began = std::make_shared<std::atomic<bool>>(false);
    std::function<void()> job = [open, began] {
        *began = true;
        while (!*open)
            usleep(100);
    };
    waiters.spawn(perform(jobs, job, 20s, first));
    while (!*began)
        co_await io::sleep(1ms);
    waiters.spawn(perform(jobs, job, 20s, second));
    waiters.spawn(perform(jobs, job, 20s, third));  // there is no room for it
    co_await io::sleep(1ms);
    EXPECT_EQ(third, Outcome::too_many);
    *open = true;
    co_await waiters.join();
    EXPECT_EQ(first, Outcome::done);
    EXPECT_EQ(second, Outcome::done);
    beside.cancel();
    co_await beside.join();
}

TEST(BlockingJobs, RunInTurnAndAreBounded) {
    io::Loop loop;
    io::run_task(three_jobs(std::make_shared<std::atomic<bool>>(false)));
}

io::Task<void> late_job(std::shared_ptr<std::atomic<bool>> open) {
    sasl::BlockingJobs jobs(1, 1);
    auto outcome = sasl::BlockingJobs::Outcome::done;
    std::function<void()> job = [open] {
        while (!*open)
            usleep(100);
    };
    co_await perform(jobs, job, 5ms, outcome);
    EXPECT_EQ(outcome, sasl::BlockingJobs::Outcome::late);
}

// Its thread outlives the object, and nobody waits for it.
TEST(BlockingJobs, AJobThatHangsHoldsUpNobody) {
    auto open = std::make_shared<std::atomic<bool>>(false);
    io::Loop loop;
    io::run_task(late_job(open));
    *open = true;
}

// A folder with smtpd.conf and a sasldb that has bob.
struct CyrusFiles {
    CyrusFiles() : folder(testing::TempDir() + "sasl-" + std::to_string(getpid())) {
        std::filesystem::create_directory(folder);
        std::ofstream(folder + "/smtpd.conf")
            << "pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: PLAIN LOGIN CRAM-MD5\n"
            << "sasldb_path: " << folder << "/users\n";
        std::string command = "printf secret | PATH=$PATH:/usr/sbin saslpasswd2 -p -c -f " +
                              folder + "/users -u mx.example.com bob";
        made = std::system(command.c_str()) == 0;
    }
    ~CyrusFiles() { std::filesystem::remove_all(folder); }
    std::string folder;
    bool made;
};

io::Task<void> log_in(sasl::Verifier& server, std::string mechanism,
                      std::optional<std::string> initial, std::vector<std::string> responses,
                      Step& into) {
    auto exchange = server.begin(sasl::Peer());
    Step step = co_await exchange->start(std::move(mechanism), std::move(initial));
    for (const std::string& response : responses) {
        EXPECT_EQ(step.state, Step::challenge);
        Step next = co_await exchange->answer(response);
        step = std::move(next);
    }
    into = std::move(step);
}

io::Task<void> with_cyrus(sasl::Verifier& server) {
    io::Scope beside;
    beside.spawn(server.run());
    const sasl::Demands anything;
    std::optional<sasl::Offers> all = co_await server.mechanisms(anything);
    EXPECT_TRUE(all && all->size() == 3);
    sasl::Demands hidden;
    hidden.unwanted = sasl::property::plaintext;
    std::optional<sasl::Offers> some = co_await server.mechanisms(hidden);
    EXPECT_EQ(some, (sasl::Offers{{"CRAM-MD5", 0}}));
    hidden.needed = sasl::property::mutual_auth;
    std::optional<sasl::Offers> nothing = co_await server.mechanisms(hidden);
    EXPECT_EQ(nothing, sasl::Offers());

    using namespace std::string_literals;
    std::string good = base::to_base64("\0bob\0secret"s);
    std::string bad = base::to_base64("\0bob\0wrong"s);
    std::string stranger = base::to_base64("\0eve\0wrong"s);
    std::string user = base::to_base64("bob");
    std::string password = base::to_base64("secret");
    struct Row {
        std::string mechanism;
        std::optional<std::string> initial;
        std::vector<std::string> responses;
        Step::State state;
        std::string text;
    };
    const Row rows[] = {
        {"PLAIN", good, {}, Step::done, ""},
        {"PLAIN", std::nullopt, {good}, Step::done, ""},
        {"LOGIN", std::nullopt, {user, password}, Step::done, ""},
        {"PLAIN", bad, {}, Step::failed, "authentication failure"},
        {"PLAIN", "=", {}, Step::failed, "bad protocol / cancel"},
        {"PLAIN", "!", {}, Step::failed, "malformed initial response"},
        {"PLAIN", stranger, {}, Step::failed, "authentication failure"},
        {"PLAIN", std::nullopt, {"!"}, Step::failed, "malformed response"},
        {"NONE", good, {}, Step::failed, "no mechanism available"},
    };
    for (const Row& row : rows) {
        Step step(Step::challenge, "");
        co_await log_in(server, row.mechanism, row.initial, row.responses, step);
        EXPECT_EQ(step.state, row.state) << row.mechanism << ' ' << step.text;
        EXPECT_EQ(step.text, row.text);
        EXPECT_EQ(step.user, row.state == Step::done ? "bob" : step.user);
    }
    for (auto& [mechanism, demands, text] :
         {std::tuple("NONE", anything, "no mechanism available"),
          std::tuple("PLAIN", hidden, "encryption needed to use mechanism"),
          std::tuple("PLAIN", anything, "no mechanism available")}) {
        Step step = co_await server.not_offered(mechanism, demands);
        EXPECT_EQ(step.state, Step::failed);
        EXPECT_EQ(step.text, text);
    }
    beside.cancel();
    co_await beside.join();
}

TEST(CyrusServer, ChecksPasswords) {
    CyrusFiles files;
    ASSERT_TRUE(files.made);
    io::Loop loop;
    auto server =
        sasl::make_verifier(settings("smtpd_sasl_type = cyrus\nmyhostname = mx.example.com\n"
                                     "cyrus_sasl_config_path = " +
                                     files.folder + "\n"));
    io::run_task(with_cyrus(*server));
}

}  // namespace
