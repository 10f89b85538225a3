// MainCf is the text of a main.cf: names with their values as written.
//
// Lines are `name = value`; a line that begins with white space continues the one before, comment
// lines and empty lines between them do not end it. A later setting of a name wins. Values are not
// expanded and names are not looked up here: Settings does both.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace config {

struct Setting {
    std::string value;  // white space at the ends removed; continuation lines as they are
    std::string where;  // "FILE, line N", or "-o" for an override
};

class MainCf {
  public:
    // Throws Error with every bad line; base::SystemError when the file cannot be read.
    static MainCf read(const std::string& path);
    static MainCf parse(std::string_view text, const std::string& file);

    // Null when `name` is not set; valid until the next set().
    const Setting* find(std::string_view name) const;
    void set(const std::string& name, Setting setting);
    const std::map<std::string, Setting, std::less<>>& settings() const { return settings_; }
    const std::vector<std::string>& warnings() const { return warnings_; }

  private:
    void add_line(std::string_view line, const std::string& where,
                  std::vector<std::string>& problems);

    std::map<std::string, Setting, std::less<>> settings_;
    std::vector<std::string> warnings_;
};

// Letters, digits, '_', '-' and '.', at least one.
bool is_parameter_name(std::string_view name);

}  // namespace config
