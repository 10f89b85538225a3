// Settings is what a program is given: main.cf, overrides and defaults behind typed getters.
//
//     config::Settings s = config::Settings::load(dir, overrides);
//     s.text("myhostname"); s.number("smtpd_recipient_limit"); s.time("smtpd_timeout");
//
// All that is set is expanded, parsed and checked in load(), with the defaults that depend on it,
// so a getter cannot fail there: asking for a name that is not in the table with that type is a
// bug, and panics. Defaults are expanded when they are asked for. A program fills a struct of its
// own from this at start and does not keep asking.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/base/time.h"
#include "lib/config/error.h"
#include "lib/config/main_cf.h"
#include "lib/config/parameter.h"

namespace config {

// `-o name=value`, the later winning over the earlier and all over main.cf.
using Overrides = std::vector<std::pair<std::string, std::string>>;

// "name=value" or "name = value", as it comes after -o; throws Error.
std::pair<std::string, std::string> parse_override(std::string_view text);

class Settings {
  public:
    // Reads `directory`/main.cf. Throws Error with all problems, base::SystemError when there is
    // no such file. `config_directory` is set to `directory`.
    static Settings load(const std::string& directory, const Overrides& overrides = {});
    // For commands that must do their work whatever else main.cf has: what is wrong with a
    // parameter, or not built yet, stops nobody who does not ask for it. A getter throws Error for
    // a value that is not what it should be.
    static Settings load_for_command(const std::string& directory);
    // What load() does, from a main.cf that was read already.
    static Settings from(MainCf main_cf, const std::string& directory,
                         const Overrides& overrides = {});

    std::string text(std::string_view name) const;  // of a choice and a list too, as written
    bool flag(std::string_view name) const;
    int64_t number(std::string_view name) const;
    uint64_t size(std::string_view name) const;  // bytes
    base::Duration time(std::string_view name) const;
    // The elements between commas and white space.
    std::vector<std::string> list(std::string_view name) const;
    // Whether main.cf or an override sets it (be it to its default).
    bool is_set(std::string_view name) const;

    // The expanded value of any name, of user-defined ones too; "" for a name without a value.
    std::string value(std::string_view name) const;
    // "FILE, line N", "-o" or "default": where the value of `name` comes from.
    std::string where(std::string_view name) const;
    const std::string& directory() const { return directory_; }
    const MainCf& main_cf() const { return main_cf_; }

    // What an administrator should hear at start: settings not built yet, settings made twice,
    // references to names without a value. Only `postfix` and `master` repeat them.
    const std::vector<std::string>& warnings() const { return warnings_; }

  private:
    Settings(MainCf main_cf, std::string directory);
    void evaluate(std::vector<std::string>& problems);
    void warn_of_undefined();
    void check_values(std::vector<std::string>& problems);
    void check_defaults(std::vector<std::string>& problems) const;
    std::string checked(const Parameter& parameter) const;
    std::string value_as(std::string_view name, Type type) const;

    MainCf main_cf_;
    std::string directory_;
    bool checked_at_load_ = true;
    std::vector<std::string> warnings_;
    std::map<std::string, std::string, std::less<>> values_;  // of what is set
};

}  // namespace config
