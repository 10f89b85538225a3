// Lane delivers the messages of one lane, one after another, over at most one connection at a time.
#pragma once

#include <deque>
#include <functional>
#include <memory>

#include "lib/io/task.h"
#include "smtp/job.h"
#include "smtp/preparation.h"
#include "smtp/transaction.h"
#include "smtp/workshop.h"

namespace smtp {

class Lane : private Successor {
  public:
    // `done` gets every job once it is settled.
    using Done = std::function<void(std::unique_ptr<Job>)>;
    Lane(Workshop workshop, Done done)
        : shop_(workshop), done_(std::move(done)), preparation_(workshop) {}

    void add(std::unique_ptr<Job> job) { waiting_.push_back(std::move(job)); }
    bool empty() const { return waiting_.empty(); }
    // Delivers until nothing waits. A message that another place may take goes on behind the one
    // whose envelope is under way already. Errors of ours defer the message at hand, no more.
    io::Task<void> run();

  private:
    std::unique_ptr<Flight> follow(Session& session) override;

    io::Task<void> work();
    std::unique_ptr<Job> choose();
    io::Task<void> attempt(Job& job);
    io::Task<void> take_idle(Job& job);
    io::Task<bool> connect(Job& job);
    void give_up(Job& job);
    std::unique_ptr<Flight> prepare(Job& job, Session& session);
    io::Task<void> carry(Job& job, std::unique_ptr<Flight> flight);
    void broken_off(Flight& flight, const std::exception_ptr& error);
    void fell_through(Job& job, std::string_view why);
    void release_session();
    void ahead_is_lost(Session& session);

    Workshop shop_;
    Done done_;
    std::deque<std::unique_ptr<Job>> waiting_;
    std::unique_ptr<Job> following_;  // its envelope is on the session
    std::unique_ptr<Session> session_;
    Preparation preparation_;
};

}  // namespace smtp
