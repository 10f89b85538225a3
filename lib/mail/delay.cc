#include "lib/mail/delay.h"

#include "lib/base/text.h"

namespace mail {

namespace {

long long rounded(long long microseconds, long long unit) {
    return (microseconds + unit / 2) / unit;
}

}  // namespace

std::string delay_text(base::Duration delay) {
    long long us = delay.count();
    if (us <= 0)
        return "0";
    // Hundredths below one second, tenths below ten: two digits that mean something.
    long long hundredths = us < 995'000     ? rounded(us, 10'000)
                           : us < 9'950'000 ? rounded(us, 100'000) * 10
                                            : rounded(us, 1'000'000) * 100;
    std::string out = base::text(hundredths / 100);
    if (int rest = static_cast<int>(hundredths % 100); rest != 0) {
        base::append(out, '.', rest / 10);
        if (rest % 10 != 0)
            base::append(out, rest % 10);
    }
    return out;
}

}  // namespace mail
