// LoginTables are the tables that say which login mail has at one place, by who sends it and where
// it goes.
//
// The keys, in the order in which they are tried: pairs of sender and relay, then those that
// Postfix has (main.cf(5), smtp_sasl_password_maps). At each key tokens are looked for before
// passwords.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/own_settings.h"
#include "lib/dict/maps.h"
#include "lib/io/task.h"
#include "lib/nexthop/visit.h"

namespace nexthop {

// What people may see of a table of logins: of one that has its content in its name the type alone.
std::string login_table_name(std::string_view table);
// Of a parameter's value.
std::string login_table_names(std::string_view tables);

class LoginTables {
  public:
    // What they say of a visit.
    struct Entry {
        Entry() = default;
        dict::Lookup lookup;
        std::string key;
        bool token = false;

        // For people: "table hash:/x, key y"; of a table without a file the type alone.
        std::string source() const;
    };

    // Of smtp or lmtp, opened in `tables`, which outlive them; none where it does not log in
    // anywhere. Throws config::Error.
    static std::optional<LoginTables> of(const config::OwnSettings& own, dict::Tables& tables);

    io::Task<Entry> find(Visit question) const;

    // Of an entry that was found.
    std::string user_of(const Entry& entry) const;
    // The password, or what says where a token comes from; "" where it lacks either.
    std::string proof_of(const Entry& entry) const;
    // "table hash:/x, key y: expected …" where it does: what is taken for the user then may well be
    // meant to be secret. "" where all is well.
    std::string defect_of(const Entry& entry) const;

  private:
    struct Key {
        std::string text;
        dict::Key kind;
    };
    struct Split {
        std::string_view user, rest;
    };

    LoginTables() = default;
    std::vector<Key> keys_for(const Visit& question) const;
    Split split(const Entry& entry) const;

    dict::Maps passwords_;
    dict::Maps tokens_;
    std::string delimiter_;
    std::string extension_delimiters_;
    bool by_sender_ = false;
};

}  // namespace nexthop
