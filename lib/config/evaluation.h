// Evaluation turns a main.cf and the table's defaults into the expanded value of any name.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/main_cf.h"

namespace config {

class Evaluation {
  public:
    using Values = std::map<std::string, std::string, std::less<>>;
    // Whether a myorigin that names a file stands for that file's first line.
    enum class Origin : uint8_t { as_written, read };

    // `main_cf` must outlive this, and so must `known`: values found before, taken as they are; may
    // be null.
    Evaluation(const MainCf& main_cf, const std::string& directory, Origin origin = Origin::read,
               const Values* known = nullptr);

    // The expanded value of `name`, computed once; "" when nothing gives it a value. Throws
    // BadExpansion for a bad reference or one that leads back to itself, base::SystemError when
    // the file that myorigin names cannot be read, Error when the machine's addresses are needed
    // and inet_interfaces or mynetworks_style cannot be understood.
    const std::string& of(std::string_view name);

    // The value of `name` before expansion: as set, as the machine has it, or as the table has it;
    // none when nothing gives it a value.
    std::optional<std::string> written(std::string_view name);

    const Values& values() const { return values_; }

  private:
    std::optional<std::string> from_machine(std::string_view name);
    std::string evaluate(std::string_view name);

    const MainCf& main_cf_;
    std::string directory_;
    Origin origin_;
    const Values* known_;  // may be null
    Values values_;
    std::vector<std::string> pending_;  // names whose values are being expanded, outermost first
};

}  // namespace config
