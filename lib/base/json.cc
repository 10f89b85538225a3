#include "lib/base/json.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace base {

struct Json::Value {
    nlohmann::ordered_json json = nlohmann::ordered_json::object();
    nlohmann::ordered_json& at(std::string_view name) { return json[std::string(name)]; }
    const nlohmann::ordered_json& look(std::string_view name) const {
        static const nlohmann::ordered_json nothing;
        auto found = json.find(std::string(name));
        return found == json.end() ? nothing : *found;
    }
};

Json::Json() : value_(std::make_unique<Value>()) {}
Json::Json(Json&&) noexcept = default;
Json& Json::operator=(Json&&) noexcept = default;
Json::~Json() = default;

std::optional<Json> Json::parse(std::string_view text) {
    Json read;
    read.value_->json = nlohmann::ordered_json::parse(text, nullptr, false);
    if (!read.value_->json.is_object())
        return std::nullopt;
    return read;
}

std::string Json::text_at(std::string_view name) const {
    const auto& value = value_->look(name);
    return value.is_string() ? value.get<std::string>() : "";
}

bool Json::truth_at(std::string_view name) const {
    const auto& value = value_->look(name);
    return value.is_boolean() && value.get<bool>();
}

double Json::number_at(std::string_view name) const {
    const auto& value = value_->look(name);
    return value.is_number() ? value.get<double>() : 0;
}

std::vector<std::string> Json::list_at(std::string_view name) const {
    std::vector<std::string> texts;
    const auto& value = value_->look(name);
    if (value.is_array())
        for (const auto& each : value)
            if (each.is_string())
                texts.push_back(each.get<std::string>());
    return texts;
}

std::optional<Json> Json::object_at(std::string_view name) const {
    const auto& value = value_->look(name);
    if (!value.is_object())
        return std::nullopt;
    Json read;
    read.value_->json = value;
    return read;
}

std::vector<Json> Json::objects_at(std::string_view name) const {
    std::vector<Json> objects;
    const auto& value = value_->look(name);
    if (!value.is_array())
        return objects;
    for (const auto& each : value)
        if (each.is_object())
            objects.emplace_back().value_->json = each;
    return objects;
}

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

Json& Json::add(const Json& other) {
    value_->json.update(other.value_->json);
    return *this;
}

std::string Json::line() const {
    return value_->json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) +
           '\n';
}

}  // namespace base
