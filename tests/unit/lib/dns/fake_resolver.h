// FakeResolver answers from a table, after delays of the loop's clock, for tests of what asks.
//
//     FakeResolver names;
//     names.a("mail.example.org", "192.0.2.1").mx("example.org", 10, "mail.example.org");
//     names.state("broken.example", dns::Type::mx, dns::Answer::State::retry);
//     names.delay("slow.example", dns::Type::a, 3s);
//
// A name that nothing is known about does not exist; one with other records has none of the type.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "lib/dns/domain.h"
#include "lib/dns/reading.h"
#include "lib/dns/resolver.h"
#include "lib/io/sleep.h"

namespace dns_test {

class FakeResolver : public dns::Resolver {
  public:
    using Key = std::pair<std::string, dns::Type>;

    FakeResolver& a(const std::string& name, const std::string& ip) {
        return add(name, dns::Type::a, dns::Address{ip});
    }
    FakeResolver& aaaa(const std::string& name, const std::string& ip) {
        return add(name, dns::Type::aaaa, dns::Address{ip});
    }
    // "" is a null MX.
    FakeResolver& mx(const std::string& name, uint16_t preference, const std::string& host) {
        return add(name, dns::Type::mx, dns::Exchange{preference, host});
    }
    FakeResolver& srv(const std::string& name, uint16_t priority, uint16_t weight, uint16_t port,
                      const std::string& host) {
        return add(name, dns::Type::srv, dns::Service{priority, weight, port, host});
    }
    FakeResolver& ptr(const std::string& address, const std::string& host) {
        return add(dns::reverse_name(address), dns::Type::ptr, dns::Host{host});
    }
    template <class Data>
    FakeResolver& add(const std::string& name, dns::Type type, Data data) {
        dns::Answer& answer = answers[Key(name, type)];
        answer.state = dns::Answer::State::found;
        answer.name = name;
        dns::Record record;
        record.owner = name;
        record.type = type;
        record.ttl = 300;
        record.data = std::move(data);
        answer.records.push_back(std::move(record));
        return *this;
    }
    FakeResolver& state(const std::string& name, dns::Type type, dns::Answer::State state) {
        dns::Question question(name, type);
        dns::Answer& answer = answers[Key(name, type)];
        answer = state == dns::Answer::State::retry ? dns::retry(question)
                 : state == dns::Answer::State::invalid
                     ? dns::malformed(question, state)
                     : dns::none(question, state == dns::Answer::State::fatal ? dns::no_recovery
                                                                              : dns::not_found);
        answer.state = state;
        answer.nxdomain = state == dns::Answer::State::none;
        return *this;
    }
    FakeResolver& delay(const std::string& name, dns::Type type, io::Duration time) {
        delays[Key(name, type)] = time;
        return *this;
    }

    io::Task<dns::Answer> ask(std::string name, dns::Type type) override {
        Key key(dns::canonical(name), type);
        asked.push_back(key);
        if (auto slow = delays.find(key); slow != delays.end())
            co_await io::sleep(slow->second);
        co_return answer(key);
    }

    std::map<Key, dns::Answer> answers;
    std::map<Key, io::Duration> delays;
    std::vector<Key> asked;

  private:
    dns::Answer answer(const Key& key) const {
        if (dns::is_numeric(key.first) || !dns::is_domain(key.first))
            return dns::not_askable(key.first);
        if (auto known = answers.find(key); known != answers.end())
            return known->second;
        bool exists = false;
        for (const auto& [each, answer] : answers)
            exists = exists || each.first == key.first;
        dns::Question question(key.first, key.second);
        dns::Answer none = dns::none(question, exists ? dns::no_such_record : dns::not_found);
        none.nxdomain = !exists;
        return none;
    }
};

}  // namespace dns_test
