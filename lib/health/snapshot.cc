#include "lib/health/snapshot.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "lib/base/crc32c.h"
#include "lib/base/error.h"
#include "lib/base/text.h"

namespace health {
namespace {

constexpr std::string_view title = "relay-health 1";
constexpr size_t fields_of_a_record = 21;
constexpr size_t most_bytes = size_t{64} << 20;
constexpr std::string_view scopes[] = {"endpoint", "identity", "nexthop"};
constexpr std::string_view states[] = {"CLOSED", "OPEN", "HALF_OPEN", "RAMP", "SLOW"};
constexpr std::string_view admins[] = {"-", "DRAIN", "DOWN", "UP"};

std::string escaped(std::string_view text) {
    std::string out;
    for (char c : text) {
        auto byte = static_cast<unsigned char>(c);
        if (byte > ' ' && byte != '%' && byte != 0x7f)
            out.push_back(c);
        else
            base::append(out, "%", byte < 16 ? "0" : "", base::hex(byte));
    }
    return out;
}

std::string plain(std::string_view text) {
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out.push_back(text[i]);
            continue;
        }
        auto byte = base::number<unsigned>(text.substr(i + 1, 2), 16);
        if (!byte || i + 2 >= text.size())
            throw Damaged("a snapshot of relay health has a false escape");
        out.push_back(static_cast<char>(*byte));
        i += 2;
    }
    return out;
}

std::string hex_of(const base::HashKey& key) {
    std::string out;
    for (unsigned char byte : key)
        base::append(out, byte < 16 ? "0" : "", base::hex(byte));
    return out;
}

int64_t wall_us(base::Instant instant, const Moment& at) {
    if (instant == base::never)
        return 0;
    return (at.wall + (instant - at.now)).time_since_epoch().count();
}

// The fields of a line, one after the other.
class Fields {
  public:
    Fields(std::string_view line, const Moment& at) : line_(line), at_(at) {}

    std::string_view text() {
        if (left_ == 0)
            throw Damaged("a snapshot of relay health has too few fields");
        size_t end = std::min(line_.find('\t'), line_.size());
        std::string_view field = line_.substr(0, end);
        line_.remove_prefix(std::min(end + 1, line_.size()));
        --left_;
        return field;
    }
    int64_t number() {
        auto value = base::number<int64_t>(text());
        if (!value)
            throw Damaged("a snapshot of relay health has a false number");
        return *value;
    }
    unsigned count() { return static_cast<unsigned>(std::clamp<int64_t>(number(), 0, UINT32_MAX)); }
    template <class E, size_t N>
    E one_of(const std::string_view (&names)[N]) {
        auto found = std::ranges::find(names, text());
        if (found == std::end(names))
            throw Damaged("a snapshot of relay health has a false word");
        return static_cast<E>(found - names);
    }
    base::Instant instant() {
        base::WallTime wall{base::Duration(number())};
        return at_.now + (wall - at_.wall);
    }

  private:
    std::string_view line_;
    const Moment& at_;
    size_t left_ = fields_of_a_record;
};

Average average(Fields& from) {
    base::Duration value{from.number()};
    return {value, from.count()};
}

Snapshot::Entry entry_of(std::string_view line, const Moment& at) {
    Fields from(line, at);
    Snapshot::Entry entry;
    entry.subject.scope = from.one_of<Scope>(scopes);
    entry.subject.configured = from.text() == "configured";
    entry.kept.breaker.state = from.one_of<State>(states);
    entry.kept.breaker.admin = from.one_of<Admin>(admins);
    entry.kept.breaker.openings = std::min(from.count(), Breaker::most_openings);
    entry.kept.breaker.until = std::max(from.instant(), base::Instant());
    entry.kept.since = from.instant();
    entry.kept.failed_at = from.instant();
    base::Instant admin_until = from.instant();
    bool for_good = admin_until == at.now - at.wall.time_since_epoch();
    entry.kept.admin_until = for_good ? base::never : admin_until;
    entry.kept.score = static_cast<double>(from.number()) / 1000;
    entry.kept.fails = from.count();
    entry.kept.reason = reason_named(from.text()).value_or(Reason::none);
    entry.kept.pace.greeting = average(from);
    entry.kept.pace.transfer = average(from);
    entry.subject.key = plain(from.text());
    entry.subject.label = plain(from.text());
    entry.subject.service = plain(from.text());
    entry.kept.who = plain(from.text());
    entry.kept.text = plain(from.text());
    return entry;
}

std::string line_of(const Record& record, const Rules& rules, const Moment& at) {
    View view = record.look(at.now, rules);
    Names names = record.names();
    Record::Kept kept = record.keep(at.now, rules);
    std::string line;
    auto add = [&line](const auto& field) { base::append(line, field, '\t'); };
    add(scopes[static_cast<size_t>(view.scope)]);
    add(std::string_view(view.configured ? "configured" : "mx"));
    add(states[static_cast<size_t>(kept.breaker.state)]);
    add(admins[static_cast<size_t>(kept.breaker.admin)]);
    add(kept.breaker.openings);
    for (base::Instant time : {kept.breaker.until, kept.since, kept.failed_at, kept.admin_until})
        add(wall_us(time, at));
    add(static_cast<int64_t>(std::lround(kept.score * 1000)));
    add(kept.fails);
    add(row_of(kept.reason).name);
    for (const Average& one : {kept.pace.greeting, kept.pace.transfer}) {
        add(one.value.count());
        add(one.samples);
    }
    for (const std::string* text : {&names.key, &names.label, &names.service, &names.who})
        add(escaped(*text));
    base::append(line, escaped(names.text), '\n');
    return line;
}

std::string last_line(std::string_view before) {
    return base::text("end ", base::hex(base::crc32c(before)), "\n");
}

}  // namespace

Moment this_moment() {
    return {base::steady_now(), base::wall_now()};
}

std::string snapshot_of(const Table& table, const Rules& rules, const Moment& at) {
    std::string text = base::text(title, " ", at.wall.time_since_epoch().count(), " ",
                                  hex_of(table.hash_key()), "\n");
    for (const Record& record : table.all())
        text += line_of(record, rules, at);
    return text + last_line(text);
}

Snapshot Snapshot::parse(std::string_view text, const Moment& at) {
    size_t last = text.rfind("end ");
    if (last == text.npos || !text.starts_with(title) ||
        text.substr(last) != last_line(text.substr(0, last)))
        throw Damaged("it is cut short, was changed, or is of another version");
    Snapshot snapshot;
    std::vector<std::string_view> lines = base::split(text.substr(0, last), "\n");
    std::vector<std::string_view> words = base::split(lines.front(), " ");
    auto written = words.size() == 4 ? base::number<int64_t>(words[2]) : std::nullopt;
    if (!written || words[3].size() != 2 * snapshot.key.size())
        throw Damaged("its first line makes no sense");
    snapshot.written = base::WallTime(base::Duration(*written));
    for (size_t i = 0; i < snapshot.key.size(); ++i) {
        auto byte = base::number<unsigned>(words[3].substr(2 * i, 2), 16);
        if (!byte)
            throw Damaged("its key is no number");
        snapshot.key[i] = static_cast<unsigned char>(*byte);
    }
    for (size_t i = 1; i < lines.size(); ++i)
        snapshot.entries.push_back(entry_of(lines[i], at));
    return snapshot;
}

void Snapshot::fill(Table& table, base::Instant now) const {
    for (const Entry& entry : entries)
        // A key that was cut off would never be found again.
        if (entry.subject.key.size() < Table::longest_key)
            table.record(entry.subject, now).restore(entry.kept, now);
}

void write_snapshot(const std::string& path, std::string_view text) {
    std::string fresh = path + ".new";
    if (::unlink(fresh.c_str()) != 0 && errno != ENOENT)
        throw base::SystemError("remove " + fresh);
    base::Fd fd(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!fd)
        throw base::SystemError("create " + fresh);
    while (!text.empty()) {
        ssize_t n = ::write(fd.get(), text.data(), text.size());
        if (n < 0 && errno != EINTR)
            throw base::SystemError("write " + fresh);
        text.remove_prefix(static_cast<size_t>(std::max<ssize_t>(n, 0)));
    }
    if (::rename(fresh.c_str(), path.c_str()) != 0)
        throw base::SystemError("rename to " + path);
}

std::string read_snapshot(const std::string& path) {
    base::Fd fd(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!fd && errno == ENOENT)
        return {};
    if (!fd)
        throw base::SystemError("open " + path);
    std::string text;
    char bytes[65536];
    ssize_t n = 0;
    while (text.size() < most_bytes && (n = ::read(fd.get(), bytes, sizeof bytes)) > 0)
        text.append(bytes, static_cast<size_t>(n));
    if (n < 0)
        throw base::SystemError("read " + path);
    return text;
}

}  // namespace health
