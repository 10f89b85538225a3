#include "smtp/flight.h"

namespace smtp {

std::vector<uint32_t> Flight::unresolved() const {
    if (hopeless)
        return {};
    std::vector<uint32_t> places = accepted;
    size_t before_rcpt = lead() + 1;
    size_t known = answered > before_rcpt ? answered - before_rcpt : 0;
    for (size_t i = known; i < offered.size(); ++i)
        places.push_back(offered[i]);
    return places;
}

}  // namespace smtp
