// MasterEntry is a service of master.cf as it is written, for showing and editing.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace postconf {

class MasterEntry {
  public:
    // The names of the fields as -F has them, in order; the last, "command", has arguments.
    static constexpr std::string_view field_names[] = {"service",       "type",   "private",
                                                       "unprivileged",  "chroot", "wakeup",
                                                       "process_limit", "command"};

    // From a logical line; throws config::BadLine where fields are missing or braces do not match.
    // What the fields hold is not looked at.
    static MasterEntry parse(std::string_view line);

    const std::string& service() const { return fields_[0]; }
    const std::string& type() const { return fields_[1]; }
    // "smtp/inet"
    std::string place() const { return service() + '/' + type(); }

    // Adds a field to `line`; of the command, each option has a line of its own when folded.
    void add_field(std::string& line, size_t index, bool folded) const;
    // Throws config::BadLine or config::Error for a value that the field cannot have.
    void set_field(size_t index, std::string_view value);

    // The -o options, in order of name.
    std::vector<std::pair<std::string, std::string>> parameters() const;
    void set_parameter(std::string_view name, std::string_view value);
    void remove_parameter(std::string_view name);

    // The service as -M shows it, with "\n".
    std::string line(bool folded) const;

  private:
    void add_command(std::string& line, bool folded, size_t margin) const;
    std::optional<size_t> find_parameter(std::string_view name) const;

    std::array<std::string, 7> fields_;
    // The command, then its arguments; an option is two words, "-o" and "name=value" or
    // "{name=value}".
    std::vector<std::string> words_;
    size_t options_end_ = 1;  // where the words behind the options begin
};

// The index of a name in field_names.
std::optional<size_t> field_index(std::string_view name);

}  // namespace postconf
