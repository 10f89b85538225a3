#include "lib/config/check.h"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/config/check_routing.h"
#include "lib/config/check_services.h"
#include "lib/config/master_cf.h"
#include "lib/config/name_servers.h"
#include "lib/config/networks.h"
#include "lib/config/owners.h"
#include "lib/config/unused.h"

namespace config {
namespace {

using Problems = std::vector<Problem>;

template <class... Parts>
void stop(Problems& problems, const Parts&... parts) {
    problems.push_back({true, base::text(parts...)});
}

template <class... Parts>
void warn(Problems& problems, const Parts&... parts) {
    problems.push_back({false, base::text(parts...)});
}

// Tables, files and names of hosts are for the program that opens them.
bool is_network(std::string_view element) {
    while (element.starts_with('!'))
        element.remove_prefix(1);
    if (element.starts_with('['))
        return true;
    return element.find(':') == element.npos && !element.empty() && element[0] >= '0' &&
           element[0] <= '9';
}

std::vector<std::string> networks_of(const Settings& settings, std::string_view name) {
    std::string text = settings.value(name);
    if (text.find('{') != text.npos)
        return {};
    std::vector<std::string> elements = settings.list(name);
    std::erase_if(elements, [](const std::string& element) { return !is_network(element); });
    return elements;
}

void check_networks(const Settings& settings, Problems& problems) {
    for (const char* name :
         {"mynetworks", "smtpd_forbid_bare_newline_exclusions",
          "smtpd_client_event_limit_exceptions", "smtpd_authorized_xclient_hosts",
          "smtpd_authorized_xforward_hosts", "smtpd_sasl_exceptions_networks"}) {
        if (!settings.is_set(name))
            continue;
        try {
            Networks::parse(networks_of(settings, name));
        } catch (const Error& error) {
            for (const std::string& problem : error.problems())
                stop(problems, settings.where(name), ": ", name, ": ", problem);
        }
    }
}

void check_name_servers(const Settings& settings, Problems& problems) {
    try {
        parse_name_servers(settings.list("resolver_nameservers"));
    } catch (const Error& error) {
        for (const std::string& problem : error.problems())
            stop(problems, settings.where("resolver_nameservers"),
                 ": resolver_nameservers: ", problem);
    }
}

void check_log_file(const Settings& settings, Problems& problems) {
    std::string file = settings.text("maillog_file");
    std::vector<std::string> prefixes = settings.list("maillog_file_prefixes");
    auto holds = [&file](const std::string& prefix) { return file.starts_with(prefix); };
    if (!file.empty() && std::none_of(prefixes.begin(), prefixes.end(), holds))
        stop(problems, settings.where("maillog_file"),
             ": maillog_file: expected a file below one of maillog_file_prefixes (",
             settings.value("maillog_file_prefixes"), "), found \"", base::printable(file), '"');
}

bool check_owners(const Settings& settings, Problems& problems) {
    if (::geteuid() != 0)
        return true;
    size_t before = problems.size();
    std::string owner = settings.text("mail_owner");
    std::string group = settings.text("setgid_group");
    const passwd* user = ::getpwnam(owner.c_str());
    if (!user)
        stop(problems, settings.where("mail_owner"),
             ": mail_owner: expected a user of this machine, found \"", owner, '"');
    else if (user->pw_uid == 0)
        stop(problems, settings.where("mail_owner"),
             ": mail_owner: expected a user without privileges, found \"", owner, '"');
    if (!::getgrnam(group.c_str()))
        stop(problems, settings.where("setgid_group"),
             ": setgid_group: expected a group of this machine, found \"", group, '"');
    return problems.size() == before;
}

std::string user_text(uid_t user) {
    const passwd* found = ::getpwuid(user);
    return found ? found->pw_name : base::text("user ", user);
}

std::string group_text(gid_t id) {
    const group* found = ::getgrgid(id);
    return found ? found->gr_name : base::text("group ", id);
}

std::string octal(unsigned mode) {
    std::string digits;
    for (; mode; mode /= 8)
        digits.insert(digits.begin(), static_cast<char>('0' + mode % 8));
    return "0" + digits;
}

// Stops where the path is no directory or another user's; warns of a mode that lets others in.
void check_directory(const std::string& path, unsigned mode, uid_t owner, Problems& problems) {
    struct stat found;
    if (::lstat(path.c_str(), &found) != 0) {
        stop(problems, path, ": expected a directory: ", base::error_text(errno));
        return;
    }
    if (!S_ISDIR(found.st_mode)) {
        stop(problems, path, ": expected a directory, found something else");
        return;
    }
    if (found.st_uid != owner)
        stop(problems, path, ": expected ", user_text(owner), " as the owner, found ",
             user_text(found.st_uid));
    if (found.st_mode & 0777 & ~mode)
        warn(problems, path, ": expected mode ", octal(mode), " or less, found ",
             octal(found.st_mode & 0777));
}

void check_directories(const Settings& settings, const Owners& owners, Problems& problems) {
    uid_t master = ::geteuid();
    std::string queue = settings.text("queue_directory");
    for (const QueueDirectory& directory : queue_directories()) {
        std::string path = *directory.name ? queue + '/' + directory.name : queue;
        check_directory(path, directory.mode, directory.of_mail_owner ? owners.mail_owner : master,
                        problems);
        struct stat found;
        if (owners.is_root && directory.of_setgid_group && ::lstat(path.c_str(), &found) == 0 &&
            found.st_gid != owners.setgid_group)
            stop(problems, path, ": expected ", group_text(owners.setgid_group),
                 " as the group, found ", group_text(found.st_gid));
    }
    check_directory(settings.text("data_directory"), 0755, owners.mail_owner, problems);
    struct stat found;
    std::string daemons = settings.text("daemon_directory");
    if (::stat(daemons.c_str(), &found) != 0 || !S_ISDIR(found.st_mode))
        stop(problems, settings.where("daemon_directory"),
             ": daemon_directory: expected a directory, found \"", daemons, '"');
}

std::vector<ServiceEntry> read_services(const Settings& settings, Problems& problems) {
    try {
        MasterCf master_cf = MasterCf::of(settings);
        for (const std::string& warning : master_cf.warnings())
            warn(problems, warning);
        return master_cf.entries();
    } catch (const Error& error) {
        for (const std::string& problem : error.problems())
            stop(problems, problem);
    } catch (const base::SystemError& error) {
        stop(problems, error.what());
    }
    return {};
}

std::string question(std::string_view name, const Names& known) {
    std::string similar = similar_name(name, known);
    return similar.empty() ? similar : base::text("; did you mean ", similar, "?");
}

void check_unused(const Settings& settings, const std::vector<ServiceEntry>& services,
                  Problems& problems) {
    Names of_transports = transport_names(services);
    for (const std::string& name : unused_names(settings.main_cf(), services)) {
        const Setting* setting = settings.main_cf().find(name);
        warn(problems, setting->where, ": unused parameter: ", name, '=', setting->value,
             question(name, of_transports));
    }
    for (const ServiceEntry& entry : services)
        for (const std::string& name : unused_options(entry, settings.main_cf(), services))
            warn(problems, entry.where, ": unused parameter: -o ", name,
                 question(name, of_transports));
}

}  // namespace

std::vector<Problem> check_instance(const Settings& settings) {
    Problems problems;
    for (const std::string& warning : settings.warnings())
        warn(problems, warning);
    check_networks(settings, problems);
    check_name_servers(settings, problems);
    check_log_file(settings, problems);
    std::vector<ServiceEntry> services = read_services(settings, problems);
    ServicePorts ports;
    try {
        ports = ServicePorts::of(settings);
    } catch (const Error& error) {
        stop(problems, error.what());
    }
    for (const std::vector<Problem>& part :
         {check_routing(settings, services), check_services(settings, services, ports)})
        problems.insert(problems.end(), part.begin(), part.end());
    check_unused(settings, services, problems);
    if (check_owners(settings, problems))
        check_directories(settings, *find_owners(settings), problems);
    return problems;
}

}  // namespace config
