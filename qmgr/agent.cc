#include "qmgr/agent.h"

#include <exception>

#include "lib/base/error.h"
#include "lib/io/scope.h"

namespace qmgr {

void Agent::request(const ipc::DeliveryRequest& request) {
    link_.put(static_cast<uint8_t>(ipc::DeliveryFrame::request), request.encode());
}

void Agent::take(const ipc::Frame& frame) {
    auto type = static_cast<ipc::DeliveryFrame>(frame.type);
    if (type == ipc::DeliveryFrame::hello && !greeted()) {
        auto hello = ipc::AgentHello::decode(frame.payload);
        pid_ = static_cast<pid_t>(hello.pid);
        listener_.greeted(*this, std::move(hello));
    } else if (type == ipc::DeliveryFrame::report && greeted()) {
        listener_.reported(*this, ipc::DeliveryReport::decode(frame.payload));
    } else if (type == ipc::DeliveryFrame::leaving) {
        leaving_ = true;
    } else {
        throw io::Closed("unexpected frame");
    }
}

io::Task<std::string> Agent::run() {
    io::Scope scope;
    scope.spawn(link_.send());
    std::string why = "connection closed";
    std::exception_ptr failure;
    try {
        for (;;) {
            std::optional<ipc::Frame> frame = co_await link_.read();
            if (!frame)
                break;
            take(*frame);
        }
    } catch (const io::Closed& closed) {
        why = closed.what();
    } catch (const base::SystemError& error) {
        why = error.what();
    } catch (const base::DecodeError& error) {
        why = error.what();
    } catch (...) {
        failure = std::current_exception();
    }
    scope.cancel();
    co_await scope.join();
    if (failure)
        std::rethrow_exception(failure);
    co_return why;
}

}  // namespace qmgr
