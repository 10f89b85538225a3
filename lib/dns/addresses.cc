#include "lib/dns/addresses.h"

#include <sys/socket.h>

#include <exception>

#include "lib/base/fd.h"
#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/io/scope.h"

namespace dns {

namespace {

io::Task<void> ask_into(Resolver& resolver, std::string name, Type type, Answer& into) {
    Answer answer = co_await resolver.ask(std::move(name), type);
    into = std::move(answer);
}

// How much hope an answer leaves: what may be found later counts more than what is known not to be.
int rank(Answer::State state) {
    switch (state) {
        case Answer::State::found:
            return 4;
        case Answer::State::retry:
            return 3;
        case Answer::State::fatal:
            return 2;
        case Answer::State::invalid:
            return 1;
        case Answer::State::none:
            return 0;
    }
    return 0;
}

Answer merge(Answer four, Answer six) {
    bool first = rank(four.state) > rank(six.state);
    Answer& best = first ? four : six;
    Answer& other = first ? six : four;
    if (best.state == Answer::State::none)
        best.nxdomain = best.nxdomain && other.nxdomain;
    if (four.state == Answer::State::found && six.state == Answer::State::found) {
        six.authentic = six.authentic && four.authentic;
        six.records.insert(six.records.begin(), four.records.begin(), four.records.end());
    }
    return std::move(best);
}

bool machine_has_ipv6() {
    base::Fd probe(::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    return static_cast<bool>(probe);
}

}  // namespace

Families Families::from(const config::Settings& settings) {
    Families families{false, false};
    for (const std::string& word : settings.list("inet_protocols")) {
        if (word != "all" && word != "ipv4" && word != "ipv6")
            throw config::Error(base::text(settings.where("inet_protocols"), ": inet_protocols: \"",
                                           word, "\" is none of all, ipv4, ipv6"));
        families.ipv4 = families.ipv4 || word != "ipv6";
        families.ipv6 = families.ipv6 || word == "ipv6" || (word == "all" && machine_has_ipv6());
    }
    return families;
}

bool Families::have(const std::string& ip) const {
    return ip.find(':') == std::string::npos ? ipv4 : ipv6;
}

io::Task<Answer> ask_addresses(Resolver& resolver, std::string name, Families families) {
    if (!families.ipv6)
        co_return co_await resolver.ask(std::move(name), Type::a);
    if (!families.ipv4)
        co_return co_await resolver.ask(std::move(name), Type::aaaa);
    Answer four, six;
    io::Scope scope;
    scope.spawn(ask_into(resolver, name, Type::a, four));
    scope.spawn(ask_into(resolver, name, Type::aaaa, six));
    std::exception_ptr error;
    try {
        co_await scope.join();
    } catch (...) {
        error = std::current_exception();
    }
    if (error) {
        scope.cancel();
        co_await scope.join();
        std::rethrow_exception(error);
    }
    co_return merge(std::move(four), std::move(six));
}

Record address_record(const std::string& owner, const std::string& ip) {
    Record record;
    record.owner = owner;
    record.type = ip.find(':') == std::string::npos ? Type::a : Type::aaaa;
    record.data = Address{ip};
    return record;
}

}  // namespace dns
