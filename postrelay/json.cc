#include "postrelay/json.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace postrelay {

struct Json::Value {
    nlohmann::ordered_json json = nlohmann::ordered_json::object();
    nlohmann::ordered_json& at(std::string_view name) { return json[std::string(name)]; }
};

Json::Json() : value_(std::make_unique<Value>()) {}
Json::Json(Json&&) noexcept = default;
Json& Json::operator=(Json&&) noexcept = default;
Json::~Json() = default;

Json& Json::string(std::string_view name, std::string_view value) {
    value_->at(name) = std::string(value);
    return *this;
}

Json& Json::integer(std::string_view name, int64_t value) {
    value_->at(name) = value;
    return *this;
}

Json& Json::real(std::string_view name, double value) {
    value_->at(name) = std::round(value * 1000) / 1000;
    return *this;
}

Json& Json::boolean(std::string_view name, bool value) {
    value_->at(name) = value;
    return *this;
}

Json& Json::texts(std::string_view name, const std::vector<std::string>& values) {
    value_->at(name) = values;
    return *this;
}

Json& Json::object(std::string_view name, const Json& value) {
    value_->at(name) = value.value_->json;
    return *this;
}

Json& Json::objects(std::string_view name, const std::vector<Json>& values) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const Json& value : values)
        list.push_back(value.value_->json);
    value_->at(name) = std::move(list);
    return *this;
}

std::string Json::line() const {
    return value_->json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) +
           '\n';
}

}  // namespace postrelay
