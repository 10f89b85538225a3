#include "lib/sasl/cyrus_library.h"

#include <sasl/sasl.h>
#include <string.h>

#include <mutex>

#include "lib/base/base64.h"
#include "lib/base/text.h"

namespace sasl::cyrus {

namespace {

// Where the library's remarks go while this thread is in it.
thread_local Remarks* remarks = nullptr;

struct Listening {
    explicit Listening(Remarks& into) { remarks = &into; }
    ~Listening() { remarks = nullptr; }
};

// Louder levels may show passwords: they are not listened to.
int listen(void*, int level, const char* message) {
    if (remarks == nullptr || message == nullptr)
        return SASL_OK;
    if (level == SASL_LOG_FAIL)
        remarks->push_back(base::text("SASL authentication failure: ", base::printable(message)));
    if (level == SASL_LOG_ERR || level == SASL_LOG_WARN)
        remarks->push_back(base::text("SASL authentication problem: ", base::printable(message)));
    return SASL_OK;
}

void* new_mutex() {
    return new std::mutex;
}
int lock(void* mutex) {
    static_cast<std::mutex*>(mutex)->lock();
    return SASL_OK;
}
int unlock(void* mutex) {
    static_cast<std::mutex*>(mutex)->unlock();
    return SASL_OK;
}
void free_mutex(void* mutex) {
    delete static_cast<std::mutex*>(mutex);
}

struct Flag {
    unsigned property;
    unsigned unwanted, needed;
};
constexpr Flag flags[] = {
    {property::plaintext, SASL_SEC_NOPLAINTEXT, 0},
    {property::active, SASL_SEC_NOACTIVE, 0},
    {property::dictionary, SASL_SEC_NODICTIONARY, 0},
    {property::anonymous, SASL_SEC_NOANONYMOUS, 0},
    {property::forward_secrecy, 0, SASL_SEC_FORWARD_SECRECY},
    {property::mutual_auth, 0, SASL_SEC_MUTUAL_AUTH},
};

// No security layer behind AUTH: that is TLS's work.
sasl_security_properties_t properties_of(const Demands& demands) {
    sasl_security_properties_t properties{};
    for (const Flag& flag : flags) {
        if (demands.unwanted & flag.property)
            properties.security_flags |= flag.unwanted;
        if (demands.needed & flag.property)
            properties.security_flags |= flag.needed;
    }
    return properties;
}

bool is_ours(int code) {
    return code == SASL_TRYAGAIN || code == SASL_UNAVAIL || code == SASL_FAIL || code == SASL_NOMEM;
}

struct Wiped {
    std::string text;
    ~Wiped() { ::explicit_bzero(text.data(), text.size()); }
};

}  // namespace

void begin_library(const VerifierOptions& options) {
    std::string path = options.config_path;
    ::sasl_set_mutex(new_mutex, lock, unlock, free_mutex);
    int code = ::sasl_set_path(SASL_PATH_TYPE_CONFIG, path.data());
    if (code != SASL_OK)
        throw config::Error(base::text("Cyrus SASL configuration path \"", path,
                                       "\": ", ::sasl_errstring(code, nullptr, nullptr)));
    // The library keeps the address.
    static const sasl_callback_t callbacks[] = {
        {SASL_CB_LOG, reinterpret_cast<int (*)()>(reinterpret_cast<void*>(listen)), nullptr},
        {SASL_CB_LIST_END, nullptr, nullptr},
    };
    code = ::sasl_server_init(callbacks, options.path.c_str());
    if (code != SASL_OK)
        throw config::Error(
            base::text("Cyrus SASL library: ", ::sasl_errstring(code, nullptr, nullptr)));
}

Step no_mechanism() {
    return Step(Step::failed, ::sasl_errstring(SASL_NOMECH, nullptr, nullptr));
}

Connection::Connection(const VerifierOptions& options, const Demands& demands) {
    Listening to(remarks_);
    broken_ = ::sasl_server_new(options.service.c_str(), options.myhostname.c_str(),
                                options.realm.empty() ? nullptr : options.realm.c_str(), nullptr,
                                nullptr, nullptr, 0, &conn_);
    if (broken_ != SASL_OK)
        return;
    sasl_security_properties_t properties = properties_of(demands);
    broken_ = ::sasl_setprop(conn_, SASL_SEC_PROPS, &properties);
}

Connection::~Connection() {
    ::sasl_dispose(&conn_);
}

std::optional<Offers> Connection::mechanisms() {
    Listening to(remarks_);
    const char* list = nullptr;
    int code = broken_;
    if (code == SASL_OK)
        code = ::sasl_listmech(conn_, nullptr, "", " ", "", &list, nullptr, nullptr);
    if (code == SASL_NOMECH)
        return Offers();
    if (code != SASL_OK) {
        remarks_.push_back(base::text("SASL mechanisms cannot be listed: ",
                                      ::sasl_errstring(code, nullptr, nullptr)));
        return std::nullopt;
    }
    Offers found;
    std::string_view names = list;
    for (std::string_view name : base::split(names, " "))
        found.push_back({std::string(name), 0});
    return found;
}

std::string Connection::user() const {
    const void* name = nullptr;
    if (::sasl_getprop(conn_, SASL_USERNAME, &name) != SASL_OK || name == nullptr)
        return {};
    return base::printable(static_cast<const char*>(name));
}

Step Connection::result(int code, const char* text, unsigned length) {
    if (code == SASL_OK)
        return Step(Step::done, "", user());
    if (code == SASL_CONTINUE)
        return Step(Step::challenge,
                    base::to_base64(std::string_view(text == nullptr ? "" : text, length)));
    if (code == SASL_NOUSER)  // who guesses need not know which half was wrong
        code = SASL_BADAUTH;
    std::string why = ::sasl_errstring(code, nullptr, nullptr);
    if (is_ours(code))
        return Step(Step::trouble, base::text(connection_lost, " (", why, ")"), user());
    return Step(Step::failed, why, user());
}

Step Connection::start(const std::string& mechanism, const std::optional<std::string>& initial) {
    Listening to(remarks_);
    if (broken_ != SASL_OK)
        return result(broken_, nullptr, 0);
    bool empty = !initial || *initial == "=";
    std::optional<std::string> bytes = base::from_base64(empty ? "" : *initial);
    if (!bytes)
        return Step(Step::failed, "malformed initial response");
    Wiped in{std::move(*bytes)};
    const char* text = nullptr;
    unsigned length = 0;
    int code = ::sasl_server_start(conn_, mechanism.c_str(), initial ? in.text.c_str() : nullptr,
                                   static_cast<unsigned>(in.text.size()), &text, &length);
    return result(code, text, length);
}

Step Connection::step(const std::string& response) {
    Listening to(remarks_);
    std::optional<std::string> bytes = base::from_base64(response);
    if (!bytes)
        return Step(Step::failed, "malformed response");
    Wiped in{std::move(*bytes)};
    const char* text = nullptr;
    unsigned length = 0;
    int code = ::sasl_server_step(conn_, in.text.c_str(), static_cast<unsigned>(in.text.size()),
                                  &text, &length);
    return result(code, text, length);
}

}  // namespace sasl::cyrus
