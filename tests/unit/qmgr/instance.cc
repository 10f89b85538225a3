#include "tests/unit/qmgr/instance.h"

#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "bounce/report.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/io/listen.h"
#include "lib/io/sleep.h"

namespace qmgr {

using namespace std::chrono_literals;

Script all(mail::Status status, std::string reason) {
    return [status, reason](const ipc::DeliveryRequest& request) {
        ipc::DeliveryReport report;
        for (const ipc::DeliveryRecipient& recipient : request.recipients) {
            mail::Outcome outcome;
            outcome.recipient = recipient.index;
            outcome.status = status;
            outcome.dsn.klass = status == mail::Status::sent       ? 2
                                : status == mail::Status::deferred ? 4
                                                                   : 5;
            outcome.reason = reason;
            outcome.relay = "r.example[192.0.2.1]:25";
            report.outcomes.push_back(outcome);
        }
        return report;
    };
}

io::Task<void> FakeAgent::run(io::Listener& door) {
    for (;;) {
        std::optional<io::Accepted> qmgr = co_await door.accept();
        if (!qmgr)
            co_return;
        ++connections;
        if (silent)
            continue;
        ipc::Duplex link(io::descriptor_wire(std::move(qmgr->fd)));
        link_ = &link;
        io::Scope scope;
        scope.spawn(link.send());
        std::exception_ptr failure;
        try {
            co_await converse(link);
        } catch (const io::Closed&) {
        } catch (...) {
            failure = std::current_exception();
        }
        scope.cancel();
        co_await scope.join();
        link_ = nullptr;
        if (failure)
            std::rethrow_exception(failure);
    }
}

io::Task<void> FakeAgent::converse(ipc::Duplex& link) {
    ipc::AgentHello hello;
    hello.pid = pid;
    hello.unreported = std::move(unreported);
    link.put(static_cast<uint8_t>(ipc::DeliveryFrame::hello), hello.encode());
    for (;;) {
        std::optional<ipc::Frame> frame = co_await link.read();
        if (!frame)
            co_return;
        requests.push_back(ipc::DeliveryRequest::decode(frame->payload));
        if (mute)
            continue;
        ipc::DeliveryReport made = script(requests.back());
        made.id = requests.back().id;
        for (const mail::Outcome& outcome : made.outcomes)
            if (outcome.status == mail::Status::sent && marks)
                mark_delivered(requests.back());
        report(made);
    }
}

void FakeAgent::report(const ipc::DeliveryReport& report) {
    link_->put(static_cast<uint8_t>(ipc::DeliveryFrame::report), report.encode());
}

void FakeAgent::mark_delivered(const ipc::DeliveryRequest& request) {
    if (auto record = std::get_if<spool::RecordRef>(&request.message))
        for (const ipc::DeliveryRecipient& recipient : request.recipients)
            states_.mark(*record, recipient.index, spool::RecipientState::delivered);
}

Instance::Instance() {
    char name[] = "/tmp/qmgr-test-XXXXXX";
    folder_ = ::mkdtemp(name);
    for (const char* queue : {"log", "content", "deferred", "defer", "bounce", "hold", "incoming",
                              "active", "corrupt", "maildrop", "public", "private"})
        std::filesystem::create_directory(folder_ + "/" + queue);
    base::log::Options log;
    log.program = "qmgr";
    log.postlog_socket = folder_ + "/public/postlog";
    log.file_when_absent = folder_ + "/maillog";
    base::log::open(log);
    agent_ = std::make_unique<FakeAgent>(folder_);
    smtp_door_ = std::make_unique<io::Listener>(io::listen_unix(folder_ + "/private/smtp", 0600));
    bounce_door_ =
        std::make_unique<io::Listener>(io::listen_unix(folder_ + "/private/bounce", 0600));
    spool::Options options;
    options.queue_directory = folder_;
    options.segment_size = 1 << 20;
    options.pool_min = 1;
    writer_ = std::make_unique<spool::Writer>(options);
    scope_.spawn(agent_->run(*smtp_door_));
    scope_.spawn(serve_bounce());
}

Instance::~Instance() {
    kill();
    scope_.cancel();
    until([this] { return scope_.running() == 0; });
    writer_.reset();
    base::log::Options log;
    log.only_stderr = true;
    base::log::open(log);
    std::filesystem::remove_all(folder_);
}

config::Settings Instance::config(const std::string& main_cf) const {
    std::string text = base::text("queue_directory = ", folder_,
                                  "\nmyhostname = mx.example\nrelayhost = [192.0.2.1]:25\n"
                                  "inet_interfaces = 127.0.0.1\n"
                                  "spool_segment_size = 1M\nspool_pool_min = 1\n",
                                  main_cf);
    return config::Settings::from(config::MainCf::parse(text, "main.cf"), folder_);
}

void Instance::start(const std::string& main_cf) {
    auto settings = config(main_cf);
    tables_ = std::make_unique<dict::Tables>(settings, proxy_);
    auto router = std::make_shared<route::Router>(settings, *tables_);
    auto rates = std::make_shared<ReturnRates>(settings, *tables_);
    manager_ = std::make_unique<QueueManager>(Settings(settings, folder_), router, rates, disk_,
                                              health_.get());
    io::Scope starting;
    starting.spawn(manager_->start());
    ASSERT_TRUE(until([&starting] { return starting.running() == 0; }));
    ring();
}

void Instance::kill() {
    if (!manager_)
        return;
    manager_->scope().cancel();
    until([this] { return manager_->scope().running() == 0; });
    manager_.reset();
}

bool Instance::until(const std::function<bool()>& done) {
    auto end = base::steady_now() + 8s;
    while (!done() && base::steady_now() < end) {
        loop_.run_until_idle();
        if (!done())
            run_for(2ms);
    }
    return done();
}

void Instance::run_for(base::Duration time) {
    io::Scope waiting;
    struct Wait {
        static io::Task<void> then_stop(io::Loop& loop, base::Duration how_long) {
            co_await io::sleep(how_long);
            loop.stop();
        }
    };
    waiting.spawn(Wait::then_stop(loop_, time));
    loop_.run();
    loop_.run_until_idle();
}

std::string Instance::send(const std::string& sender, const std::vector<std::string>& recipients,
                           const std::string& body) {
    mail::Envelope envelope;
    envelope.sender = sender;
    envelope.arrival = base::wall_now();
    for (const std::string& recipient : recipients)
        envelope.recipients.push_back({recipient, "", 0, ""});
    return send(std::move(envelope), body);
}

std::string Instance::send(mail::Envelope envelope, const std::string& body) {
    std::string id = envelope.queue_id = writer_->next_id().text();
    io::Scope committing;
    committing.spawn(commit(std::move(envelope), "Subject: test\r\n\r\n" + body));
    EXPECT_TRUE(until([&committing] { return committing.running() == 0; }));
    ring();
    return id;
}

void Instance::resend(mail::Envelope envelope) {
    io::Scope committing;
    committing.spawn(commit(std::move(envelope), "Subject: again\r\n\r\n"));
    EXPECT_TRUE(until([&committing] { return committing.running() == 0; }));
    ring();
}

ipc::ControlAnswer Instance::control(ipc::ControlVerb verb, const std::string& id) {
    struct Ask {
        static io::Task<void> desk(QueueManager& manager, ipc::ControlRequest request,
                                   ipc::ControlAnswer& answer) {
            ipc::ControlAnswer got = co_await manager.control(std::move(request));
            answer = std::move(got);
        }
    };
    ipc::ControlAnswer answer;
    io::Scope asking;
    ipc::ControlRequest request{verb, {}};
    if (!id.empty())
        request.queue_ids.push_back(id);
    asking.spawn(Ask::desk(*manager_, std::move(request), answer));
    EXPECT_TRUE(until([&asking] { return asking.running() == 0; }));
    return answer;
}

io::Task<void> Instance::commit(mail::Envelope envelope, std::string content) {
    spool::Draft draft = writer_->draft();
    co_await draft.append(content);
    co_await writer_->commit(std::move(envelope), std::move(draft));
}

void Instance::ring() {
    if (!manager_ || !rings_)
        return;
    std::vector<ipc::Ring> rings;
    for (const spool::Published& held : writer_->published())
        rings.push_back({held.segment, held.epoch, held.committed});
    manager_->rung(rings);
}

size_t Instance::files(const std::string& queue) const {
    size_t count = 0;
    for (auto& entry : std::filesystem::recursive_directory_iterator(folder_ + "/" + queue))
        count += entry.is_regular_file();
    return count;
}

size_t Instance::logged(const std::string& text) const {
    base::log::flush();
    std::ifstream log(folder_ + "/maillog");
    size_t count = 0;
    for (std::string line; std::getline(log, line);)
        count += line.find(text) != std::string::npos;
    return count;
}

io::Task<void> Instance::serve_bounce() {
    for (;;) {
        std::optional<io::Accepted> qmgr = co_await bounce_door_->accept();
        if (!qmgr)
            co_return;
        co_await converse_bounce(io::descriptor_wire(std::move(qmgr->fd)));
    }
}

io::Task<void> Instance::converse_bounce(std::unique_ptr<io::Wire> wire) {
    ipc::Duplex link(std::move(wire));
    io::Scope scope;
    scope.spawn(link.send());
    std::exception_ptr failure;
    try {
        for (;;) {
            std::optional<ipc::Frame> frame = co_await link.read();
            if (!frame)
                break;
            bounce_requests_.push_back(ipc::BounceRequest::decode(frame->payload));
            if (bounce_ == Bounce::dies)
                break;
            co_await report_on(link, bounce_requests_.back());
            if (bounce_ == Bounce::commits_and_dies)
                break;
        }
    } catch (const io::Closed&) {
    } catch (...) {
        failure = std::current_exception();
    }
    scope.cancel();
    co_await scope.join();
    if (failure)
        std::rethrow_exception(failure);
}

// The report goes through the same writer as all mail of the test.
io::Task<void> Instance::report_on(ipc::Duplex& link, ipc::BounceRequest request) {
    ipc::BounceAnswer answer;
    answer.id = request.id;
    if (bounce_ == Bounce::refuses) {
        answer.error = "no room";
    } else {
        std::string id = writer_->next_id().text();
        bounce::Making making{id, loop_.wall()};
        auto envelope =
            bounce::report_envelope(request, bounce::Identity(), making, "<x@mx.example>");
        co_await commit(std::move(envelope), "Subject: report\r\n\r\n");
        answer.report = id;
    }
    if (bounce_ != Bounce::commits_and_dies) {
        ring();
        link.put(static_cast<uint8_t>(ipc::BounceFrame::answer), answer.encode());
    }
}

}  // namespace qmgr
