#include "lib/ipc/submission.h"

#include "lib/base/text.h"

namespace ipc {

namespace {

void append_attribute(std::string& out, std::string_view name, std::string_view value) {
    base::append(out, name, '\0', value, '\0');
}

}  // namespace

std::string submission_greeting(std::string_view name) {
    std::string out;
    append_attribute(out, "protocol", "postdrop_protocol");
    append_attribute(out, "queue_id", name);
    out.push_back('\0');
    return out;
}

std::string submission_result(SubmissionStatus status) {
    std::string out;
    append_attribute(out, "status", base::text(static_cast<unsigned>(status)));
    append_attribute(out, "reason", "");
    out.push_back('\0');
    return out;
}

std::optional<std::map<std::string, std::string>> take_attributes(std::string& bytes) {
    std::map<std::string, std::string> attributes;
    size_t at = 0;
    while (true) {
        size_t name_end = bytes.find('\0', at);
        if (name_end == bytes.npos)
            return std::nullopt;
        if (name_end == at) {
            bytes.erase(0, at + 1);
            return attributes;
        }
        size_t value_end = bytes.find('\0', name_end + 1);
        if (value_end == bytes.npos)
            return std::nullopt;
        attributes[bytes.substr(at, name_end - at)] =
            bytes.substr(name_end + 1, value_end - name_end - 1);
        at = value_end + 1;
    }
}

}  // namespace ipc
