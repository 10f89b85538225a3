// OwnSettings is the parameters of one program: "_helo_timeout" is smtp_helo_timeout for smtp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/config/settings.h"

namespace config {

class OwnSettings {
  public:
    // Both outlive it.
    OwnSettings(const Settings& settings, std::string_view program)
        : settings_(settings), program_(program) {}

    const Settings& all() const { return settings_; }
    std::string_view program() const { return program_; }
    std::string name(std::string_view suffix) const { return base::text(program_, suffix); }
    std::string where(std::string_view suffix) const { return settings_.where(name(suffix)); }
    std::string text(std::string_view suffix) const { return settings_.text(name(suffix)); }
    bool flag(std::string_view suffix) const { return settings_.flag(name(suffix)); }
    base::Duration time(std::string_view suffix) const { return settings_.time(name(suffix)); }
    uint64_t number(std::string_view suffix) const {
        return static_cast<uint64_t>(settings_.number(name(suffix)));
    }
    std::vector<std::string> list(std::string_view suffix) const {
        return settings_.list(name(suffix));
    }
    [[noreturn]] void refuse(std::string_view suffix, std::string_view expected) const {
        throw Error(base::text(where(suffix), ": ", name(suffix), " = ", text(suffix),
                               ": expected ", expected));
    }

  private:
    const Settings& settings_;
    std::string_view program_;
};

}  // namespace config
