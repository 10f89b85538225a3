// Window is how many lanes to one destination may be busy at once, as feedback moves it.
//
// It grows with successes while it is used, shrinks with failures, and after so many failed
// cohorts (a cohort is as many failures as the window is wide) the destination counts as dead.
#pragma once

#include <optional>
#include <string_view>

namespace qmgr {

// "1", "1/3", "1/concurrency" or "2/sqrt_concurrency": what one delivery adds or takes away.
struct Feedback {
    enum class Form { constant, by_concurrency, by_square_root };
    double amount = 1;
    Form form = Form::constant;

    double at(unsigned window) const;
    static std::optional<Feedback> parse(std::string_view text);
};

struct WindowLimits {
    unsigned initial = 5;
    unsigned limit = 20;  // 0: none
    Feedback positive;
    Feedback negative;
    double failed_cohorts = 1;  // 0: a destination never counts as dead
};

class Window {
  public:
    explicit Window(const WindowLimits& limits) : limits_(&limits), size_(limits.initial) {}

    unsigned size() const { return size_; }
    // A delivery reached the destination, with `busy` lanes in use.
    void succeeded(unsigned busy);
    // The destination could not be reached. True when it is dead from now on.
    bool failed();
    // A dead destination gets its next chance.
    void revive();

  private:
    const WindowLimits* limits_;
    unsigned size_;
    double success_ = 0;
    double failure_ = 0;
    double failed_cohorts_ = 0;
};

}  // namespace qmgr
