#include "lib/dns/native.h"

#include "lib/dns/domain.h"

namespace dns {

namespace {

const char* text_for(const Answer& answer) {
    switch (answer.state) {
        case Answer::State::found:
            return "";
        case Answer::State::none:
            return answer.nxdomain ? "Name or service not known"
                                   : "No address associated with hostname";
        case Answer::State::retry:
            return "Temporary failure in name resolution";
        case Answer::State::fatal:
        case Answer::State::invalid:
            return "Non-recoverable failure in name resolution";
    }
    return "";
}

}  // namespace

Answer NativeLookup::in_hosts_file(const std::string& host, Families families) {
    Answer answer;
    answer.name = canonical(host);
    for (const std::string& ip : hosts_.addresses(host))
        if (families.have(ip))
            answer.records.push_back(address_record(answer.name, ip));
    if (!answer.records.empty())
        answer.state = Answer::State::found;
    return answer;
}

// Trouble with one name does not end the search, yet it is what remains when nothing is found.
io::Task<Answer> NativeLookup::in_dns(std::string host, Families families) {
    std::vector<std::string> names = search_.names(host);
    Answer left;
    left.nxdomain = true;
    for (const std::string& each : names) {
        Answer answer = co_await ask_addresses(resolver_, each, families);
        if (answer.state == Answer::State::found)
            co_return std::move(answer);
        bool exists = answer.state == Answer::State::none && !answer.nxdomain;
        bool worth_more = left.state == Answer::State::none &&
                          (answer.state != Answer::State::none || (exists && is_domain(each)));
        if (worth_more || answer.state == Answer::State::retry)
            left = std::move(answer);
    }
    co_return std::move(left);
}

io::Task<Answer> NativeLookup::addresses(std::string host, Families families) {
    Answer answer = in_hosts_file(host, families);
    if (answer.state == Answer::State::found)
        co_return std::move(answer);
    Answer asked = co_await in_dns(std::move(host), families);
    asked.reason = text_for(asked);
    co_return std::move(asked);
}

io::Task<Answer> NativeLookup::name(std::string address) {
    std::string under = reverse_name(address);
    std::optional<std::string> known = hosts_.name(address);
    if (known) {
        Answer answer;
        answer.state = Answer::State::found;
        answer.name = under;
        Record record;
        record.owner = under;
        record.type = Type::ptr;
        record.data = Host{*known};
        answer.records.push_back(std::move(record));
        co_return std::move(answer);
    }
    Answer asked = co_await resolver_.ask(std::move(under), Type::ptr);
    asked.reason = text_for(asked);
    co_return std::move(asked);
}

}  // namespace dns
