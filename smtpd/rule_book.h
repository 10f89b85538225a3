// RuleBook has the restrictions of each stage of a session, as main.cf lists them.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

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
    // The rules that an entry of an access table lists; tables are in classes only.
    Rules of_entry(std::string_view text) const;

  private:
    class Making;
    // Name, and the restriction that a table without one belongs to ("" where that is none).
    using ClassName = std::pair<std::string, std::string>;

    std::map<ClassName, Rules> classes_;
    std::array<Rules, stages> stages_;
};

}  // namespace smtpd
