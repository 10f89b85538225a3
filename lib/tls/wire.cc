#include "lib/tls/wire.h"

#include <openssl/err.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/tls/client_sessions.h"
#include "lib/tls/library_error.h"

namespace tls {
namespace {

// Of TLS records from below. A full one is some 16 KiB; what else may come before the peer sends
// anything is the sessions that a server gives out.
constexpr size_t most_without_data = 64 * 1024;
constexpr size_t most_at_once = 256 * 1024;

TlsWire& wire_of(BIO* bio) {
    return *static_cast<TlsWire*>(BIO_get_data(bio));
}

}  // namespace

TlsWire::TlsWire(Connection connection, std::unique_ptr<io::Wire> below, Trace trace)
    : below_(std::move(below)), connection_(std::move(connection)), trace_(std::move(trace)) {
    BIO* bio = BIO_new(method());
    if (bio == nullptr)
        base::log::panic("no memory for a TLS connection");
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(connection_.get(), bio, bio);
    trace_.begin(connection_.get());
}

TlsWire::~TlsWire() {
    say_goodbye();
    ERR_clear_error();
}

void TlsWire::keep(std::unique_ptr<SessionKeeper> keeper) {
    keeper_ = std::move(keeper);
}

BIO_METHOD* TlsWire::method() {
    static BIO_METHOD* const methods = [] {
        BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "io::Wire");
        BIO_meth_set_read_ex(made, pull);
        BIO_meth_set_write_ex(made, push);
        BIO_meth_set_ctrl(made, control);
        return made;
    }();
    return methods;
}

int TlsWire::pull(BIO* bio, char* into, size_t size, size_t* got) {
    TlsWire& self = wire_of(bio);
    BIO_clear_retry_flags(bio);
    *got = 0;
    if (self.without_ > most_without_data) {
        self.thrown_ = std::make_exception_ptr(io::Closed("TLS: records without any data"));
        return 0;
    }
    try {
        ssize_t n = self.below_->try_read({into, size});
        if (n > 0) {
            *got = static_cast<size_t>(n);
            self.pulled_ += *got;
            self.without_ += self.established_ ? *got : 0;
            self.trace_.moved("read from", *got);
            return 1;
        }
        if (n < 0)
            BIO_set_retry_read(bio);
        self.ended_ = self.ended_ || n == 0;
    } catch (...) {
        self.thrown_ = std::current_exception();
    }
    return 0;
}

int TlsWire::push(BIO* bio, const char* bytes, size_t size, size_t* sent) {
    TlsWire& self = wire_of(bio);
    BIO_clear_retry_flags(bio);
    *sent = 0;
    try {
        ssize_t n = self.below_->try_write({bytes, size});
        if (n > 0) {
            *sent = static_cast<size_t>(n);
            self.trace_.moved("write to", *sent);
            return 1;
        }
        BIO_set_retry_write(bio);
    } catch (...) {
        self.thrown_ = std::current_exception();
    }
    return 0;
}

long TlsWire::control(BIO* bio, int command, long, void*) {
    if (command == BIO_CTRL_EOF)
        return wire_of(bio).ended_ ? 1 : 0;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

TlsWire::Step TlsWire::handshake() {
    ERR_clear_error();
    int result = SSL_do_handshake(connection_.get());
    if (result == 1) {
        established_ = true;
        trace_.handshake_over();
        return Step::done;
    }
    switch (SSL_get_error(connection_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            return Step::wants_read;
        case SSL_ERROR_WANT_WRITE:
            return Step::wants_write;
        default:
            broken_ = true;
            return Step::failed;
    }
}

ssize_t TlsWire::not_moved(int result) {
    int error = SSL_get_error(connection_.get(), result);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
        reading_wants_write_ = error == SSL_ERROR_WANT_WRITE;
        return -1;
    }
    if (error == SSL_ERROR_ZERO_RETURN)
        return 0;
    broken_ = true;
    if (thrown_)
        std::rethrow_exception(thrown_);
    if (ended_) {
        ERR_clear_error();
        return 0;
    }
    throw io::Closed(base::text("TLS: ", library_reason()));
}

ssize_t TlsWire::try_read(std::span<char> into) {
    size_t total = 0;
    pulled_ = 0;
    while (total < into.size() && pulled_ <= most_at_once) {
        size_t got = 0;
        ERR_clear_error();
        int result = SSL_read_ex(connection_.get(), into.data() + total, into.size() - total, &got);
        if (result == 1) {
            total += got;
            without_ = 0;
            continue;
        }
        read_stopped_early_ = false;
        // What comes behind this is met again by the next call.
        return total > 0 ? static_cast<ssize_t>(total) : not_moved(result);
    }
    read_stopped_early_ = true;
    return static_cast<ssize_t>(total);
}

ssize_t TlsWire::try_write(std::string_view bytes) {
    if (bytes.empty())
        return 0;
    if (broken_)
        throw io::Closed("TLS: the connection is broken");
    size_t total = 0;
    while (total < bytes.size()) {
        size_t sent = 0;
        ERR_clear_error();
        int result =
            SSL_write_ex(connection_.get(), bytes.data() + total, bytes.size() - total, &sent);
        if (result == 1) {
            total += sent;
            continue;
        }
        if (total > 0)
            break;
        bool reading_waits = reading_wants_write_;
        ssize_t waits = not_moved(result);
        reading_wants_write_ = reading_waits;
        if (waits == 0)
            throw io::Closed("connection closed");
        return waits;
    }
    return static_cast<ssize_t>(total);
}

io::Readiness::Waiting TlsWire::readable(io::Instant deadline) {
    if (read_stopped_early_ && SSL_has_pending(connection_.get()) == 1)
        return always_.wait(deadline);
    return reading_wants_write_ ? below_->writable(deadline) : below_->readable(deadline);
}

io::Readiness::Waiting TlsWire::writable(io::Instant deadline) {
    return below_->writable(deadline);
}

void TlsWire::say_goodbye() {
    if (!established_ || broken_ || said_goodbye_)
        return;
    said_goodbye_ = true;
    ERR_clear_error();
    SSL_shutdown(connection_.get());
}

void TlsWire::finish_writing() {
    say_goodbye();
    below_->finish_writing();
}

}  // namespace tls
