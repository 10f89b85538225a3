// Json is an object as it is printed: names in the order in which they were given.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace postrelay {

class Json {
  public:
    Json();
    Json(Json&&) noexcept;
    Json& operator=(Json&&) noexcept;
    ~Json();

    Json& string(std::string_view name, std::string_view value);
    Json& integer(std::string_view name, int64_t value);
    Json& real(std::string_view name, double value);  // to three digits
    Json& boolean(std::string_view name, bool value);
    Json& texts(std::string_view name, const std::vector<std::string>& values);
    Json& object(std::string_view name, const Json& value);
    Json& objects(std::string_view name, const std::vector<Json>& values);

    // On one line, with its end. What is not UTF-8 is replaced.
    std::string line() const;

  private:
    struct Value;
    std::unique_ptr<Value> value_;
};

}  // namespace postrelay
