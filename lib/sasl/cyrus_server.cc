#include "lib/sasl/cyrus_server.h"

#include <string.h>

#include <map>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/sasl/blocking_jobs.h"
#include "lib/sasl/cyrus_library.h"

namespace sasl {

namespace {

// What a thread works on, beside its waiter, who may be gone.
struct Work {
    std::shared_ptr<cyrus::Connection> connection;
    std::string mechanism;
    std::optional<std::string> text;  // in base64
    Step step{Step::trouble, ""};
    cyrus::Remarks remarks;

    ~Work() {
        if (text)
            ::explicit_bzero(text->data(), text->size());
    }
};

void log_remarks(const cyrus::Remarks& remarks) {
    for (const std::string& remark : remarks)
        base::log::warning(remark);
}

class CyrusServer : public Verifier {
  public:
    explicit CyrusServer(VerifierOptions options)
        : options_(std::move(options)), jobs_(options_.threads, options_.queue_limit) {}

    io::Task<void> run() override { co_await jobs_.run(); }
    io::Task<std::optional<Offers>> mechanisms(Demands demands) override;
    io::Task<Step> not_offered(std::string mechanism, Demands demands) override;
    std::unique_ptr<Exchange> begin(Peer peer) override;

    const VerifierOptions& options() const { return options_; }
    BlockingJobs& jobs() { return jobs_; }

  private:
    VerifierOptions options_;
    BlockingJobs jobs_;
    std::map<Demands, Offers> known_;
};

class Login : public Exchange {
  public:
    Login(CyrusServer& server, Peer peer) : server_(server), demands_(peer.demands) {}

    io::Task<Step> start(std::string mechanism, std::optional<std::string> initial) override {
        auto work = std::make_shared<Work>();
        work->mechanism = std::move(mechanism);
        work->text = std::move(initial);
        co_return co_await perform(std::move(work));
    }
    io::Task<Step> answer(std::string response) override {
        auto work = std::make_shared<Work>();
        work->text = std::move(response);
        co_return co_await perform(std::move(work));
    }

  private:
    io::Task<Step> perform(std::shared_ptr<Work> work);

    CyrusServer& server_;
    Demands demands_;
    std::shared_ptr<cyrus::Connection> connection_;  // from the first step on
};

io::Task<Step> Login::perform(std::shared_ptr<Work> work) {
    work->connection = connection_;
    std::function<void()> job = [work, options = server_.options(), demands = demands_] {
        bool begins = !work->connection;
        if (begins)
            work->connection = std::make_shared<cyrus::Connection>(options, demands);
        cyrus::Connection& connection = *work->connection;
        work->step = begins ? connection.start(work->mechanism, work->text)
                            : connection.step(work->text.value_or(""));
        work->remarks = connection.take_remarks();
    };
    base::Duration limit = server_.options().time_limit;
    BlockingJobs::Outcome outcome = co_await server_.jobs().perform(std::move(job), limit);
    if (outcome == BlockingJobs::Outcome::too_many)
        co_return Step(Step::trouble, base::text(connection_lost, " (too many wait)"));
    if (outcome == BlockingJobs::Outcome::late)
        co_return Step(Step::trouble, base::text(connection_lost, " (no answer)"));
    connection_ = work->connection;
    log_remarks(work->remarks);
    co_return std::move(work->step);
}

io::Task<std::optional<Offers>> CyrusServer::mechanisms(Demands demands) {
    auto known = known_.find(demands);
    if (known != known_.end())
        co_return known->second;
    auto found = std::make_shared<std::pair<std::optional<Offers>, cyrus::Remarks>>();
    std::function<void()> job = [found, demands, options = options_] {
        cyrus::Connection connection(options, demands);
        found->first = connection.mechanisms();
        found->second = connection.take_remarks();
    };
    BlockingJobs::Outcome outcome = co_await jobs_.perform(std::move(job), options_.time_limit);
    if (outcome != BlockingJobs::Outcome::done)
        co_return std::nullopt;
    log_remarks(found->second);
    if (found->first && !found->first->empty())
        known_[demands] = *found->first;
    co_return found->first;
}

// The library says what is wrong with it; if nothing is, it is smtpd that does not want it.
io::Task<Step> CyrusServer::not_offered(std::string mechanism, Demands demands) {
    Peer peer;
    peer.demands = demands;
    Login login(*this, std::move(peer));
    Step step = co_await login.start(std::move(mechanism), std::nullopt);
    if (step.state == Step::failed || step.state == Step::trouble)
        co_return step;
    co_return cyrus::no_mechanism();
}

std::unique_ptr<Exchange> CyrusServer::begin(Peer peer) {
    return std::make_unique<Login>(*this, std::move(peer));
}

}  // namespace

std::unique_ptr<Verifier> make_cyrus(VerifierOptions options) {
    cyrus::begin_library(options);
    return std::make_unique<CyrusServer>(std::move(options));
}

}  // namespace sasl
