// What commands ask for.
#include <fstream>

#include "tests/unit/qmgr/instance.h"

namespace qmgr {
namespace {

using namespace std::chrono_literals;

class QmgrControl : public Instance {};

TEST_F(QmgrControl, RemovesAMessageOnCommand) {
    start();
    agent_->mute = true;
    std::string id = send("a@example.org", {"x@example.com"});
    ASSERT_TRUE(until([this] { return agent_->requests.size() == 1; }));
    EXPECT_EQ(control(ipc::ControlVerb::remove, id).entries.size(), 1u);
    EXPECT_EQ(control(ipc::ControlVerb::remove, "NOSUCH").entries.size(), 0u);
    ipc::DeliveryReport report = all(mail::Status::deferred, "later")(agent_->requests[0]);
    report.id = agent_->requests[0].id;
    agent_->report(report);
    ASSERT_TRUE(until([this] { return empty(); }));
    EXPECT_EQ(files("deferred"), 0u);
    kill();
    start();
    run_for(50ms);
    EXPECT_EQ(agent_->requests.size(), 1u);
}

TEST_F(QmgrControl, RemovesAMessageThatItHasNotReadYet) {
    start("qmgr_message_active_limit = 2\n");
    agent_->mute = true;
    for (int i = 0; i < 3; ++i)
        send("a@example.org", {"x@example.com"});
    std::string id = send("a@example.org", {"x@example.com"});
    ASSERT_TRUE(until([this] { return agent_->requests.size() == 2; }));
    EXPECT_EQ(control(ipc::ControlVerb::remove, id).entries.size(), 1u);
    agent_->mute = false;
    for (const ipc::DeliveryRequest& request : std::vector(agent_->requests)) {
        ipc::DeliveryReport report = all(mail::Status::sent)(request);
        report.id = request.id;
        agent_->mark_delivered(request);
        agent_->report(report);
    }
    ASSERT_TRUE(until([this] { return logged(": removed") == 3; }));
    run_for(50ms);
    EXPECT_EQ(agent_->requests.size(), 3u);
    EXPECT_TRUE(empty());
}

TEST_F(QmgrControl, SweepsNoContentFileWhileAWriterThatMayNameItStandsStill) {
    std::string id = send("a@example.org", {"x@example.com"});
    std::ofstream(folder_ + "/content/somebodys") << "half a mess";
    rings_ = false;
    start();
    run_for(4s);
    EXPECT_EQ(files("content"), 1u);
    EXPECT_TRUE(agent_->requests.empty());
    rings_ = true;
    ring();
    // Not the line that content was removed, which comes in the same moment.
    ASSERT_TRUE(until([this, &id] { return logged(id + ": removed") == 1; }));
    EXPECT_TRUE(until([this] { return files("content") == 0; }));
}

}  // namespace
}  // namespace qmgr
