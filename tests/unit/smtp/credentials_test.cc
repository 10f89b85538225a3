// Which login a message has where, and the tokens that stand for passwords.
#include "smtp/credentials.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "lib/base/base64.h"
#include "lib/io/run.h"
#include "lib/io/scope.h"
#include "lib/io/sleep.h"
#include "tests/unit/smtp/world.h"

namespace smtp_test {
namespace {

using base::WallTime;

std::string url_safe(const std::string& text) {
    std::string coded = base::to_base64(text);
    coded.resize(coded.find_last_not_of('=') + 1);
    return coded;
}

TEST(Token, IsReadAsItIsWritten) {
    const WallTime given{1'700'000'000s};
    struct Row {
        std::string text, token;
        int64_t left;  // seconds; -1: nobody knows
    };
    const std::string jwt = "e30." + url_safe(R"({"exp":1700000100,"x":"?>"})") + ".c2ln";
    const Row rows[] = {
        {"ya29.abc\n", "ya29.abc", -1},
        {jwt, jwt, 100},
        {R"({"access_token":"t","expires_in":3600})", "t", 3600},
        {R"({"access_token":"t","expires_at":1700000050.5})", "t", 50},
        {R"({"access_token":"t","expiry":"1700000010"})", "t", 10},
        {R"({"access_token":")" + jwt + R"("})", jwt, 100},
        {R"({"access_token":"t","expires_in":-5})", "t", -1},
        {R"({"access_token":"t","expires_in":1e300})", "t", -1},
        {"", "", 0},
        {"two words", "", 0},
        {"{\"error\":\"invalid_grant\"}", "", 0},
        {"{not json", "", 0},
    };
    for (const Row& row : rows) {
        std::optional<smtp::Token> token = smtp::parse_token(row.text, given);
        ASSERT_EQ(token.has_value(), !row.token.empty()) << row.text;
        if (!token)
            continue;
        EXPECT_EQ(token->text, row.token);
        int64_t left = token->ends ? (*token->ends - given) / 1s : -1;
        EXPECT_EQ(left, row.left) << row.text;
    }
}

struct CredentialsTest : testing::Test {
    std::string folder =
        (std::filesystem::temp_directory_path() / "posthaste-unit-XXXXXX").string();
    io::Loop loop{io::system_clock()};
    std::optional<config::Settings> settings;
    std::optional<dict::Tables> tables;
    std::shared_ptr<smtp::Logins> logins;

    CredentialsTest() { folder = ::mkdtemp(folder.data()); }
    ~CredentialsTest() override { std::filesystem::remove_all(folder); }

    void configure(const std::string& lines) {
        settings = config::Settings::from(
            config::MainCf::parse("compatibility_level = 3.6\nmyhostname = mail.example.org\n"
                                  "smtp_sasl_auth_enable = yes\nrecipient_delimiter = +\n" +
                                      lines,
                                  "main.cf"),
            "/etc/postfix");
        logins.reset();
        tables.emplace(*settings);
        logins = smtp::Logins::from(config::OwnSettings(*settings, "smtp"), *tables);
    }
    void write(const std::string& name, const std::string& text) {
        std::ofstream(folder + "/new") << text;
        std::filesystem::rename(folder + "/new", folder + "/" + name);
    }
    void script(const std::string& name, const std::string& text) {
        write(name, "#!/bin/sh\n" + text + "\n");
        ::chmod((folder + "/" + name).c_str(), 0755);
    }
    io::Task<void> find_into(std::string sender, std::string element, std::string host,
                             std::string& text) {
        nexthop::Destination relay;
        relay.text = std::move(element);
        relay.host = host;
        nexthop::Endpoint endpoint;
        endpoint.host = std::move(host);
        nexthop::Visit visit("", std::move(sender), relay, endpoint);
        smtp::FoundLogin found = co_await logins->find(std::move(visit));
        text = !found.trouble.empty() ? found.trouble
               : found.login ? found.login->account.user + "/" + found.login->account.secret
                             : "none";
    }
    std::string find(const std::string& sender, const std::string& element,
                     const std::string& host) {
        std::string text;
        io::run_task(find_into(sender, element, host, text));
        return text;
    }
    std::string token() { return find("s@x", "[r]:587", "r"); }
    // `early`: what came of the second question half a second later.
    io::Task<void> ask_twice(std::string& first, std::string& second, std::string& early) {
        io::Scope both;
        both.spawn(find_into("s@x", "[r]:587", "r", first));
        both.spawn(find_into("t@x", "[r]:587", "r", second));
        co_await io::sleep(500ms);
        early = second;
        co_await both.join();
    }
};

TEST_F(CredentialsTest, PairsComeFirst) {
    const std::string map =
        "smtp_sasl_password_maps = inline:{ {a@x|[r.example]:587 = pair:1} "
        "{a@x|r.example = pair:2} {@x|[r.example]:587 = domain:3} {@y|r.example = domain:4} "
        "{<>|r.example = null:5} {a@x = sender:6} {@y = domain:7} {r.example = host:8} "
        "{[q.example]:587 = element:9} {a@z = sender:a:b} {b@z|mx.example = mx:10} "
        "{only = user} }\n";
    struct Row {
        const char *sender, *element, *host, *login, *by_sender;
    };
    const Row rows[] = {
        {"a@x", "[r.example]:587", "r.example", "pair/1", "pair/1"},
        {"A@X", "[r.example]:587", "r.example", "pair/1", "pair/1"},
        {"a+ext@x", "[r.example]:587", "r.example", "pair/1", "pair/1"},
        {"a@x", "[r.example]:25", "r.example", "pair/2", "pair/2"},
        {"b@x", "[r.example]:587", "r.example", "domain/3", "domain/3"},
        {"b@y", "[r.example]:587", "r.example", "domain/4", "domain/4"},
        {"", "[r.example]:587", "r.example", "null/5", "null/5"},
        {"a@x", "[q.example]:587", "q.example", "element/9", "sender/6"},
        {"b@y", "[q.example]:587", "q.example", "element/9", "domain/7"},
        {"", "[q.example]:587", "q.example", "element/9", "element/9"},
        {"b@x", "r.example", "r.example", "host/8", "host/8"},
        {"b@z", "r.example", "mx.example", "mx/10", "mx/10"},
        {"a@z", "[other]", "other", "none", "sender/a:b"},
        {"", "only", "only", "user/", "user/"},
    };
    for (bool by_sender : {false, true}) {
        configure(map + (by_sender ? "smtp_sender_dependent_authentication = yes\n" : ""));
        for (const Row& row : rows)
            EXPECT_EQ(find(row.sender, row.element, row.host),
                      by_sender ? row.by_sender : row.login)
                << row.sender << " " << row.element;
    }
}

TEST_F(CredentialsTest, OtherDelimiters) {
    configure(
        "smtp_sasl_password_maps = inline:{r=a:b::c:d}\n"
        "smtp_sasl_password_result_delimiter = ::\n");
    EXPECT_EQ(find("", "[r]", "r"), "a:b/c:d");
    for (const char* bad : {"",
                            "smtp_sasl_password_maps = inline:{r=a}\n"
                            "smtp_sasl_password_result_delimiter =\n"})
        EXPECT_THROW(configure(bad), config::Error);
}

TEST_F(CredentialsTest, ATokenInAFileIsReadAgain) {
    configure("smtp_sasl_token_maps = inline:{ {r = ali file:" + folder +
              "/t} {q = ali} }\n"
              "smtp_sasl_password_maps = inline:{r=ali:password}\n");
    EXPECT_EQ(token(), "no token for ali: open " + folder + "/t: No such file or directory");
    write("t", "one\n");
    EXPECT_EQ(token(), "ali/one");
    write("t", "two\n");
    EXPECT_EQ(token(), "ali/two");
    write("t", R"({"access_token":"three","expires_at":1700000000})");
    EXPECT_EQ(token(), "no token for ali: the token in " + folder + "/t has expired");
    write("t", std::string(70000, 'x'));
    EXPECT_EQ(token(), "no token for ali: " + folder + "/t gives more than 65536 bytes");
    std::filesystem::remove(folder + "/t");
    std::filesystem::create_directory(folder + "/t");
    EXPECT_EQ(token(), "no token for ali: " + folder + "/t is no regular file");
    EXPECT_EQ(find("", "[q]", "q"),
              "table inline, key q: expected \"user file:/path\" or \"user command:/path …\"");
}

TEST_F(CredentialsTest, ACommandGivesATokenWhenOneIsNeeded) {
    configure("smtp_sasl_token_maps = inline:{ {r = ali command:" + folder +
              "/c one} }\n"
              "smtp_sasl_token_command_time_limit = 1s\n");
    script("c", "echo $1 >> " + folder + "/runs; echo \"$1-$(wc -l < " + folder + "/runs)\"");
    EXPECT_EQ(token(), "ali/one-1");
    EXPECT_EQ(token(), "ali/one-1") << "it does not run for each message";
    configure("smtp_sasl_token_maps = inline:{ {r = ali command:" + folder +
              "/c one} }\n"
              "smtp_sasl_token_command_time_limit = 1s\n");
    for (auto [text, why] :
         {std::pair("echo x; exit 3", "exit status 3"), std::pair("kill -9 $$", "signal 9"),
          std::pair("exit 0", "it gives no token")}) {
        script("c", text);
        EXPECT_EQ(token(), "no token for ali: command:" + folder + "/c: " + why);
        configure("smtp_sasl_token_maps = inline:{ {r = ali command:" + folder +
                  "/c one} }\n"
                  "smtp_sasl_token_command_time_limit = 1s\n");
    }
    script("c", "sleep 60 & sleep 60");
    EXPECT_EQ(token(), "no token for ali: command:" + folder + "/c: it took too long");
    std::filesystem::remove(folder + "/c");
}

// A relay whose token's command hangs is not to hold up mail that another relay would take.
TEST_F(CredentialsTest, OneWaitsForACommandThatFailedBefore) {
    configure("smtp_sasl_token_maps = inline:{ {r = ali command:" + folder +
              "/c} }\nsmtp_sasl_token_command_time_limit = 2s\n");
    script("c", "exit 3");
    EXPECT_EQ(token(), "no token for ali: command:" + folder + "/c: exit status 3");
    script("c", "sleep 60");
    ::usleep(1'100'000);
    std::string first, second, early;
    io::run_task(ask_twice(first, second, early));
    EXPECT_NE(early.find("exit status 3"), std::string::npos) << early;
    EXPECT_NE(first.find("it took too long"), std::string::npos) << first;
}

TEST_F(CredentialsTest, AShortTokenIsRenewedBeforeItsEnd) {
    auto now =
        std::chrono::duration_cast<std::chrono::milliseconds>(base::wall_now().time_since_epoch());
    configure("smtp_sasl_token_maps = inline:{ {r = ali command:" + folder + "/c} }\n");
    script("c", "echo x >> " + folder + "/runs; echo \"{\\\"access_token\\\":\\\"t$(wc -l < " +
                    folder + "/runs)\\\",\\\"expires_in\\\":1}\"");
    std::set<std::string> seen;
    while (base::wall_now().time_since_epoch() - now < 1300ms) {
        std::string got = token();
        EXPECT_TRUE(got.starts_with("ali/t")) << got;
        seen.insert(got);
        ::usleep(20'000);
    }
    EXPECT_GE(seen.size(), 2u);
    EXPECT_LE(seen.size(), 4u);
}

}  // namespace
}  // namespace smtp_test
