#include "lib/dns/reading.h"

#include <algorithm>
#include <limits>

#include "lib/base/text.h"
#include "lib/dns/domain.h"

namespace dns {

namespace {

using namespace std::chrono_literals;

// Longer promises than this are not believed (RFC 1035 knows of no limit, RFC 8767 advises one).
constexpr base::Duration longest_lifetime = 24h;
constexpr base::Duration longest_negative_lifetime = 3h;  // RFC 2308 section 5

// RFC 2181 section 8: a TTL with the highest bit set counts as zero.
uint32_t real_ttl(uint32_t ttl) {
    return ttl > static_cast<uint32_t>(std::numeric_limits<int32_t>::max()) ? 0 : ttl;
}

// Goes along the CNAMEs of one message.
class Chain {
  public:
    Chain(const Message& message, const Question& question)
        : message_(message), question_(question), name_(question.name) {}

    // The records of the type asked for at the end of the chain.
    std::vector<Record> follow() {
        // No chain without a loop has more links than there are records.
        for (size_t links = 0; links <= message_.answers.size(); ++links) {
            std::vector<Record> found = records();
            if (!found.empty() || spoiled() || !step())
                return found;
        }
        return {};
    }
    const std::string& name() const { return name_; }
    uint32_t ttl() const { return ttl_; }
    // A record that should have counted has a name in it that is none.
    bool spoiled() const {
        return std::any_of(message_.bad_names.begin(), message_.bad_names.end(),
                           [this](const Message::BadName& bad) {
                               return bad.owner == name_ &&
                                      (bad.type == question_.type || bad.type == Type::cname);
                           });
    }

  private:
    std::vector<Record> records() {
        std::vector<Record> found;
        for (const Record& each : message_.answers)
            if (each.type == question_.type && each.owner == name_ && found.size() < records_used)
                found.push_back(each);
        for (const Record& each : found)
            ttl_ = std::min(ttl_, real_ttl(each.ttl));
        return found;
    }
    bool step() {
        if (question_.type == Type::cname)
            return false;
        for (const Record& each : message_.answers) {
            if (each.type != Type::cname || each.owner != name_)
                continue;
            ttl_ = std::min(ttl_, real_ttl(each.ttl));
            name_ = std::get<Host>(each.data).name;
            return true;
        }
        return false;
    }

    const Message& message_;
    const Question& question_;
    std::string name_;
    uint32_t ttl_ = std::numeric_limits<uint32_t>::max();
};

bool is_null(const Record& record) {
    if (auto* exchange = std::get_if<Exchange>(&record.data))
        return exchange->name.empty();
    if (auto* service = std::get_if<Service>(&record.data))
        return service->name.empty();
    return false;
}

// "There is none" counts for the whole set, whatever stands beside it (RFC 7505 section 3).
void reduce_to_null(std::vector<Record>& records) {
    auto null = std::find_if(records.begin(), records.end(), is_null);
    if (null != records.end())
        records = {*null};
}

// Only a zone that the name is in can say how long there is nothing.
base::Duration negative_lifetime(const Message& message, const Chain& chain) {
    if (!message.authority || !is_within(chain.name(), message.authority->zone))
        return 0s;
    base::Duration says =
        std::chrono::seconds(std::min(real_ttl(message.authority->negative_ttl), chain.ttl()));
    return std::min(says, longest_negative_lifetime);
}

}  // namespace

Reading read_answer(const Message& message, const Question& question) {
    Reading reading;
    if (message.code != Code::no_error && message.code != Code::name_error) {
        reading.answer = none(question, no_recovery);
        reading.answer.state = Answer::State::fatal;
        return reading;
    }
    Chain chain(message, question);
    reading.answer.records = chain.follow();
    reading.answer.name = chain.name();
    if (!reading.answer.records.empty()) {
        reduce_to_null(reading.answer.records);
        reading.answer.state = Answer::State::found;
        reading.answer.authentic = message.authentic;
        reading.lifetime =
            std::min<base::Duration>(std::chrono::seconds(chain.ttl()), longest_lifetime);
        return reading;
    }
    Question last(chain.name(), question.type);
    if (chain.spoiled()) {
        reading.answer = malformed(last, Answer::State::invalid);
        return reading;
    }
    bool nxdomain = message.code == Code::name_error;
    bool ends_here = nxdomain || chain.name() == question.name ||
                     (message.authority && is_within(chain.name(), message.authority->zone));
    if (!ends_here) {
        reading.alias = chain.name();
        reading.lifetime =
            std::min<base::Duration>(std::chrono::seconds(chain.ttl()), longest_lifetime);
        reading.answer.authentic = message.authentic;
        return reading;
    }
    reading.answer = none(last, nxdomain ? not_found : no_such_record);
    reading.answer.nxdomain = nxdomain;
    reading.answer.authentic = message.authentic;
    reading.lifetime = negative_lifetime(message, chain);
    return reading;
}

std::string failure_text(const Question& question, std::string_view why) {
    return base::text("Host or domain name not found. Name service error for name=", question.name,
                      " type=", type_text(question.type), ": ", why);
}

Answer none(const Question& question, std::string_view why) {
    Answer answer;
    answer.name = question.name;
    answer.reason = failure_text(question, why);
    return answer;
}

Answer retry(const Question& question) {
    Answer answer = none(question, try_again);
    answer.state = Answer::State::retry;
    return answer;
}

Answer malformed(const Question& question, Answer::State state) {
    Answer answer;
    answer.state = state;
    answer.name = question.name;
    answer.reason = base::text("Name service error for name=", question.name,
                               " type=", type_text(question.type),
                               ": Malformed or unexpected name server reply");
    return answer;
}

Answer not_askable(const std::string& name) {
    Answer answer;
    answer.name = name;
    answer.reason = base::text("Name service error for ", name, ": invalid host or domain name");
    return answer;
}

Answer endless(const std::string& name) {
    Answer answer;
    answer.name = name;
    answer.reason = base::text("Name server loop for ", name);
    return answer;
}

}  // namespace dns
