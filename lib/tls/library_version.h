// Which OpenSSL this is.
#pragma once

#include <string>
#include <vector>

namespace tls {

// As "openssl version" has it: of the headers, and of the library that runs.
std::string compile_version();
std::string run_version();
// Of those that certificates for mail mostly have, in lower case.
std::vector<std::string> public_key_algorithms();

}  // namespace tls
