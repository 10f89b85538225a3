#include "sendmail/submitter.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

#include "lib/base/text.h"

namespace sendmail {

std::string full_name_of(std::string_view gecos, std::string_view login) {
    std::string name;
    for (char c : gecos.substr(0, gecos.find(','))) {
        if (c != '&') {
            name.push_back(c);
            continue;
        }
        size_t at = name.size();
        name.append(login);
        if (at < name.size() && name[at] >= 'a' && name[at] <= 'z')
            name[at] = static_cast<char>(name[at] - 'a' + 'A');
    }
    return std::string(base::trim(name));
}

Submitter Submitter::find(const Request& request) {
    Submitter submitter;
    submitter.uid = ::getuid();
    const passwd* entry = ::getpwuid(::getuid());
    submitter.user = entry ? entry->pw_name : "unknown";
    if (request.full_name)
        submitter.full_name = *request.full_name;
    else if (const char* name = std::getenv("NAME"))
        submitter.full_name = name;
    else if (entry && entry->pw_gecos)
        submitter.full_name = full_name_of(entry->pw_gecos, submitter.user);
    return submitter;
}

std::string Submitter::text() const {
    return base::text(user, '(', uid, ')');
}

}  // namespace sendmail
