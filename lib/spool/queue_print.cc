#include "lib/spool/queue_print.h"

#include <array>
#include <ctime>

#include "lib/base/text.h"
#include "lib/spool/queue_record.h"

namespace spool {

namespace {

struct Name {
    char type;
    std::string_view text;
};

// As postcat calls them.
constexpr std::array<Name, 27> names{{
    {record::size, "message_size"},
    {record::time, "message_arrival_time"},
    {record::attribute, "named_attribute"},
    {record::full_name, "sender_fullname"},
    {'I', "content_inspector"},
    {record::redirect, "redirect_to"},
    {record::sender, "sender"},
    {record::original, "original_recipient"},
    {record::recipient, "recipient"},
    {record::done, "done_recipient"},
    {record::cancelled, "canceled_recipient"},
    {'K', "killed_record"},
    {'P', "priority"},
    {'V', "verp_delimiters"},
    {'W', "warning_message_time"},
    {'c', "queue_file_create_time"},
    {'e', "errors_to"},
    {'f', "flags"},
    {'r', "return_receipt"},
    {'w', "padding"},
    {record::pointer, "pointer_record"},
    {record::dsn_ret, "dsn_return_flags"},
    {record::dsn_envid, "dsn_envelope_id"},
    {record::dsn_orcpt, "dsn_original_recipient"},
    {record::dsn_notify, "dsn_notify_flags"},
    {record::line, "regular_text"},
    {record::piece, "content_filter"},
}};

std::string_view name_of(char type) {
    for (const Name& n : names)
        if (n.type == type)
            return n.text;
    return "unknown_record_type";
}

std::string date_text(std::string_view digits) {
    std::time_t when = base::number<int64_t>(digits.substr(0, digits.find(' '))).value_or(0);
    std::tm parts{};
    ::localtime_r(&when, &parts);
    char text[64];
    return std::string(text, std::strftime(text, sizeof text, "%a %b %e %H:%M:%S %Y", &parts));
}

// "Name: …" or a line that continues one (RFC 5322 section 2.2).
bool header_line(std::string_view line, bool after_header) {
    if (line.empty())
        return false;
    if (line[0] == ' ' || line[0] == '\t')
        return after_header;
    size_t n = 0;
    while (n < line.size() && line[n] > ' ' && line[n] < 0x7f && line[n] != ':')
        ++n;
    size_t colon = line.find_first_not_of(" \t", n);
    return n > 0 && colon != line.npos && line[colon] == ':';
}

class Printer {
  public:
    Printer(const std::string& name, const PrintOptions& options, FILE* out)
        : name_(name), options_(options), out_(out) {}

    // False behind the last record.
    bool print(const QueueRecord& r) {
        if (r.type == record::message)
            return section(r, "MESSAGE CONTENTS", Part::header);
        if (r.type == record::extracted)
            return section(r, "HEADER EXTRACTED", Part::envelope);
        if (r.type == record::end) {
            section(r, "MESSAGE FILE END", Part::over);
            return false;
        }
        if (part_ == Part::envelope)
            print_envelope(r);
        else
            print_content(r);
        return true;
    }

  private:
    enum class Part { envelope, header, body, over };

    bool section(const QueueRecord& r, const char* title, Part next) {
        if (options_.envelope) {
            if (in_line_)
                put("\n");
            prefix(r);
            put(base::text("*** ", title, ' ', name_, " ***\n"));
        }
        in_line_ = false;
        part_ = next;
        // Nothing but content is wanted, and it is over.
        return options_.envelope || next == Part::header;
    }

    void print_envelope(const QueueRecord& r) {
        bool nothing = r.type == record::pointer || r.type == 'w';
        if (!options_.envelope || (nothing && !options_.verbose))
            return;
        prefix(r);
        constexpr std::string_view create = "create_time=";
        std::string_view data = r.data;
        if (r.type == record::attribute && data.starts_with(create))
            put(base::text("create_time: ", date_text(data.substr(create.size())), '\n'));
        else if (r.type == record::time || r.type == 'W')
            put(base::text(name_of(r.type), ": ", date_text(data), '\n'));
        else if (r.type == record::line && !options_.verbose)
            put(base::text(data, '\n'));
        else
            put(base::text(name_of(r.type), ": ", data, '\n'));
    }

    void print_content(const QueueRecord& r) {
        bool text = r.type == record::line || r.type == record::piece;
        if (text && part_ == Part::header && !in_line_) {
            if (!header_line(r.data, after_header_))
                part_ = Part::body;
            after_header_ = true;
        }
        bool wanted = part_ == Part::header ? options_.header : options_.body;
        if (wanted && (text || options_.verbose)) {
            prefix(r);
            if (options_.verbose)
                put(base::text(r.type == record::piece ? "unterminated_text" : name_of(r.type),
                               ": "));
            put(r.data);
            if (r.type != record::piece || options_.verbose)
                put("\n");
        }
        if (text)
            in_line_ = r.type == record::piece && !options_.verbose;
    }

    void prefix(const QueueRecord& r) {
        char text[32] = "";
        if (options_.decimal)
            std::snprintf(text, sizeof text, "%3d ", static_cast<unsigned char>(r.type));
        if (options_.offsets)
            std::fprintf(out_, "%9llu ", static_cast<unsigned long long>(r.offset));
        put(text);
    }
    void put(std::string_view text) { std::fwrite(text.data(), 1, text.size(), out_); }

    const std::string& name_;
    const PrintOptions& options_;
    FILE* out_;
    Part part_ = Part::envelope;
    bool in_line_ = false;
    bool after_header_ = false;
};

}  // namespace

void print_queue_file(int fd, const std::string& name, const PrintOptions& options, FILE* out) {
    RecordReader records(fd, options.skip);
    Printer printer(name, options, out);
    if (options.envelope)
        std::fprintf(out, "*** ENVELOPE RECORDS %s ***\n", name.c_str());
    while (true) {
        QueueRecord r = records.next();
        if (r.type == record::pointer && !options.file_order)
            records.jump(r);
        if (!printer.print(r))
            return;
    }
}

}  // namespace spool
