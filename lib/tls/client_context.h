// ClientContext is what all TLS connections of one client have in common.
#pragma once

#include <memory>
#include <string>

#include "lib/config/own_settings.h"
#include "lib/tls/sessions.h"
#include "lib/tls/wish.h"

namespace tls {

struct ClientSettings;

class ClientContext {
  public:
    // Reads main.cf and all files it names: make it while they may be read. `sessions` may be null
    // and outlives it. Throws config::Error that names parameter and file.
    explicit ClientContext(const config::OwnSettings& own, Sessions* sessions = nullptr);
    ~ClientContext();
    ClientContext(const ClientContext&) = delete;
    ClientContext& operator=(const ClientContext&) = delete;

    const ClientSettings& settings() const;
    int log_level() const;
    // Whether a TLSA record can be used here: usage 2 or 3, selector, digest and data that fit
    // tls_dane_digests. One that cannot is as good as none (RFC 7672 section 2.2).
    bool usable(const Tlsa& record) const;

    struct Inside;  // of lib/tls alone
    const Inside& inside() const { return *inside_; }

  private:
    std::unique_ptr<Inside> inside_;
};

}  // namespace tls
