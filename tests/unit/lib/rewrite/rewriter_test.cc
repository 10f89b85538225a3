// Rewriting of addresses to their standard form.
#include <gtest/gtest.h>

#include "lib/rewrite/rewriter.h"
#include "tests/unit/lib/esmtp/fuzz_corpus.h"

#define LLVMFuzzerTestOneInput fuzz_rewriter
#include "tests/fuzz/rewriter.cc"
#undef LLVMFuzzerTestOneInput

namespace {

using rewrite::Context;

rewrite::Options usual() {
    rewrite::Options options;
    options.myorigin = "example.org";
    options.mydomain = "example.org";
    return options;
}

// What Debian's Postfix answers to the same addresses, under five configurations.
struct Row {
    const char* address;
    const char* usual;
    const char* no_bangs;    // swap_bangpath = no, append_dot_mydomain = yes
    const char* no_percent;  // allow_percent_hack, append_at_myorigin = no, append_dot_… = yes
    const char* remote;
    const char* remote_domain;  // remote_header_rewrite_domain, append_dot_mydomain = yes
};

// clang-format off
const Row rows[] = {
    {"user", "user@example.org", "user@example.org", "user", "user", "user@invalid.test"},
    {"user@", "user@", "user@", "user@", "user@", "user@"},
    {"@host", "\"\"@host", "\"\"@host.example.org", "\"\"@host.example.org", "\"\"@host", "\"\"@host.invalid.test"},
    {"a%b", "a@b", "a@b.example.org", "a%b", "a@b", "a@b.invalid.test"},
    {"a%b%c", "a%b@c", "a%b@c.example.org", "a%b%c", "a%b@c", "a%b@c.invalid.test"},
    {"a!b", "b@a", "a!b@example.org", "b@a.example.org", "b@a", "b@a.invalid.test"},
    {"a!b!c", "b!c@a", "a!b!c@example.org", "b!c@a.example.org", "b!c@a", "b!c@a.invalid.test"},
    {"a!b%c", "b%c@a", "a!b@c.example.org", "b%c@a.example.org", "b%c@a", "b%c@a.invalid.test"},
    {"a%b!c", "c@a%b", "a@b!c.example.org", "c@a%b.example.org", "c@a%b", "c@a%b.invalid.test"},
    {"a!b@c", "a!b@c", "a!b@c.example.org", "a!b@c.example.org", "a!b@c", "a!b@c.invalid.test"},
    {"a%b@c", "a%b@c", "a%b@c.example.org", "a%b@c.example.org", "a%b@c", "a%b@c.invalid.test"},
    {"!b", "b@", "!b@example.org", "b@", "b@", "b@"},
    {"a!", "\"\"@a", "a!@example.org", "\"\"@a.example.org", "\"\"@a", "\"\"@a.invalid.test"},
    {"%b", "\"\"@b", "\"\"@b.example.org", "%b", "\"\"@b", "\"\"@b.invalid.test"},
    {"a%", "a@", "a@", "a%", "a@", "a@"},
    {"a%%b", "a%@b", "a%@b.example.org", "a%%b", "a%@b", "a%@b.invalid.test"},
    {"a!!b", "!b@a", "a!!b@example.org", "!b@a.example.org", "!b@a", "!b@a.invalid.test"},
    {"\"a%b\"", "a%b@example.org", "a%b@example.org", "a%b", "a%b", "a%b@invalid.test"},
    {"\"a!b\"", "a!b@example.org", "a!b@example.org", "a!b", "a!b", "a!b@invalid.test"},
    {"\"a b\"", "\"a b\"@example.org", "\"a b\"@example.org", "\"a b\"", "\"a b\"", "\"a b\"@invalid.test"},
    {"\"a b\"@c", "\"a b\"@c", "\"a b\"@c.example.org", "\"a b\"@c.example.org", "\"a b\"@c", "\"a b\"@c.invalid.test"},
    {"\"a%b\"@c", "a%b@c", "a%b@c.example.org", "a%b@c.example.org", "a%b@c", "a%b@c.invalid.test"},
    {"\"a@b\"@c.d", "\"a@b\"@c.d", "\"a@b\"@c.d", "\"a@b\"@c.d", "\"a@b\"@c.d", "\"a@b\"@c.d"},
    {"a!\"b c\"", "\"b c\"@a", "\"a!b c\"@example.org", "\"b c\"@a.example.org", "\"b c\"@a", "\"b c\"@a.invalid.test"},
    {"\"a b\"%c", "\"a b\"@c", "\"a b\"@c.example.org", "\"a b%c\"", "\"a b\"@c", "\"a b\"@c.invalid.test"},
    {"a@b@c", "\"a@b\"@c", "\"a@b\"@c.example.org", "\"a@b\"@c.example.org", "\"a@b\"@c", "\"a@b\"@c.invalid.test"},
    {"a@b%c", "a@b%c", "a@b%c.example.org", "a@b%c.example.org", "a@b%c", "a@b%c.invalid.test"},
    {"a%b@c@d", "\"a%b@c\"@d", "\"a%b@c\"@d.example.org", "\"a%b@c\"@d.example.org", "\"a%b@c\"@d", "\"a%b@c\"@d.invalid.test"},
    {"@a:user@c", "user@c", "user@c.example.org", "user@c.example.org", "user@c", "user@c.invalid.test"},
    {"@a,@b:user@c", "user@c", "user@c.example.org", "user@c.example.org", "user@c", "user@c.invalid.test"},
    {"@a,@b:user", "user@example.org", "user@example.org", "user", "user", "user@invalid.test"},
    {"@a:a%b", "a@b", "a@b.example.org", "a%b", "a@b", "a@b.invalid.test"},
    {"@a:b!c", "c@b", "b!c@example.org", "c@b.example.org", "c@b", "c@b.invalid.test"},
    {"@a:b!c@d", "b!c@d", "b!c@d.example.org", "b!c@d.example.org", "b!c@d", "b!c@d.invalid.test"},
    {"@a,@b:\"x y\"@z", "\"x y\"@z", "\"x y\"@z.example.org", "\"x y\"@z.example.org", "\"x y\"@z", "\"x y\"@z.invalid.test"},
    {"@a.:u@b.", "u@b", "u@b", "u@b", "u@b", "u@b"},
    {"@[1.2.3.4]:u@b", "u@b", "u@b.example.org", "u@b.example.org", "u@b", "u@b.invalid.test"},
    {"@[IPv6:::1]:u@b", "u@b", "u@b.example.org", "u@b.example.org", "u@b", "u@b.invalid.test"},
    {"@\"a:b\":c@d", "c@d", "c@d.example.org", "c@d.example.org", "c@d", "c@d.invalid.test"},
    {"@h.x:@u", "\"\"@u", "\"\"@u.example.org", "\"\"@u.example.org", "\"\"@u", "\"\"@u.invalid.test"},
    {"user@[1.2.3.4]", "user@[1.2.3.4]", "user@[1.2.3.4]", "user@[1.2.3.4]", "user@[1.2.3.4]", "user@[1.2.3.4]"},
    {"user@[IPv6:::1]", "user@[IPv6:::1]", "user@[IPv6:::1]", "user@[IPv6:::1]", "user@[IPv6:::1]", "user@[IPv6:::1]"},
    {"user@1.2.3.4", "user@1.2.3.4", "user@1.2.3.4", "user@1.2.3.4", "user@1.2.3.4", "user@1.2.3.4"},
    {"user@host.", "user@host", "user@host", "user@host", "user@host", "user@host"},
    {"user@host..", "user@host..", "user@host..", "user@host..", "user@host..", "user@host.."},
    {"user@.host", "user@.host", "user@.host", "user@.host", "user@.host", "user@.host"},
    {"user@.", "user@.", "user@.", "user@.", "user@.", "user@."},
    {"user.", "\"user.\"@example.org", "\"user.\"@example.org", "user", "user", "\"user.\"@invalid.test"},
    {".user", "\".user\"@example.org", "\".user\"@example.org", "\".user\"", "\".user\"", "\".user\"@invalid.test"},
    {"a..b", "\"a..b\"@example.org", "\"a..b\"@example.org", "\"a..b\"", "\"a..b\"", "\"a..b\"@invalid.test"},
    {"a%b.", "a@b", "a@b", "a%b", "a@b", "a@b"},
    {"b.!a", "a@b", "b.!a@example.org", "a@b", "a@b", "a@b"},
    {"a%b.@c.", "\"a%b.\"@c", "\"a%b.\"@c", "\"a%b.\"@c", "\"a%b.\"@c", "\"a%b.\"@c"},
    {"user@b.c", "user@b.c", "user@b.c", "user@b.c", "user@b.c", "user@b.c"},
    {"user@HOST", "user@HOST", "user@HOST.example.org", "user@HOST.example.org", "user@HOST", "user@HOST.invalid.test"},
    {"user@ho_st", "user@ho_st", "user@ho_st.example.org", "user@ho_st.example.org", "user@ho_st", "user@ho_st.invalid.test"},
    {"user @ host", "user@host", "user@host.example.org", "user@host.example.org", "user@host", "user@host.invalid.test"},
    {"u+x@y", "u+x@y", "u+x@y.example.org", "u+x@y.example.org", "u+x@y", "u+x@y.invalid.test"},
    {"a\\@b@c", "\"a@b\"@c", "\"a@b\"@c.example.org", "\"a@b\"@c.example.org", "\"a@b\"@c", "\"a@b\"@c.invalid.test"},
    {"a\\ b@c", "\"a b\"@c", "\"a b\"@c.example.org", "\"a b\"@c.example.org", "\"a b\"@c", "\"a b\"@c.invalid.test"},
    {"\"a\\\"b\"@c", "\"a\\\"b\"@c", "\"a\\\"b\"@c.example.org", "\"a\\\"b\"@c.example.org", "\"a\\\"b\"@c", "\"a\\\"b\"@c.invalid.test"},
    {"\"a\\b\"@c", "ab@c", "ab@c.example.org", "ab@c.example.org", "ab@c", "ab@c.invalid.test"},
    {"\"\"", "\"\"", "\"\"", "\"\"", "\"\"", "\"\""},
    {"\"\"@x", "\"\"@x", "\"\"@x.example.org", "\"\"@x.example.org", "\"\"@x", "\"\"@x.invalid.test"},
    {"@", "\"\"", "\"\"", "\"\"", "\"\"", "\"\""},
    {"user%[1.2.3.4]", "user@[1.2.3.4]", "user@[1.2.3.4]", "\"user%[1.2.3.4]\"", "user@[1.2.3.4]", "user@[1.2.3.4]"},
    {"[1.2.3.4]!user", "user@[1.2.3.4]", "\"[1.2.3.4]!user\"@example.org", "user@[1.2.3.4]", "user@[1.2.3.4]", "user@[1.2.3.4]"},
    {"a@@b", "\"a@\"@b", "\"a@\"@b.example.org", "\"a@\"@b.example.org", "\"a@\"@b", "\"a@\"@b.invalid.test"},
    {"a@b@", "\"a@b\"@", "\"a@b\"@", "\"a@b\"@", "\"a@b\"@", "\"a@b\"@"},
    {"%@b", "%@b", "%@b.example.org", "%@b.example.org", "%@b", "%@b.invalid.test"},
    {"a@b!c", "a@b!c", "a@b!c.example.org", "a@b!c.example.org", "a@b!c", "a@b!c.invalid.test"},
    {"h1!h2!u%h3%h4", "h2!u%h3%h4@h1", "h1!h2!u%h3@h4.example.org", "h2!u%h3%h4@h1.example.org", "h2!u%h3%h4@h1", "h2!u%h3%h4@h1.invalid.test"},
    {"postmaster", "postmaster@example.org", "postmaster@example.org", "postmaster", "postmaster", "postmaster@invalid.test"},
    {"a%b%", "a%b@", "a%b@", "a%b%", "a%b@", "a%b@"},
    {"MAILER-DAEMON", "MAILER-DAEMON@example.org", "MAILER-DAEMON@example.org", "MAILER-DAEMON", "MAILER-DAEMON", "MAILER-DAEMON@invalid.test"},
    {" a@b ", "a@b", "a@b.example.org", "a@b.example.org", "a@b", "a@b.invalid.test"},
    {"u@[1.2.3.4].", "u@[1.2.3.4]", "u@[1.2.3.4]", "u@[1.2.3.4]", "u@[1.2.3.4]", "u@[1.2.3.4]"},
    {"\xe9@x", "\xe9@x", "\xe9@x.example.org", "\xe9@x.example.org", "\xe9@x", "\xe9@x.invalid.test"},
    {"", "", "", "", "", ""},
};
// clang-format on

TEST(Rewriter, DoesAsPostfixDoes) {
    rewrite::Options no_bangs = usual();
    no_bangs.swap_bangpath = false;
    no_bangs.append_dot_mydomain = true;
    rewrite::Options no_percent = usual();
    no_percent.allow_percent_hack = no_percent.append_at_myorigin = false;
    no_percent.append_dot_mydomain = true;
    rewrite::Options remote_domain = usual();
    remote_domain.remote_domain = "invalid.test";
    remote_domain.append_dot_mydomain = true;
    auto rewritten = [](const rewrite::Options& options, const char* address, Context context) {
        return rewrite::Rewriter(options).rewrite(address, context);
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.address);
        EXPECT_EQ(rewritten(usual(), row.address, Context::local), row.usual);
        EXPECT_EQ(rewritten(no_bangs, row.address, Context::local), row.no_bangs);
        EXPECT_EQ(rewritten(no_percent, row.address, Context::local), row.no_percent);
        EXPECT_EQ(rewritten(usual(), row.address, Context::remote), row.remote);
        EXPECT_EQ(rewritten(remote_domain, row.address, Context::remote), row.remote_domain);
    }
}

// Postfix loses the quotes of a quoted @ in a bare name.
TEST(Rewriter, KeepsTheQuotesOfABareName) {
    rewrite::Rewriter rewriter(usual());
    for (auto address : {"\"a@b\"", "a\\@b"}) {
        EXPECT_EQ(rewriter.rewrite(address, Context::local), "\"a@b\"@example.org");
        EXPECT_EQ(rewriter.rewrite(address, Context::remote), "\"a@b\"");
    }
}

// Where Postfix would put quoted characters into a domain, the address stays as it is.
TEST(Rewriter, TurnsNothingQuotedIntoADomain) {
    rewrite::Rewriter rewriter(usual());
    EXPECT_EQ(rewriter.rewrite("\"a b\"!c", Context::local), "\"a b!c\"@example.org");
    EXPECT_EQ(rewriter.rewrite("a%\"b@c\"", Context::local), "\"a%b@c\"@example.org");
    EXPECT_EQ(rewriter.rewrite("a@\"b c\"", Context::local), "\"a@b c\"@example.org");
}

TEST(Rewriter, AppendsWhatIsSet) {
    rewrite::Options options = usual();
    options.append_dot_mydomain = true;
    options.mydomain = "";
    EXPECT_EQ(rewrite::Rewriter(options).rewrite("a@b", Context::local), "a@b");
    options.myorigin = "host";
    options.mydomain = "dom";
    EXPECT_EQ(rewrite::Rewriter(options).rewrite("a", Context::local), "a@host.dom");
    EXPECT_EQ(rewrite::Rewriter(options).rewrite("a@b", Context::remote), "a@b");
}

TEST(Rewriter, TakesItsOptionsFromSettings) {
    auto settings = config::Settings::from(config::MainCf(), "/",
                                           {{"myorigin", "o.example"},
                                            {"mydomain", "d.example"},
                                            {"append_dot_mydomain", "yes"},
                                            {"swap_bangpath", "no"},
                                            {"allow_percent_hack", "no"},
                                            {"append_at_myorigin", "no"},
                                            {"remote_header_rewrite_domain", "r.example"}});
    auto options = rewrite::Options::from(settings);
    EXPECT_EQ(options.myorigin, "o.example");
    EXPECT_EQ(options.mydomain, "d.example");
    EXPECT_EQ(options.remote_domain, "r.example");
    EXPECT_TRUE(options.append_dot_mydomain);
    EXPECT_FALSE(options.swap_bangpath || options.allow_percent_hack || options.append_at_myorigin);
}

TEST(Rewriter, WithstandsAnything) {
    esmtp_test::run_corpus(
        fuzz_rewriter,
        {"@",        "!",      "%",         ".",   ",",  ":",    "\"",
         "\\",       "[",      "]",         " ",   "\t", "\r\n", "a",
         "b.c",      "@a:",    "[1.2.3.4]", "(x)", "<",  ">",    std::string(1, '\0'),
         "\xc3\xa9", "\"x y\""},
        50000);
}

}  // namespace
