// The mechanisms that show an OAuth 2.0 token: OAUTHBEARER (RFC 7628) and its forerunner XOAUTH2.
#include <algorithm>
#include <utility>

#include "lib/base/text.h"
#include "lib/sasl/mechanism.h"

namespace sasl {
namespace {

constexpr char separator = '\x01';

// A token is characters of RFC 6750 section 2.1; a control character would begin a field of its
// own.
std::string checked(std::string_view what, std::string text) {
    auto bad = [](unsigned char c) { return c < ' ' || c == 0x7f; };
    if (text.empty() || std::ranges::any_of(text, bad))
        throw Failed(base::text("the ", what, " is ", text.empty() ? "empty" : "malformed"));
    return text;
}

// RFC 5801 section 4.
std::string gs2_name(std::string_view name) {
    std::string escaped;
    for (char c : name)
        if (c == ',')
            escaped += "=2C";
        else if (c == '=')
            escaped += "=3D";
        else
            escaped += c;
    return escaped;
}

// A challenge after the only response is the server's reason to refuse, which wants an answer
// before the refusal itself comes (RFC 7628 section 3.2.3).
class TokenMechanism : public Mechanism {
  public:
    TokenMechanism(std::string response, std::string_view dummy, std::string token)
        : response_(std::move(response)), dummy_(dummy), token_(std::move(token)) {}
    ~TokenMechanism() override {
        base::wipe(response_);
        base::wipe(token_);
    }
    TokenMechanism(const TokenMechanism&) = delete;
    TokenMechanism& operator=(const TokenMechanism&) = delete;

    std::optional<std::string> first() override { return response_; }
    std::string answer(std::string_view challenge) override {
        if (complained_)
            throw Failed("the server goes on after it has refused the token");
        complained_ = true;
        complaint_ = challenge;
        // Some servers quote what they were sent.
        for (size_t at = complaint_.find(token_); at != std::string::npos;
             at = complaint_.find(token_))
            complaint_.replace(at, token_.size(), "…");
        return std::string(dummy_);
    }
    // One that has just said no and then says yes is not to be trusted with mail.
    bool satisfied() const override { return !complained_; }
    std::string complaint() const override { return complaint_; }

  private:
    std::string response_;
    std::string_view dummy_;
    std::string token_;
    std::string complaint_;
    bool complained_ = false;
};

}  // namespace

std::unique_ptr<Mechanism> xoauth2_mechanism(const Account& account) {
    std::string token = checked("token", account.secret);
    std::string response = base::text("user=", checked("user name", account.user), separator,
                                      "auth=Bearer ", token, separator, separator);
    return std::make_unique<TokenMechanism>(std::move(response), "", std::move(token));
}

std::unique_ptr<Mechanism> bearer_mechanism(const Account& account, const Server& server) {
    std::string token = checked("token", account.secret);
    std::string response = base::text("n,a=", gs2_name(checked("user name", account.user)), ",",
                                      separator, "host=", server.host, separator);
    if (server.port != 0)
        base::append(response, "port=", server.port, separator);
    base::append(response, "auth=Bearer ", token, separator, separator);
    return std::make_unique<TokenMechanism>(std::move(response), "\x01", std::move(token));
}

}  // namespace sasl
