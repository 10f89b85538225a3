// Evaluation turns a main.cf and the table's defaults into the expanded value of every name.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/main_cf.h"

namespace config {

class Evaluation {
  public:
    using Values = std::map<std::string, std::string, std::less<>>;

    // `main_cf` must outlive this.
    Evaluation(const MainCf& main_cf, const std::string& directory);

    // The expanded value of `name`, computed once; "" when nothing gives it a value. Throws
    // BadExpansion for a bad reference or one that leads back to itself, base::SystemError when
    // the file that myorigin names cannot be read.
    const std::string& of(std::string_view name);

    // The value of `name` before expansion: as set, as the machine has it, or as the table has it;
    // none when nothing gives it a value.
    std::optional<std::string> written(std::string_view name);

    const Values& values() const { return values_; }
    // Names that were referred to although nothing gives them a value.
    const std::set<std::string, std::less<>>& unknown() const { return unknown_; }

  private:
    std::string evaluate(std::string_view name);

    const MainCf& main_cf_;
    Values computed_;  // defaults taken from the machine
    Values values_;
    std::vector<std::string> pending_;  // names whose values are being expanded, outermost first
    std::set<std::string, std::less<>> unknown_;
};

}  // namespace config
