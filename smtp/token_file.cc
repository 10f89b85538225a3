// Tokens that somebody keeps in a file.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/fd.h"
#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "smtp/token_sources.h"

namespace smtp {

// What is there now: a file is replaced by rename, or written over, when its token changes.
Token TokenFile::read() {
    base::Fd fd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!fd)
        throw NoToken(base::SystemError(base::text("open ", path_)).what());
    struct stat found {};
    ::fstat(fd.get(), &found);
    if (!S_ISREG(found.st_mode))
        throw NoToken(base::text(path_, " is no regular file"));
    Token token = token_in(path_, fd.get(), rules_, base::WallTime(written(found)));
    stamp_ = dict::FileStamp::of(found);
    return token;
}

base::Duration TokenFile::written(const struct stat& file) {
    return std::chrono::duration_cast<base::Duration>(
        std::chrono::seconds(file.st_mtim.tv_sec) + std::chrono::nanoseconds(file.st_mtim.tv_nsec));
}

io::Task<std::string> TokenFile::token() {
    if (!stamp_ || stamp_ != dict::FileStamp::of_path(path_)) {
        stamp_.reset();
        token_ = read();
    }
    if (token_.ends && *token_.ends <= io::loop().wall())
        throw NoToken(base::text("the token in ", path_, " has expired"));
    co_return token_.text;
}

// It is read even where it looks as before: two tokens of one size may be written within the
// resolution of a file's time.
io::Task<std::string> TokenFile::instead_of(std::string) {
    stamp_.reset();
    co_return co_await token();
}

}  // namespace smtp
