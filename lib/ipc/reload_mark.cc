#include "lib/ipc/reload_mark.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vector>

#include "lib/base/error.h"
#include "lib/base/fd.h"
#include "lib/base/text.h"

namespace ipc {

std::string ReloadMark::encode() const {
    return base::text(begun, ' ', ended, ' ', taken ? "taken" : "refused", '\n');
}

std::optional<ReloadMark> ReloadMark::decode(std::string_view text) {
    std::vector<std::string_view> words = base::split(text, " \n");
    if (words.size() != 3 || (words[2] != "taken" && words[2] != "refused"))
        return std::nullopt;
    auto begun = base::number<uint64_t>(words[0]);
    auto ended = base::number<uint64_t>(words[1]);
    if (!begun || !ended)
        return std::nullopt;
    return ReloadMark{*begun, *ended, words[2] == "taken"};
}

std::optional<ReloadMark> ReloadMark::read(const std::string& queue_directory) {
    const std::string path = queue_directory + '/' + reload_mark_file;
    base::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    char bytes[64];
    ssize_t n = file ? ::read(file.get(), bytes, sizeof bytes) : -1;
    if (n < 0)
        return std::nullopt;
    return decode(std::string_view(bytes, static_cast<size_t>(n)));
}

// By renaming, so that nobody reads half of it.
void ReloadMark::write() const {
    const std::string fresh = base::text(reload_mark_file, ".new");
    constexpr int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW;
    base::Fd file(::open(fresh.c_str(), flags, 0644));
    const std::string text = encode();
    if (!file || ::fchmod(file.get(), 0644) != 0 ||
        ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
        ::rename(fresh.c_str(), reload_mark_file) != 0)
        throw base::SystemError(base::text("write ", reload_mark_file));
}

}  // namespace ipc
