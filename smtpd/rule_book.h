// RuleBook has the restrictions of each stage of a session, as main.cf lists them.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/restrictions.h"
#include "lib/config/settings.h"
#include "lib/dict/tables.h"
#include "smtpd/check.h"

namespace smtpd {

// In the order of config::restriction_stages().
enum class Stage : uint8_t {
    client,
    helo,
    sender,
    relay,
    recipient,
    data,
    end_of_data,
    etrn,
};
inline constexpr size_t stages = 8;

class RuleBook {
  public:
    // Throws config::Error where config::check_restrictions finds problems or a table cannot be
    // opened.
    RuleBook(const config::Settings& settings, dict::Tables& tables);

    const Rules& of(Stage stage) const { return stages_[static_cast<size_t>(stage)]; }
    // Whether there is a rule about clients, HELO names or senders.
    bool any_before_recipients() const;
    // The rules that an entry of an access table lists; without tables.
    Rules of_entry(std::string_view text) const;

  private:
    struct Text {
        std::string_view default_access;
        dict::Tables* tables;  // null: tables are refused
        int depth;
    };
    Rules rules_of(std::string_view text, const Text& how) const;
    Rule rule_of(const config::RestrictionUse& use, const Text& how) const;

    std::map<std::string, std::string, std::less<>> classes_;  // name, definition
    std::array<Rules, stages> stages_;
};

}  // namespace smtpd
