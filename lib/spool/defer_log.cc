#include "lib/spool/defer_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "lib/base/error.h"
#include "lib/base/fd.h"
#include "lib/base/text.h"
#include "lib/mail/xtext.h"

namespace spool {

namespace {

std::string_view folder_of(DeferLog log) {
    return log == DeferLog::defer ? "defer" : "bounce";
}

std::string one_line(std::string_view text) {
    std::string out(text);
    std::replace_if(
        out.begin(), out.end(), [](char c) { return c == '\n' || c == '\r' || c == '\0'; }, ' ');
    return out;
}

void append_value(std::string& out, std::string_view name, std::string_view value) {
    if (!value.empty())
        base::append(out, name, '=', one_line(value), '\n');
}

struct Member {
    std::string_view name;
    std::string DeferEntry::*member;
};

constexpr std::array<Member, 5> members{{
    {"recipient", &DeferEntry::recipient},
    {"original_recipient", &DeferEntry::original},
    {"diag_text", &DeferEntry::diagnostic},
    {"mta_mname", &DeferEntry::remote_mta},
    {"reason", &DeferEntry::reason},
}};

void take(DeferEntry& entry, std::string_view line) {
    size_t equals = line.find('=');
    if (equals == line.npos)
        return;
    std::string_view name = line.substr(0, equals);
    std::string_view value = line.substr(equals + 1);
    for (const Member& m : members)
        if (m.name == name)
            entry.*m.member = value;
    if (name == "dsn_orig_rcpt")
        entry.orcpt = mail::xtext(value);
    else if (name == "offset")
        entry.mark = base::number<uint64_t>(value).value_or(0);
    else if (name == "notify_flags")
        entry.notify = base::number<uint32_t>(value).value_or(0);
    else if (name == "status")
        entry.dsn = mail::Dsn::parse(value).value_or(entry.dsn);
}

std::string read_all(int fd, const std::string& path) {
    std::string text;
    char bytes[16384];
    while (true) {
        ssize_t n = ::read(fd, bytes, sizeof bytes);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            throw base::SystemError(base::text("read ", path));
        if (n == 0)
            return text;
        text.append(bytes, static_cast<size_t>(n));
    }
}

}  // namespace

std::string log_text(DeferLog log, const DeferEntry& entry) {
    std::string out =
        base::text("\n<", one_line(entry.recipient), ">: ", one_line(entry.reason), '\n');
    append_value(out, "recipient", entry.recipient);
    append_value(out, "original_recipient", entry.original);
    base::append(out, "offset=", entry.mark, '\n');
    append_value(out, "dsn_orig_rcpt", mail::from_xtext(entry.orcpt).value_or(entry.orcpt));
    if (entry.notify)
        base::append(out, "notify_flags=", entry.notify, '\n');
    append_value(out, "status", entry.dsn.text());
    append_value(out, "action", log == DeferLog::defer ? "delayed" : "failed");
    if (!entry.diagnostic.empty()) {
        append_value(out, "diag_type", "smtp");
        append_value(out, "diag_text", entry.diagnostic);
    }
    if (!entry.remote_mta.empty()) {
        append_value(out, "mta_type", "dns");
        append_value(out, "mta_mname", entry.remote_mta);
    }
    base::append(out, "reason=", one_line(entry.reason), '\n', '\n');
    return out;
}

std::vector<DeferEntry> parse_log(std::string_view text) {
    std::vector<DeferEntry> entries;
    DeferEntry entry;
    auto finish = [&] {
        if (!entry.recipient.empty() && !entry.reason.empty())
            entries.push_back(std::move(entry));
        entry = {};
    };
    for (size_t end = text.find('\n'); end != text.npos; end = text.find('\n')) {
        std::string_view line = text.substr(0, end);
        text.remove_prefix(end + 1);
        if (line.empty())
            finish();
        else if (!line.starts_with('<'))
            take(entry, line);
    }
    return entries;
}

void append_log(const QueueFolders& folders, DeferLog log, std::string_view queue_id,
                const std::vector<DeferEntry>& entries, bool fsync) {
    make_hash_folders(folders, folder_of(log), queue_id);
    std::string path = folders.path(folder_of(log), queue_id);
    std::string text;
    for (const DeferEntry& entry : entries)
        text += log_text(log, entry);
    base::Fd fd(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    struct stat before;
    if (!fd || ::fstat(fd.get(), &before) != 0)
        throw base::SystemError(base::text("open ", path));
    ssize_t n = ::write(fd.get(), text.data(), text.size());
    if (n != static_cast<ssize_t>(text.size())) {
        int error = n < 0 ? errno : ENOSPC;
        if (::ftruncate(fd.get(), before.st_size) != 0)
            error = errno;
        throw base::SystemError(base::text("write ", path), error);
    }
    if (!fsync)
        return;
    if (::fsync(fd.get()) != 0)
        throw base::SystemError(base::text("fsync ", path));
    if (before.st_size == 0)
        fsync_folder(folders.folder(folder_of(log), queue_id));
}

std::vector<DeferEntry> read_log(const QueueFolders& folders, DeferLog log,
                                 std::string_view queue_id) {
    auto path = folders.find(folder_of(log), queue_id);
    if (!path)
        return {};
    base::Fd fd(::open(path->c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!fd && errno == ENOENT)
        return {};
    if (!fd)
        throw base::SystemError(base::text("open ", *path));
    return parse_log(read_all(fd.get(), *path));
}

void remove_log(const QueueFolders& folders, DeferLog log, std::string_view queue_id) {
    if (auto path = folders.find(folder_of(log), queue_id))
        if (::unlink(path->c_str()) != 0 && errno != ENOENT)
            throw base::SystemError(base::text("remove ", *path));
}

}  // namespace spool
