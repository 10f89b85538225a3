// A queue directory in a scratch folder, with a writer, an agent and bounce of the test's own.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bounce/server.h"
#include "lib/dict/tables.h"
#include "lib/io/listener.h"
#include "lib/io/loop.h"
#include "lib/io/scope.h"
#include "lib/ipc/duplex.h"
#include "lib/spool/writer.h"
#include "qmgr/queue_manager.h"

namespace qmgr {

// The file system, from which nothing can be read as long as the test says so.
class FailingDisk : public spool::Disk {
  public:
    std::unique_ptr<spool::File> open(const std::string& path, spool::OpenMode mode) override;
    std::vector<std::string> list(const std::string& directory) override;
    void unlink(const std::string& path) override;
    void rename(const std::string& from, const std::string& to) override;
    void fsync_dir(const std::string& directory) override;
    uint64_t free_bytes(const std::string& directory) override;

    std::atomic<int> failing = 0;  // with this errno
};

// What one request gets.
using Script = std::function<ipc::DeliveryReport(const ipc::DeliveryRequest&)>;

// Every recipient gets the same.
Script all(mail::Status status, std::string reason = "250 Ok");

// A delivery agent in this process.
class FakeAgent {
  public:
    explicit FakeAgent(const std::string& folder) : states_(folder) {}

    // Serves one qmgr after the other.
    io::Task<void> run(io::Listener& door);
    // As when the process dies: the connection ends.
    void die() { link_->put(99, ""); }
    void report(const ipc::DeliveryReport& report);
    // What the 250 does, before anybody is told.
    void mark_delivered(const ipc::DeliveryRequest& request);

    std::vector<ipc::DeliveryRequest> requests;
    Script script = all(mail::Status::sent);
    bool marks = true;                      // what it delivered
    bool mute = false;                      // takes requests and reports nothing
    std::vector<ipc::InFlight> unreported;  // for the next hello
    int64_t pid = 4711;
    bool silent = false;  // goes before its hello
    int connections = 0;

  private:
    io::Task<void> converse(ipc::Duplex& link);

    spool::StatusArea states_;
    ipc::Duplex* link_ = nullptr;
};

class Instance : public testing::Test {
  protected:
    Instance();
    ~Instance() override;

    // Starts a qmgr with these main.cf lines.
    void start(const std::string& main_cf = "");
    config::Settings config(const std::string& main_cf) const;
    // Ends it without a last word, as kill -9 does.
    void kill();
    // Runs the loop until `done`, eight seconds at most; what `done` said last.
    bool until(const std::function<bool()>& done);
    void run_for(base::Duration time);

    // Commits a message and rings; gives its queue ID.
    std::string send(const std::string& sender, const std::vector<std::string>& recipients,
                     const std::string& body = "text\r\n");
    std::string send(mail::Envelope envelope, const std::string& body);
    // The same under the queue ID that it has.
    void resend(mail::Envelope envelope);
    // `id` "": no ID at all.
    ipc::ControlAnswer control(ipc::ControlVerb verb, const std::string& id);
    void ring();
    bool rings_ = true;  // else the writer stands still
    bool empty() const { return manager_->messages() == 0; }
    size_t files(const std::string& queue) const;
    // How many log lines so far hold `text`.
    size_t logged(const std::string& text) const;

    std::string folder_;
    io::Loop loop_;
    io::Scope scope_;
    FailingDisk disk_;  // qmgr's
    std::unique_ptr<FakeAgent> agent_;
    std::unique_ptr<spool::Writer> writer_;
    dict::Proxy* proxy_ = nullptr;  // of the next start
    std::unique_ptr<dict::Tables> tables_;
    std::unique_ptr<health::Table> health_;  // of the next start
    std::unique_ptr<QueueManager> manager_;
    // What bounce does with a request.
    enum class Bounce { answers, commits_and_dies, dies, refuses };
    Bounce bounce_ = Bounce::answers;
    std::vector<ipc::BounceRequest> bounce_requests_;

  private:
    io::Task<void> commit(mail::Envelope envelope, std::string content);
    io::Task<void> serve_bounce();
    io::Task<void> converse_bounce(std::unique_ptr<io::Wire> wire);
    io::Task<void> report_on(ipc::Duplex& link, ipc::BounceRequest request);

    std::unique_ptr<io::Listener> smtp_door_;
    std::unique_ptr<io::Listener> bounce_door_;
};

}  // namespace qmgr
