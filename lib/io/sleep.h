// Waiting for nothing but time.
#pragma once

#include "lib/io/loop.h"
#include "lib/io/wait.h"

namespace io {

class [[nodiscard]] Sleep : public Wait {
  public:
    explicit Sleep(Instant until) : Wait(until) {}
    void await_resume() { finish(); }

  private:
    bool begin() override { return false; }
    void abandon() override {}
};

inline Sleep sleep_until(Instant until) {
    return Sleep(until);
}
inline Sleep sleep(Duration time) {
    return Sleep(loop().now() + time);
}
// Lets everything else that is ready run first.
inline Sleep yield() {
    return Sleep(loop().now());
}

}  // namespace io
