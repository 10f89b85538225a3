#include "lib/ipc/authorized.h"

#include <pwd.h>
#include <unistd.h>

#include <stdexcept>

#include "lib/base/text.h"
#include "lib/dict/match_list.h"
#include "lib/dict/tables.h"
#include "lib/io/run.h"

namespace ipc {

namespace {

io::Task<void> ask(const dict::MatchList& list, const std::string& key,
                   dict::MatchList::Answer& answer) {
    dict::MatchList::Answer got = co_await list.match(key);
    answer = std::move(got);
}

bool listed(dict::MatchList::Of kind, const config::Settings& settings, std::string_view parameter,
            const std::string& key) {
    io::Loop loop;
    dict::Tables tables(settings);
    auto list = dict::MatchList::of(kind, tables, settings, parameter);
    dict::MatchList::Answer answer;
    io::run_task(ask(list, key, answer));
    if (answer.retry())
        throw std::runtime_error(base::text(parameter, ": ", answer.element));
    return answer.yes();
}

}  // namespace

std::string login_name() {
    const passwd* entry = ::getpwuid(::getuid());
    return entry ? entry->pw_name : "unknown";
}

bool authorized(const config::Settings& settings, std::string_view parameter) {
    return listed(dict::MatchList::Of::strings, settings, parameter, login_name());
}

bool in_domain_list(const config::Settings& settings, std::string_view parameter,
                    const std::string& domain) {
    return listed(dict::MatchList::Of::domains, settings, parameter, domain);
}

}  // namespace ipc
