#include "lib/sasl/mechanism.h"

#include "lib/base/text.h"
#include "lib/sasl/properties.h"

namespace sasl {

std::unique_ptr<Mechanism> make_mechanism(std::string_view name, const Account& account,
                                          const Server& server, const ChannelBinding& binding) {
    const Properties* properties = properties_of(name);
    if (properties == nullptr)
        throw Failed(base::text("no such mechanism: ", name));
    if (!properties->token)
        return library_mechanism(properties->name, account, server, binding);
    return properties->name == "XOAUTH2" ? xoauth2_mechanism(account)
                                         : bearer_mechanism(account, server);
}

}  // namespace sasl
