#include "lib/dict/paths.h"

#include <sys/stat.h>

#include <ctime>
#include <filesystem>

#include "lib/base/log.h"
#include "lib/base/text.h"

namespace dict {
namespace {

// A source edited this moment is about to be made into a table.
constexpr time_t settled_s = 100;

}  // namespace

std::string absolute(const std::string& path) {
    return path.starts_with('/') ? path : std::filesystem::absolute(path).string();
}

void warn_if_older(const std::string& database, const std::string& source) {
    struct stat made {
    }, edited{};
    if (::stat(database.c_str(), &made) != 0 || ::stat(source.c_str(), &edited) != 0)
        return;
    if (edited.st_mtime > made.st_mtime && edited.st_mtime < ::time(nullptr) - settled_s)
        base::log::warning(
            base::text("database ", database, " is older than source file ", source));
}

}  // namespace dict
