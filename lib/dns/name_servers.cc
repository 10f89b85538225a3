#include "lib/dns/name_servers.h"

#include <unordered_map>

#include "lib/dns/cache.h"
#include "lib/dns/domain.h"
#include "lib/dns/log.h"
#include "lib/dns/reading.h"
#include "lib/dns/resolv_conf.h"
#include "lib/dns/servers.h"
#include "lib/dns/watched_file.h"
#include "lib/io/event.h"
#include "lib/io/loop.h"
#include "lib/io/semaphore.h"

namespace dns {

namespace {

using namespace std::chrono_literals;

constexpr unsigned most_aliases = 10;
// Sockets open at a time; further questions wait for one.
constexpr size_t most_under_way = 1000;
// RFC 9520 section 3.2: what failed is not asked again at once.
constexpr base::Duration failure_lifetime = 1s;

// A question that somebody asks now and others wait for.
struct UnderWay {
    io::Event over;
    std::optional<Reading> reading;  // none when the one who asked was cancelled
};

Reading reading_of(const Heard& heard, const Question& question) {
    Reading reading;
    switch (heard.kind) {
        case Heard::Kind::message:
            log::oddities(heard.message, question);
            return read_answer(heard.message, question);
        case Heard::Kind::malformed:
            reading.answer = malformed(question, Answer::State::retry);
            break;
        case Heard::Kind::silence:
        case Heard::Kind::unreachable:
            reading.answer = retry(question);
            break;
    }
    reading.lifetime = failure_lifetime;
    return reading;
}

}  // namespace

struct NameServers::Inside {
    explicit Inside(Options from)
        : options(std::move(from)), file(options.resolv_conf), cache(options.cache_entries) {
        use(options.servers,
            {options.attempt_limit, options.attempts, options.dnssec, options.rotate, options.tcp});
    }

    void use(const std::vector<io::SocketAddress>& addresses, Servers::Limits limits) {
        servers = std::make_shared<Servers>(addresses, limits);
    }
    void read_file();
    io::Task<Answer> find(Question question);
    io::Task<void> watch_validation(const Answer& answer);
    io::Task<Reading> look_up(Question question);
    io::Task<Reading> inquire(Question question);

    Options options;
    WatchedFile file;
    std::shared_ptr<Servers> servers;  // questions under way go on with those they began with
    Cache cache;
    // It is known whether servers validate: they did once, or they were probed.
    bool validation_known = false;
    io::Semaphore permits{most_under_way};
    // Shared with those who wait, who look at it after it has left the map.
    std::unordered_map<std::string, std::shared_ptr<UnderWay>> under_way;
};

namespace {

// Puts a question under way, and takes it away however asking ends.
class Leading {
  public:
    using Map = std::unordered_map<std::string, std::shared_ptr<UnderWay>>;
    Leading(Map& map, std::string key)
        : map_(map), key_(std::move(key)), mine_(std::make_shared<UnderWay>()) {
        map_.emplace(key_, mine_);
    }
    ~Leading() {
        map_.erase(key_);
        mine_->over.set();
    }
    Leading(const Leading&) = delete;
    Leading& operator=(const Leading&) = delete;
    void found(const Reading& reading) { mine_->reading = reading; }

  private:
    Map& map_;
    std::string key_;
    std::shared_ptr<UnderWay> mine_;
};

}  // namespace

void NameServers::Inside::read_file() {
    if (options.resolv_conf.empty() || !file.changed(io::loop().now()))
        return;
    ResolvConf conf = ResolvConf::parse(file.text());
    use(conf.servers, {conf.timeout, conf.attempts, options.dnssec, conf.rotate, conf.use_vc});
}

io::Task<Reading> NameServers::Inside::inquire(Question question) {
    Leading leading(under_way, key_of(question));
    co_await permits.acquire();
    io::Permit permit(permits);
    std::shared_ptr<Servers> asked = servers;
    Heard heard = co_await asked->ask(question);
    Reading reading = reading_of(heard, question);
    cache.keep(question, reading, io::loop().now());
    leading.found(reading);
    co_return std::move(reading);
}

io::Task<Reading> NameServers::Inside::look_up(Question question) {
    while (true) {
        const Reading* known = cache.find(question, io::loop().now());
        if (known != nullptr)
            co_return *known;
        auto place = under_way.find(key_of(question));
        if (place == under_way.end())
            co_return co_await inquire(std::move(question));
        std::shared_ptr<UnderWay> asked = place->second;
        co_await asked->over.wait();
        if (asked->reading)
            co_return *asked->reading;
    }
}

NameServers::NameServers(Options options) : inside_(std::make_unique<Inside>(std::move(options))) {}

NameServers::~NameServers() = default;

io::Task<Answer> NameServers::ask(std::string name, Type type) {
    std::string asked = canonical(name);
    if (is_numeric(asked) || !is_domain(asked))
        co_return not_askable(asked);
    inside_->read_file();
    Question question(asked, type);
    Answer answer = co_await inside_->find(std::move(question));
    if (inside_->options.dnssec && !inside_->validation_known)
        co_await inside_->watch_validation(answer);
    co_return std::move(answer);
}

// Follows aliases from one question to the next.
io::Task<Answer> NameServers::Inside::find(Question question) {
    bool authentic = true;
    for (unsigned aliases = 0; aliases < most_aliases; ++aliases) {
        Reading reading = co_await look_up(question);
        authentic = authentic && reading.answer.authentic;
        reading.answer.authentic = authentic;
        if (reading.alias.empty())
            co_return std::move(reading.answer);
        question.name = std::move(reading.alias);
    }
    co_return endless(question.name);
}

// Asks once, when an answer is not validated and none was before: a server that does not validate
// makes DANE useless, and nobody would notice.
io::Task<void> NameServers::Inside::watch_validation(const Answer& answer) {
    bool answered = answer.state == Answer::State::found || answer.state == Answer::State::none;
    if (!answered && !answer.authentic)
        co_return;
    validation_known = true;
    if (answer.authentic || !options.dnssec_probe)
        co_return;
    Question probe = *options.dnssec_probe;
    Answer probed = co_await find(probe);
    if (!probed.authentic)
        log::no_validation(probe, probed);
}

}  // namespace dns
