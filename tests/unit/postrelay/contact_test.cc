#include "postrelay/contact.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "lib/base/error.h"
#include "lib/io/loop.h"
#include "lib/io/run.h"

namespace postrelay {
namespace {

TEST(PostrelayContact, IsToldInAWordForEachStep) {
    struct Row {
        const char *json, *text;
    };
    const Row rows[] = {
        {R"({"result":"ok","connected":true,"greeted":true,"ehlo":true,"connect_seconds":0.001,)"
         R"("greeting_seconds":1.2344,"ehlo_seconds":0,"protocol":"ESMTP",)"
         R"("extensions":["SIZE 9","DSN"]})",
         "ok, ESMTP, connected in 1ms, greeting in 1234ms, reply to EHLO in 0ms; offers SIZE 9, "
         "DSN"},
        {R"({"result":"ok","connected":true,"greeted":true,"ehlo":true,"protocol":"SMTP"})",
         "ok, SMTP, connected in 0ms, greeting in 0ms, reply to EHLO in 0ms"},
        {R"({"result":"ok","connected":true,"greeted":true,"ehlo":true,"protocol":"SMTP",)"
         R"("logged_in_as":"ali","mechanism":"PLAIN"})",
         "ok, SMTP, connected in 0ms, greeting in 0ms, reply to EHLO in 0ms; logged in as ali by "
         "PLAIN"},
        {R"({"result":"banner_4xx","connected":true,"connect_seconds":0.02,"text":"421 no"})",
         "banner_4xx, connected in 20ms; 421 no"},
        {R"({"result":"refused","connected":false,"text":"connect to x"})",
         "refused; connect to x"},
    };
    for (const Row& row : rows) {
        std::optional<base::Json> json = base::Json::parse(row.json);
        ASSERT_TRUE(json) << row.json;
        EXPECT_EQ(Contact{std::move(*json)}.text(), row.text);
    }
}

io::Task<void> ask(const Client& client, std::string* trouble) {
    std::vector<std::string> places(1, "[192.0.2.1]");
    try {
        std::vector<Contact> contacts = co_await ask_at(client, std::move(places));
        *trouble = contacts.empty() ? "no answer" : contacts[0].text();
    } catch (const std::runtime_error& error) {
        *trouble = error.what();
    }
}

TEST(PostrelayContact, AClientThatDoesNotAnswerIsAnError) {
    io::Loop loop;
    std::string trouble;
    Client client;
    client.program = "/bin/false";
    io::run_task(ask(client, &trouble));
    EXPECT_EQ(trouble, "/bin/false -P answered for 0 of 1 places");
    client.program = "/nowhere/smtp";
    io::run_task(ask(client, &trouble));
    EXPECT_NE(trouble.find("start /nowhere/smtp"), trouble.npos) << trouble;
}

}  // namespace
}  // namespace postrelay
