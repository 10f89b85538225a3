#include "lib/dict/file_table.h"

#include <unistd.h>

#include <cerrno>

#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "lib/io/sleep.h"

namespace dict {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration look_every = 1s;
// A writer that works in place, as Postfix's postmap does, holds its lock until it is done.
constexpr base::Duration ask_again = 10ms, patience = 60s;

// At start there is no loop to keep waiting.
OpenFile load_patiently(const FileTable::Load& load, const std::string& path) {
    base::Instant end = base::steady_now() + patience;
    while (true) {
        try {
            return load(path);
        } catch (const Locked&) {
            if (base::steady_now() > end)
                throw;
        }
        ::usleep(static_cast<useconds_t>(ask_again.count()));
    }
}

}  // namespace

FileTable::FileTable(std::string name, std::string path, Load load, const bool& rooted)
    : Table(std::move(name)),
      path_(std::move(path)),
      load_(std::move(load)),
      rooted_(rooted),
      open_(load_patiently(load_, path_)),
      next_look_(io::Instant::min()) {}

io::Task<Lookup> FileTable::look_up(std::string_view key, Key kind) {
    base::Instant start = io::loop().now();
    look(start);
    while (true) {
        Answer answer = open_.content->get(key, kind);
        if (answer.state == Answer::State::known)
            co_return std::move(answer.lookup);
        if (answer.state == Answer::State::changed) {
            Renewal renewal = renew(rooted_ ? FileStamp::of_path(path_) : std::nullopt);
            if (renewal == Renewal::failed)
                co_return Lookup::later(base::text(name(), ": rewritten, and not open again yet"));
            if (renewal == Renewal::done)
                continue;
        }
        if (io::loop().now() - start > patience)
            co_return Lookup::later(base::text(name(), ": locked by a writer"));
        co_await io::sleep(ask_again);
    }
}

bool FileTable::each(const Visit& visit) {
    return open_.content->each(visit);
}

void FileTable::release_lock() {
    open_.content->release_lock();
}

bool FileTable::outdated(io::Instant now) {
    look(now);
    return outdated_;
}

void FileTable::look(io::Instant now) {
    if (now < next_look_)
        return;
    next_look_ = now + look_every;
    if (!rooted_) {
        outdated_ = outdated_ || FileStamp::of_open(open_.file.get()) != open_.stamp;
        return;
    }
    std::optional<FileStamp> seen = FileStamp::of_path(path_);
    if (!seen)
        return missing();
    told_missing_ = false;
    if (*seen != open_.stamp)
        renew(seen);
}

void FileTable::missing() {
    if (!told_missing_)
        base::log::warning(base::text("table ", name(), ": ", base::SystemError(path_).what(),
                                      "; what it held stays in use"));
    told_missing_ = true;
}

// `seen`: what is at the path now; none where that cannot be seen.
FileTable::Renewal FileTable::renew(const std::optional<FileStamp>& seen) {
    if (!seen) {
        outdated_ = true;
        return Renewal::failed;
    }
    if (*seen == refused_)
        return Renewal::failed;
    std::string trouble;
    try {
        OpenFile fresh = load_(path_);
        std::swap(open_, fresh);
        outdated_ = false;
        refused_ = {};
        return Renewal::done;
    } catch (const Locked&) {
        return Renewal::locked;
    } catch (const base::SystemError& error) {
        outdated_ = error.code() == EACCES || error.code() == EPERM;
        trouble = error.what();
    } catch (const std::exception& error) {
        trouble = error.what();
    }
    if (!outdated_) {
        refused_ = *seen;
        base::log::warning(
            base::text("table ", name(), ": ", trouble, "; what it held before stays in use"));
    }
    return Renewal::failed;
}

}  // namespace dict
