// Json is an object as programs exchange it: names in the order in which they were given.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace base {

class Json {
  public:
    Json();
    Json(Json&&) noexcept;
    Json& operator=(Json&&) noexcept;
    ~Json();
    // None where `text` is not one object.
    static std::optional<Json> parse(std::string_view text);

    // What is there under that name; "", false, 0 or nothing where it is something else, or absent.
    std::string text_at(std::string_view name) const;
    bool truth_at(std::string_view name) const;
    double number_at(std::string_view name) const;
    std::vector<std::string> list_at(std::string_view name) const;
    std::optional<Json> object_at(std::string_view name) const;
    std::vector<Json> objects_at(std::string_view name) const;

    Json& string(std::string_view name, std::string_view value);
    Json& integer(std::string_view name, int64_t value);
    Json& real(std::string_view name, double value);  // to three digits
    Json& boolean(std::string_view name, bool value);
    Json& texts(std::string_view name, const std::vector<std::string>& values);
    Json& object(std::string_view name, const Json& value);
    Json& objects(std::string_view name, const std::vector<Json>& values);

    // All that `other` has, behind what is here.
    Json& add(const Json& other);

    // On one line, with its end. What is not UTF-8 is replaced.
    std::string line() const;

  private:
    struct Value;
    std::unique_ptr<Value> value_;
};

}  // namespace base
