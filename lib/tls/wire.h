// TlsWire moves bytes over a TLS connection whose records travel over another wire.
//
// A peer that keeps TLS busy without sending anything (KeyUpdate after KeyUpdate, say) is given up,
// and one that sends next to nothing that way comes to its turn no more often than others.
#pragma once

#include <exception>
#include <memory>

#include "lib/io/wire.h"
#include "lib/tls/handles.h"
#include "lib/tls/trace.h"

namespace tls {

class SessionKeeper;

// As a wire does it gives -1 where it would have to wait, 0 at the end (with or without the peer's
// close_notify: mail protocols say themselves when they are done), and throws io::Closed where TLS
// or the wire below has failed. Destroying it says close_notify, as far as that goes at once.
class TlsWire : public io::Wire {
  public:
    enum class Step { done, wants_read, wants_write, failed };

    // `connection` is set up as client or server.
    TlsWire(Connection connection, std::unique_ptr<io::Wire> below, Trace trace);
    ~TlsWire() override;

    // Goes on with the handshake. After `failed` the library's errors are in its queue, and
    // below_failed() has what the wire below threw, if it did.
    Step handshake();
    std::exception_ptr below_failed() const { return thrown_; }
    // Whether the peer ended the connection below.
    bool ended() const { return ended_; }
    SSL* connection() { return connection_.get(); }
    // For sessions that the server gives out after the handshake.
    void keep(std::unique_ptr<SessionKeeper> keeper);

    ssize_t try_read(std::span<char> into) override;
    ssize_t try_write(std::string_view bytes) override;
    io::Readiness::Waiting readable(io::Instant deadline) override;
    io::Readiness::Waiting writable(io::Instant deadline) override;
    void finish_writing() override;
    int fd() const override { return below_->fd(); }

  private:
    static int pull(BIO* bio, char* into, size_t size, size_t* got);
    static int push(BIO* bio, const char* bytes, size_t size, size_t* sent);
    static long control(BIO* bio, int command, long number, void* pointer);
    static BIO_METHOD* method();
    // -1 to wait, or throws.
    ssize_t not_moved(int result);
    void say_goodbye();

    std::unique_ptr<io::Wire> below_;
    std::unique_ptr<SessionKeeper> keeper_;
    Connection connection_;
    Trace trace_;
    std::exception_ptr thrown_;  // an exception cannot pass through the library
    size_t pulled_ = 0;          // bytes from below since the last call of try_read() began
    size_t without_ = 0;  // the same since the peer sent anything, once the handshake was over
    bool ended_ = false;
    bool established_ = false;
    bool broken_ = false;
    bool said_goodbye_ = false;
    bool read_stopped_early_ = false;   // the last try_read() may have left something decrypted
    bool reading_wants_write_ = false;  // an answer of the protocol itself has to go out first
    io::Readiness always_{true};
};

}  // namespace tls
