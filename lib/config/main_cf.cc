#include "lib/config/main_cf.h"

#include <algorithm>
#include <cctype>

#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/config/logical_lines.h"

namespace config {

bool is_parameter_name(std::string_view name) {
    auto fits = [](unsigned char c) {
        return (c < 128 && std::isalnum(c)) || c == '_' || c == '-' || c == '.';
    };
    return !name.empty() && std::all_of(name.begin(), name.end(), fits);
}

void MainCf::add_line(std::string_view line, const std::string& where,
                      std::vector<std::string>& problems) {
    size_t equals = line.find('=');
    std::string_view name = base::trim(line.substr(0, equals));
    if (equals == line.npos || !is_parameter_name(name)) {
        problems.push_back(
            base::text(where, ": expected \"name = value\", found \"", base::printable(line), '"'));
        return;
    }
    if (const Setting* earlier = find(name))
        warnings_.push_back(base::text(where, ": overriding earlier entry: ", name, '=',
                                       base::printable(earlier->value)));
    set(std::string(name), {std::string(base::trim(line.substr(equals + 1))), where});
}

MainCf MainCf::parse(std::string_view text, const std::string& file) {
    MainCf main_cf;
    std::vector<std::string> problems;
    for (const LogicalLine& line : logical_lines(text, file, problems))
        main_cf.add_line(line.text, line.where, problems);
    if (!problems.empty())
        throw Error(std::move(problems));
    return main_cf;
}

MainCf MainCf::read(const std::string& path) {
    return parse(read_file(path), path);
}

const Setting* MainCf::find(std::string_view name) const {
    auto found = settings_.find(name);
    return found == settings_.end() ? nullptr : &found->second;
}

void MainCf::set(const std::string& name, Setting setting) {
    settings_.insert_or_assign(name, std::move(setting));
}

}  // namespace config
