#include "lib/tls/wish.h"

namespace tls {

Wish::Wish() = default;

}  // namespace tls
