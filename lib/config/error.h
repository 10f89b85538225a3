// Error is everything that is wrong with a configuration.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace config {

class Error : public std::runtime_error {
  public:
    // what() has one problem a line.
    explicit Error(std::vector<std::string> problems);
    explicit Error(std::string problem) : Error(std::vector<std::string>{std::move(problem)}) {}
    const std::vector<std::string>& problems() const { return problems_; }

  private:
    std::vector<std::string> problems_;
};

}  // namespace config
