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

io::Task<void> ask(const dict::MatchList& list, const std::string& user,
                   dict::MatchList::Answer& answer) {
    dict::MatchList::Answer got = co_await list.match(user);
    answer = std::move(got);
}

}  // namespace

std::string login_name() {
    const passwd* entry = ::getpwuid(::getuid());
    return entry ? entry->pw_name : "unknown";
}

bool authorized(const config::Settings& settings, std::string_view parameter) {
    io::Loop loop;
    dict::Tables tables(settings);
    auto list = dict::MatchList::of(dict::MatchList::Of::strings, tables, settings, parameter);
    dict::MatchList::Answer answer;
    io::run_task(ask(list, login_name(), answer));
    if (answer.retry())
        throw std::runtime_error(base::text(parameter, ": ", answer.element));
    return answer.yes();
}

}  // namespace ipc
