// What becomes of addresses: standard form, tables, masquerading, copies, aliases, each by table.
#include "lib/cleanup/mappings.h"

#include <gtest/gtest.h>

#include "lib/base/text.h"
#include "lib/io/run.h"

namespace {

using cleanup::Role;

class Mapped : public testing::Test {
  protected:
    void configure(const std::string& lines) {
        auto settings = config::Settings::from(
            config::MainCf::parse("myhostname = mx.example\nmyorigin = o.example\n"
                                  "mydestination = local.example\nrecipient_delimiter = +\n"
                                  "append_dot_mydomain = no\n" +
                                      lines,
                                  "main.cf"),
            "/etc/postfix");
        tables_ = std::make_unique<dict::Tables>(settings);
        mappings_ = std::make_unique<cleanup::Mappings>(settings, *tables_);
    }

    std::string rewritten(std::string_view address, Role role = Role::envelope_recipient) {
        return run(mappings_->rewritten(address, role, rewrite::Context::local));
    }
    // "address<original …" of all recipients, or the trouble.
    std::string recipients(std::vector<std::string> given, bool copies = true,
                           std::string sender = "s@example.com") {
        mail::Envelope envelope;
        envelope.sender = std::move(sender);
        for (std::string& one : given) {
            mail::Recipient recipient;
            recipient.address = std::move(one);
            envelope.recipients.push_back(std::move(recipient));
        }
        std::string out;
        try {
            for (const auto& one : run(mappings_->recipients(envelope, copies)))
                base::append(out, out.empty() ? "" : " ", one.address,
                             one.original.empty() ? "" : "<", one.original,
                             one.notify == mail::notify_never ? "!" : "");
        } catch (const cleanup::MappingTrouble& trouble) {
            return trouble.what();
        }
        return out;
    }

    template <class T>
    T run(io::Task<T> task) {
        std::optional<T> result;
        io::run_task(keep(std::move(task), result));
        return std::move(*result);
    }

    io::Loop loop_;
    std::unique_ptr<dict::Tables> tables_;
    std::unique_ptr<cleanup::Mappings> mappings_;

  private:
    static io::Task<void> keep(io::Task<std::string> task, std::optional<std::string>& into) {
        std::string got = co_await std::move(task);
        into = std::move(got);
    }
    static io::Task<void> keep(io::Task<std::vector<mail::Recipient>> task,
                               std::optional<std::vector<mail::Recipient>>& into) {
        std::vector<mail::Recipient> got = co_await std::move(task);
        into = std::move(got);
    }
};

struct Row {
    std::string_view address, result;
};

TEST_F(Mapped, CanonicalForms) {
    configure(
        "canonical_maps = inline:{ {a@x.example = b@x.example} {b@x.example = c@x.example} "
        "{bare = full@x.example} {@d.example = @e.example} {u@x.example = v@x.example} "
        "{me@x.example = me@x.example} {quo@x.example = \"a b\"@x.example} }\n");
    const Row rows[] = {
        {"", ""},
        {"z@x.example", "z@x.example"},
        {"a@x.example", "c@x.example"},
        {"bare", "full@x.example"},
        {"bare@local.example", "full@x.example"},
        {"bare@elsewhere.example", "bare@elsewhere.example"},
        {"k+l@d.example", "k+l@e.example"},
        {"u+tag@x.example", "v+tag@x.example"},
        {"me@x.example", "me@x.example"},
        {"quo@x.example", "\"a b\"@x.example"},
        {"quo+t@x.example", "\"a b+t\"@x.example"},
    };
    for (const Row& row : rows)
        EXPECT_EQ(rewritten(row.address), row.result) << row.address;
}

TEST_F(Mapped, CanonicalFormsEnd) {
    configure(
        "canonical_maps = inline:{ {a@x.example = b@x.example} {b@x.example = a@x.example} }");
    EXPECT_THROW(rewritten("a@x.example"), cleanup::MappingTrouble);
    EXPECT_EQ(recipients({"a@x.example"}).substr(0, 46),
              "unreasonable canonical_maps map nesting for a@");
}

TEST_F(Mapped, RolesChooseTables) {
    configure(
        "sender_canonical_maps = inline:{ {a@x.example = s@x.example} }\n"
        "recipient_canonical_maps = inline:{ {a@x.example = r@x.example} }\n"
        "canonical_maps = inline:{ {a@x.example = both@x.example} }\n"
        "canonical_classes = header_recipient\n"
        "recipient_canonical_classes = envelope_recipient\n");
    EXPECT_EQ(rewritten("a@x.example", Role::envelope_sender), "s@x.example");
    EXPECT_EQ(rewritten("a@x.example", Role::header_sender), "s@x.example");
    EXPECT_EQ(rewritten("a@x.example", Role::envelope_recipient), "r@x.example");
    EXPECT_EQ(rewritten("a@x.example", Role::header_recipient), "both@x.example");
    EXPECT_THROW(configure("canonical_classes = everything\n"), config::Error);
}

TEST_F(Mapped, Masquerade) {
    std::vector<std::string> domains = {"!stay.b.example", "a.b.example", "b.example"};
    const Row rows[] = {
        {"b.example", "b.example"},
        {"x.b.example", "b.example"},
        {"x.y.B.Example", "b.example"},
        {"x.a.b.example", "a.b.example"},
        {"a.b.example", "a.b.example"},
        {"stay.b.example", "stay.b.example"},
        {"x.stay.b.example", "x.stay.b.example"},
        {"xb.example", "xb.example"},
        {"", ""},
    };
    for (const Row& row : rows)
        EXPECT_EQ(cleanup::masqueraded(row.address, domains), row.result) << row.address;
    configure("masquerade_domains = b.example\nmasquerade_exceptions = root\n");
    EXPECT_EQ(rewritten("u@x.b.example", Role::header_sender), "u@b.example");
    EXPECT_EQ(rewritten("u@x.b.example", Role::envelope_recipient), "u@x.b.example");
    EXPECT_EQ(rewritten("ROOT@x.b.example", Role::header_sender), "ROOT@x.b.example");
}

TEST_F(Mapped, Aliases) {
    configure(
        "virtual_alias_maps = inline:{ {list@x.example = a@y.example, b@y.example  c} "
        "{nest@x.example = list@x.example, d@y.example} {me@x.example = me@x.example, e@y.example} "
        "{@v.example = @w.example} {u@x.example = t@y.example} {bare = f@y.example} }\n");
    const Row rows[] = {
        {"z@y.example", "z@y.example"},
        {"list@x.example",
         "a@y.example<list@x.example b@y.example<list@x.example "
         "c@o.example<list@x.example"},
        {"nest@x.example",
         "a@y.example<nest@x.example d@y.example<nest@x.example "
         "b@y.example<nest@x.example c@o.example<nest@x.example"},
        {"me@x.example", "me@x.example e@y.example<me@x.example"},
        {"any+e@v.example", "any+e@w.example<any+e@v.example"},
        {"u+e@x.example", "t+e@y.example<u+e@x.example"},
        {"bare", "f@y.example<bare"},
    };
    for (const Row& row : rows)
        EXPECT_EQ(recipients({std::string(row.address)}), row.result) << row.address;
    EXPECT_EQ(recipients({"z@y.example", "Z@Y.example", "z@y.example"}), "z@y.example");
}

TEST_F(Mapped, AliasesKeepToTheirLimits) {
    configure(
        "virtual_alias_recursion_limit = 5\nvirtual_alias_expansion_limit = 4\n"
        "virtual_alias_address_length_limit = 20\n"
        "virtual_alias_maps = inline:{ {a@x = b@x} {b@x = a@x} {many@x = m1@x m2@x m3@x m4@x m5@x} "
        "{long@x = a-name-of-more-than-twenty-characters@x} }\n");
    for (const char* address : {"a@x", "many@x", "long@x"})
        EXPECT_TRUE(recipients({address}).starts_with("unreasonable virtual_alias_maps map "))
            << recipients({address});
    configure("virtual_alias_maps = fail:broken\n");
    EXPECT_TRUE(recipients({"a@x"}).starts_with("virtual_alias_maps map lookup problem for a@x"))
        << recipients({"a@x"});
}

TEST_F(Mapped, Copies) {
    configure(
        "always_bcc = all@y.example\nsender_bcc_maps = inline:{ {s@example.com = sc} }\n"
        "recipient_bcc_maps = inline:{ {r@x.example = rc@y.example} }\n"
        "virtual_alias_maps = inline:{ {r@x.example = deep@y.example} }\n");
    EXPECT_EQ(recipients({"r@x.example"}),
              "sc@o.example! deep@y.example<r@x.example rc@y.example! all@y.example!");
    EXPECT_EQ(recipients({"r@x.example"}, false), "deep@y.example<r@x.example");
    EXPECT_EQ(recipients({"q@x.example"}, true, ""), "q@x.example all@y.example!");
    EXPECT_EQ(recipients({"all@y.example"}, true, ""), "all@y.example all@y.example!");
}

TEST_F(Mapped, SoManyRecipientsAreRemembered) {
    configure("duplicate_filter_limit = 2\n");
    EXPECT_EQ(recipients({"a@x", "b@x", "c@x", "a@x", "c@x"}), "a@x b@x c@x c@x");
    configure("duplicate_filter_limit = 0\n");
    EXPECT_EQ(recipients({"a@x", "b@x", "c@x", "a@x", "c@x"}), "a@x b@x c@x");
}

TEST_F(Mapped, NothingIsMappedWhereItIsLeftOut) {
    configure(
        "always_bcc = all@y.example\nsender_bcc_maps = static:sc\nrecipient_bcc_maps = static:rc\n"
        "canonical_maps = static:c@x\nvirtual_alias_maps = static:v@x\n"
        "masquerade_domains = o.example\n"
        "receive_override_options = no_header_body_checks, no_address_mappings\n");
    EXPECT_EQ(recipients({"bare"}), "bare@o.example<bare");
    EXPECT_EQ(rewritten("s@host.o.example", Role::header_sender), "s@host.o.example");
    EXPECT_THROW(configure("receive_override_options = no_mappings\n"), config::Error);
}

TEST_F(Mapped, OriginalsAreForgottenWhereAsked) {
    configure(
        "enable_original_recipient = no\n"
        "virtual_alias_maps = inline:{ {a@x = c@x} {b@x = c@x} }\n");
    EXPECT_EQ(recipients({"a@x", "b@x"}), "c@x");
    configure("virtual_alias_maps = inline:{ {a@x = c@x} {b@x = c@x} }\n");
    EXPECT_EQ(recipients({"a@x", "b@x"}), "c@x<a@x c@x<b@x");
}

}  // namespace
