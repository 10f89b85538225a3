#include "lib/mail/date.h"

#include <cstdlib>
#include <ctime>

#include "lib/base/text.h"

namespace mail {

static std::tm local_time(base::WallTime time) {
    // floor, not truncation: times before 1970 must not round towards it
    auto seconds = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
    std::time_t t = static_cast<std::time_t>(seconds);
    std::tm local{};
    localtime_r(&t, &local);
    return local;
}

std::string log_date(base::WallTime time) {
    std::tm local = local_time(time);
    char text[32];
    return std::string(text, std::strftime(text, sizeof text, "%b %e %H:%M:%S", &local));
}

std::string rfc5322_date(base::WallTime time) {
    std::tm local = local_time(time);
    // Nothing sets a locale, so that names are the English ones the standard asks for.
    char text[80];
    size_t length = std::strftime(text, sizeof text, "%a, %e %b %Y %H:%M:%S %z", &local);
    std::string out(text, length);
    if (local.tm_zone != nullptr && *local.tm_zone != '\0')
        base::append(out, " (", local.tm_zone, ')');
    return out;
}

}  // namespace mail
