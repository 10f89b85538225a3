#include "lib/config/master_cf.h"

#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/config/level.h"
#include "lib/config/logical_lines.h"
#include "lib/config/words.h"

namespace config {

static constexpr std::pair<std::string_view, ServiceType> type_names[] = {
    {"inet", ServiceType::inet},
    {"unix", ServiceType::unix_stream},
    {"unix-dgram", ServiceType::unix_datagram},
    {"fifo", ServiceType::fifo},
    {"pass", ServiceType::pass},
};

std::string_view service_type_name(ServiceType type) {
    for (const auto& [name, value] : type_names)
        if (value == type)
            return name;
    return {};
}

std::string ServiceEntry::socket_path() const {
    return (is_private ? "private/" : "public/") + name;
}

namespace {

template <class... Parts>
[[noreturn]] void refuse(const Parts&... parts) {
    throw BadLine(base::text(parts...));
}

ServiceType service_type(std::string_view text) {
    for (const auto& [name, value] : type_names)
        if (name == text)
            return value;
    refuse("type: expected inet, unix, unix-dgram, fifo or pass, found \"", text, '"');
}

bool yes_or_no(std::string_view field, std::string_view text, bool fallback) {
    if (text == "-")
        return fallback;
    if (text != "y" && text != "n")
        refuse(field, ": expected y, n or -, found \"", text, '"');
    return text == "y";
}

unsigned count(std::string_view field, std::string_view text) {
    std::optional<unsigned> value = base::number<unsigned>(text);
    if (!value || *value > 0x7fffffff)
        refuse(field, ": expected a number or -, found \"", text, '"');
    return *value;
}

void read_wakeup(ServiceEntry& entry, std::string_view text) {
    if (text == "-")
        return;
    entry.wakeup_when_used = text.ends_with('?');
    if (entry.wakeup_when_used)
        text.remove_suffix(1);
    entry.wakeup = std::chrono::seconds(count("wakeup", text));
}

// `name` of an inet service is a port, or a host and a port.
void read_endpoint(ServiceEntry& entry) {
    std::string_view name = entry.name;
    size_t colon = name.rfind(':');
    size_t bracket = name.rfind(']');
    bool has_host = colon != name.npos && (bracket == name.npos || colon == bracket + 1);
    std::string_view host = has_host ? name.substr(0, colon) : std::string_view();
    std::string_view port = has_host ? name.substr(colon + 1) : name;
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    else if (host.find_first_of(":[]") != host.npos)
        refuse("name: expected an IPv6 address in brackets, found \"", name, '"');
    std::optional<unsigned> number = base::number<unsigned>(port);
    if (port.empty() || port.find_first_of("[]:/") != port.npos ||
        (number && (*number == 0 || *number > 65535)))
        refuse("name: expected port, host:port or [address]:port, found \"", name, '"');
    entry.host = host;
    entry.port = port;
}

// Part of a path below the queue directory.
void check_socket_name(std::string_view name) {
    if (name.empty() || name.front() == '.' || name.find('/') != name.npos)
        refuse("name: expected a file name without '/', found \"", name, '"');
}

void read_override(ServiceEntry& entry, std::string_view option, Words& words) {
    std::string_view setting = option.substr(2);
    if (setting.empty() && words.empty())
        refuse("expected name=value after -o, found nothing");
    if (setting.empty())
        setting = without_braces(words.next());
    try {
        entry.overrides.push_back(parse_override(setting));
    } catch (const Error& error) {
        refuse(error.what());
    }
}

// Options come first; what follows the first other argument belongs to the program alone.
void read_arguments(ServiceEntry& entry, Words words) {
    bool options = true;
    while (!words.empty()) {
        std::string_view word = words.next();
        options = options && word.starts_with('-');
        if (options && word.starts_with("-o"))
            read_override(entry, word, words);
        else
            entry.arguments.emplace_back(without_braces(word));
    }
}

ServiceEntry read_entry(const LogicalLine& line, bool chroot) {
    ServiceEntry entry;
    entry.where = line.where;
    Words words(line.text);
    entry.name = words.field("name");
    entry.type = service_type(words.field("type"));
    bool listens = entry.type == ServiceType::inet;
    entry.is_private = yes_or_no("private", words.field("private"), !listens);
    if (listens && entry.is_private)
        refuse("private: expected n for a service of type inet, found \"y\"");
    entry.unprivileged = yes_or_no("unpriv", words.field("unpriv"), true);
    entry.chroot = yes_or_no("chroot", words.field("chroot"), chroot);
    read_wakeup(entry, words.field("wakeup"));
    std::string_view maxproc = words.field("maxproc");
    if (maxproc != "-")
        entry.maxproc = count("maxproc", maxproc);
    entry.command = words.field("command");
    if (entry.command.find('/') != entry.command.npos)
        refuse("command: expected the name of a program in daemon_directory, found \"",
               entry.command, '"');
    if (listens)
        read_endpoint(entry);
    else
        check_socket_name(entry.name);
    read_arguments(entry, words);
    return entry;
}

}  // namespace

void MasterCf::add(ServiceEntry entry) {
    for (ServiceEntry& earlier : entries_) {
        if (earlier.name != entry.name || earlier.type != entry.type)
            continue;
        warnings_.push_back(base::text(entry.where, ": ", entry.name, '/',
                                       service_type_name(entry.type), " overrides the service at ",
                                       earlier.where));
        earlier = std::move(entry);
        return;
    }
    entries_.push_back(std::move(entry));
}

MasterCf MasterCf::parse(std::string_view text, const std::string& file, bool chroot) {
    MasterCf master_cf;
    std::vector<std::string> problems;
    for (const LogicalLine& line : logical_lines(text, file, problems)) {
        try {
            master_cf.add(read_entry(line, chroot));
        } catch (const BadLine& error) {
            problems.push_back(base::text(line.where, ": ", base::printable(error.what())));
        }
    }
    if (!problems.empty())
        throw Error(std::move(problems));
    return master_cf;
}

Settings settings_of(const ServiceEntry& entry, const Settings& common) {
    Overrides overrides = {{"service_name", entry.name}};
    overrides.insert(overrides.end(), entry.overrides.begin(), entry.overrides.end());
    return Settings::from(common.main_cf(), common.directory(), overrides);
}

MasterCf MasterCf::of(const Settings& settings) {
    std::string path = settings.directory() + "/master.cf";
    std::optional<Level> level = parse_level(settings.text("compatibility_level"));
    return parse(read_file(path), path, level && *level < Level{1, 0, 0});
}

namespace {

std::vector<ServiceEntry> readable_entries(const Settings& settings) {
    try {
        return MasterCf::of(settings).entries();
    } catch (const std::runtime_error&) {
        return {};
    }
}

std::optional<Settings> readable_settings(const ServiceEntry& entry, const Settings& common) {
    try {
        return settings_of(entry, common);
    } catch (const Error&) {
        return std::nullopt;
    }
}

}  // namespace

void each_service(const Settings& settings,
                  const std::function<void(const ServiceEntry&, const Settings&)>& look) {
    for (const ServiceEntry& entry : readable_entries(settings))
        if (std::optional<Settings> own = readable_settings(entry, settings))
            look(entry, *own);
}

}  // namespace config
