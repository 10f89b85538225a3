#include "lib/health/transition.h"

#include "lib/base/text.h"

namespace health {

std::string log_line(const Transition& transition) {
    std::string line = base::text("relay-health: ", transition.label, " ", transition.from, "->",
                                  transition.to, " reason=", transition.reason);
    if (transition.fails > 0)
        base::append(line, " fails=", transition.fails);
    if (transition.retry_in > base::Duration(0))
        base::append(line, " retry_in=", short_time(transition.retry_in));
    return base::printable(line);
}

std::string short_time(base::Duration time) {
    auto tenths = (time.count() + 50'000) / 100'000;
    if (tenths % 10 != 0)
        return base::text(tenths / 10, ".", tenths % 10, "s");
    auto seconds = tenths / 10;
    struct Unit {
        int64_t seconds;
        char letter;
    };
    constexpr Unit units[] = {{86'400, 'd'}, {3'600, 'h'}, {60, 'm'}};
    for (const Unit& unit : units)
        if (seconds > 0 && seconds % unit.seconds == 0)
            return base::text(seconds / unit.seconds, unit.letter);
    return base::text(seconds, "s");
}

}  // namespace health
