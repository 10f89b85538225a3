// Fuzz target: no line breaks the parser of commands; every address it gives reads back.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "lib/esmtp/command.h"
#include "lib/mail/address.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    std::string_view in(reinterpret_cast<const char*>(data), size);
    auto command = esmtp::split_command(in);
    command.words();
    auto parsed = esmtp::parse_path_argument(command.args, "FROM");
    auto* argument = std::get_if<esmtp::PathArgument>(&parsed);
    if (argument == nullptr || argument->address.empty())
        return 0;
    if (argument->address.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
        std::abort();
    auto mailbox = mail::Mailbox::parse(argument->address);
    if (!mailbox || mailbox->external() != argument->address ||
        mail::domain_of(argument->address) != mailbox->domain)
        std::abort();
    return 0;
}
