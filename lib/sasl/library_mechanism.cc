// The mechanisms of the GNU SASL library, one session of it each.
#include <gsasl.h>

#include <cstdlib>
#include <utility>

#include "lib/base/base64.h"
#include "lib/base/text.h"
#include "lib/sasl/mechanism.h"
#include "lib/sasl/properties.h"

namespace sasl {
namespace {

[[noreturn]] void fail(int code) {
    throw Failed(gsasl_strerror(code));
}

// The library, with its tables; nothing in it changes after its start.
class Library {
  public:
    Library() {
        if (int code = gsasl_init(&handle_); code != GSASL_OK)
            fail(code);
        // Properties are set before a session starts; what it asks for then is absent.
        gsasl_callback_set(handle_, [](Gsasl*, Gsasl_session*, Gsasl_property) -> int {
            return GSASL_NO_CALLBACK;
        });
    }
    ~Library() { gsasl_done(handle_); }
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;

    Gsasl* handle() const { return handle_; }

  private:
    Gsasl* handle_ = nullptr;
};

struct Finish {
    void operator()(Gsasl_session* session) const { gsasl_finish(session); }
};

class LibraryMechanism : public Mechanism {
  public:
    LibraryMechanism(const Properties& properties, const Account& account, const Server& server,
                     const ChannelBinding& binding)
        : server_first_(properties.server_first) {
        std::string name(properties.name);
        Gsasl_session* session = nullptr;
        int code = gsasl_client_start(library_.handle(), name.c_str(), &session);
        if (code != GSASL_OK)
            fail(code);
        session_.reset(session);
        set(GSASL_AUTHID, account.user);
        set(GSASL_PASSWORD, account.secret);
        set(GSASL_ANONYMOUS_TOKEN, account.user);
        set(GSASL_SERVICE, server.service);
        set(GSASL_HOSTNAME, server.host);
        if (account.names_role)
            set(GSASL_AUTHZID, account.user);
        if (properties.bound)
            bind(binding);
    }

    std::optional<std::string> first() override {
        return server_first_ ? std::nullopt : std::optional(step(""));
    }
    std::string answer(std::string_view challenge) override {
        if (over_)
            throw Failed("the server goes on after the end of the mechanism");
        return step(challenge);
    }
    bool satisfied() const override { return over_; }

  private:
    void set(Gsasl_property property, const std::string& value) {
        int code = gsasl_property_set_raw(session_.get(), property, value.data(), value.size());
        if (code != GSASL_OK)
            fail(code);
    }

    // The library takes them in base64. RFC 9266 section 3: before TLS 1.3 servers know the older
    // one, though the newer could be had.
    void bind(const ChannelBinding& binding) {
        if (!binding.unique.empty())
            set(GSASL_CB_TLS_UNIQUE, base::to_base64(binding.unique));
        else
            set(GSASL_CB_TLS_EXPORTER, base::to_base64(binding.exporter));
    }

    std::string step(std::string_view challenge) {
        char* output = nullptr;
        size_t size = 0;
        int code = gsasl_step(session_.get(), challenge.data(), challenge.size(), &output, &size);
        if (code != GSASL_OK && code != GSASL_NEEDS_MORE)
            fail(code);
        over_ = code == GSASL_OK;
        std::string response;
        if (output != nullptr) {
            response.assign(output, size);
            explicit_bzero(output, size);
            gsasl_free(output);
        }
        return response;
    }

    Library library_;
    std::unique_ptr<Gsasl_session, Finish> session_;
    bool server_first_;
    bool over_ = false;
};

}  // namespace

std::unique_ptr<Mechanism> library_mechanism(std::string_view name, const Account& account,
                                             const Server& server, const ChannelBinding& binding) {
    return std::make_unique<LibraryMechanism>(*properties_of(name), account, server, binding);
}

}  // namespace sasl
