#include "lib/dns/searching_resolver.h"

#include "lib/dns/domain.h"

namespace dns {

io::Task<Answer> SearchingResolver::ask(std::string name, Type type) {
    if (!rules_.any() || is_numeric(name))
        co_return co_await resolver_.ask(std::move(name), type);
    std::vector<std::string> names = search_.names(name, rules_);
    Answer left;
    for (const std::string& each : names) {
        Answer answer = co_await resolver_.ask(each, type);
        if (answer.state == Answer::State::found)
            co_return std::move(answer);
        bool as_it_is = each == canonical(name);
        bool trouble = answer.state != Answer::State::none;
        if (trouble || (as_it_is && left.state == Answer::State::none))
            left = std::move(answer);
    }
    co_return std::move(left);
}

}  // namespace dns
