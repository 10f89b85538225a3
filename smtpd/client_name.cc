#include "smtpd/client_name.h"

#include <algorithm>
#include <exception>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/dns/domain.h"
#include "lib/io/event.h"
#include "lib/io/loop.h"
#include "lib/io/scope.h"
#include "smtpd/log.h"

namespace smtpd {

namespace {

using State = dns::Answer::State;

NameState state_of(const dns::Answer& answer, NameState otherwise) {
    return answer.state == State::retry ? NameState::temporary : otherwise;
}

dns::Families family_of(const std::string& address) {
    bool wide = address.find(':') != std::string::npos;
    return {!wide, wide};
}

bool lists(const dns::Answer& answer, const std::string& address) {
    return std::any_of(answer.records.begin(), answer.records.end(),
                       [&address](const dns::Record& record) {
                           auto* found = std::get_if<dns::Address>(&record.data);
                           return found != nullptr && found->ip == address;
                       });
}

io::Task<void> set_after(io::Task<void> task, io::Event& done) {
    co_await task;
    done.set();
}

}  // namespace

ClientNames::Options ClientNames::Options::from(const config::Settings& settings) {
    Options options;
    options.look_up = settings.flag("smtpd_peername_lookup");
    options.show_port = settings.flag("smtpd_client_port_logging");
    return options;
}

// The name is believed from here on unless its addresses contradict.
io::Task<void> ClientNames::confirm(Client& client) {
    dns::Answer forward =
        co_await lookup_.addresses(client.reverse_name, family_of(client.address));
    if (forward.state != State::found) {
        client.name_state = state_of(forward, NameState::forged);
        log::name_without_address(client.reverse_name, client.address, forward.reason);
    } else if (!lists(forward, client.address)) {
        client.name_state = NameState::forged;
        log::name_without_address(client.reverse_name, client.address, "");
    } else {
        client.name = client.reverse_name;
        client.name_state = NameState::ok;
    }
}

io::Task<void> ClientNames::look_up(Client& client) {
    client.name_state = client.reverse_state = NameState::temporary;
    dns::Answer reverse = co_await lookup_.name(client.address);
    client.name_state = client.reverse_state = state_of(reverse, NameState::permanent);
    if (reverse.state != State::found)
        co_return;
    const std::string& name = std::get<dns::Host>(reverse.records.front().data).name;
    if (!dns::is_domain(name))
        co_return;
    client.reverse_name = name;
    client.reverse_state = NameState::ok;
    client.name_state = NameState::temporary;
    co_await confirm(client);
}

io::Task<void> ClientNames::complete(Client& client) {
    client.shows_port = options_.show_port;
    if (!options_.look_up)
        co_return;
    io::Scope scope;
    io::Event done;
    scope.spawn(set_after(look_up(client), done));
    std::exception_ptr error;
    try {
        co_await done.wait(io::loop().now() + options_.limit);
    } catch (...) {
        error = std::current_exception();
    }
    scope.cancel();
    co_await scope.join();
    if (error)
        std::rethrow_exception(error);
}

}  // namespace smtpd
