// MessageKeys makes lookup keys of a message's lines, as header_checks and body_checks have them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postmap {

class MessageKeys {
  public:
    struct Wanted {
        bool header = false;
        bool body = false;
        bool mime = false;  // headers of parts and of messages within count as headers
    };
    using Take = std::function<void(const std::string& key)>;

    MessageKeys(Wanted wanted, Take take) : wanted_(wanted), take_(std::move(take)) {}

    // The next line, without its end.
    void line(std::string_view text);
    // The message is over.
    void end();

  private:
    void header_line(std::string_view text);
    void body_line(std::string_view text);
    void end_header();
    void end_headers();
    void note_content_type(std::string_view header);
    bool at_boundary(std::string_view text);
    void emit_body(std::string_view text) const;

    Wanted wanted_;
    Take take_;
    bool in_headers_ = true;
    std::optional<std::string> header_;     // what there is of the present header
    std::vector<std::string> boundaries_;   // of the multiparts that are open, the innermost last
    std::optional<std::string> multipart_;  // boundary that the present headers announce
    bool nested_ = false;                   // they announce a message
};

}  // namespace postmap
