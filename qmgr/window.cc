#include "qmgr/window.h"

#include <algorithm>
#include <cmath>

#include "lib/base/text.h"

namespace qmgr {

namespace {

// What adding fractions may lose.
constexpr double rounding = 0.01;

}  // namespace

double Feedback::at(unsigned window) const {
    double n = std::max(1u, window);
    if (form == Form::by_concurrency)
        return amount / n;
    if (form == Form::by_square_root)
        return amount / std::sqrt(n);
    return amount;
}

std::optional<Feedback> Feedback::parse(std::string_view text) {
    text = base::trim(text);
    size_t slash = text.find('/');
    auto over = base::number<unsigned>(base::trim(text.substr(0, slash)));
    if (!over)
        return std::nullopt;
    Feedback feedback{double(*over), Form::constant};
    if (slash == std::string_view::npos)
        return *over <= 1 ? std::optional(feedback) : std::nullopt;
    std::string_view under = base::trim(text.substr(slash + 1));
    if (base::equal_nocase(under, "concurrency"))
        return Feedback{feedback.amount, Form::by_concurrency};
    if (base::equal_nocase(under, "sqrt_concurrency"))
        return Feedback{feedback.amount, Form::by_square_root};
    auto divisor = base::number<unsigned>(under);
    if (!divisor || *divisor == 0 || *over > *divisor)
        return std::nullopt;
    feedback.amount /= *divisor;
    return feedback;
}

void Window::succeeded(unsigned busy) {
    failed_cohorts_ = 0;
    if (size_ >= busy + limits_->initial)
        return;
    success_ += limits_->positive.at(size_);
    while (success_ + rounding >= 1) {
        ++size_;
        success_ -= 1;
        failure_ = 0;
    }
    if (limits_->limit > 0)
        size_ = std::min(size_, limits_->limit);
}

// Shrinks at the start of each step of negative feedback, where growing comes at the end of its.
bool Window::failed() {
    failed_cohorts_ += 1.0 / size_;
    if (limits_->failed_cohorts > 0 && failed_cohorts_ + rounding / 100 >= limits_->failed_cohorts)
        return true;
    failure_ -= limits_->negative.at(size_);
    while (failure_ + rounding < 0) {
        size_ = std::max(1u, size_ - std::min(size_, 1u));
        failure_ += 1;
        success_ = 0;
    }
    return false;
}

void Window::revive() {
    size_ = limits_->initial;
    success_ = failure_ = failed_cohorts_ = 0;
}

}  // namespace qmgr
