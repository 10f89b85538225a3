// SharedSessions keeps TLS sessions in memory that the worker processes of a client share.
//
// It is anonymous memory: no other program sees the secrets in it, and they are gone with master.
// That is why it is no table on disk. A process killed in the middle of a change costs one place
// until somebody needs it; what it left there half-written is never taken for a session.
#pragma once

#include <unistd.h>

#include "lib/base/fd.h"
#include "lib/tls/sessions.h"

namespace tls {

class SharedSessions : public Sessions {
  public:
    // A session with a longer encoding is not kept.
    static constexpr size_t longest_session = 8000;

    // New memory for that many sessions, which can neither shrink nor grow. Pages are taken as they
    // are needed. Throws base::SystemError.
    static base::Fd create(size_t places);
    // Maps it. Throws base::SystemError where it is no such memory.
    explicit SharedSessions(base::Fd memory, pid_t self = ::getpid());
    ~SharedSessions() override;
    SharedSessions(const SharedSessions&) = delete;
    SharedSessions& operator=(const SharedSessions&) = delete;

    int descriptor() const { return memory_.get(); }

    // `key` is a digest. One that cannot be kept (too long, or its places are all in use by others
    // at this moment) is forgotten.
    std::optional<std::string> find(std::string_view key, base::WallTime now) override;
    void save(std::string_view key, std::string_view session, base::WallTime until) override;

  private:
    struct Head;
    struct Place;
    class Hold;
    // The places where a session of the key may be.
    static constexpr size_t choices = 8;
    Place& place(std::string_view key, size_t choice) const;

    base::Fd memory_;
    pid_t self_;
    size_t bytes_ = 0;
    size_t places_ = 0;
    Head* head_ = nullptr;
};

}  // namespace tls
