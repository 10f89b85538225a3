#include "smtp/stage.h"

#include <array>

namespace smtp {
namespace {

struct Words {
    std::string_view doing;
    std::string_view command;
};

// In the order of Stage.
constexpr std::array<Words, 16> words{{
    {"receiving the initial server greeting", "connection"},
    {"performing the EHLO handshake", "EHLO command"},
    {"performing the HELO handshake", "HELO command"},
    {"performing the LHLO handshake", "LHLO command"},
    {"receiving the STARTTLS response", "STARTTLS command"},
    {"performing the EHLO handshake", "AUTH command"},
    {"sending RSET", "RSET command"},
    {"sending XFORWARD", "XFORWARD command"},
    {"sending MAIL FROM", "MAIL FROM command"},
    {"sending RCPT TO", "RCPT TO command"},
    {"sending DATA command", "DATA command"},
    {"sending message body", "message body"},
    {"sending message body", "BDAT command"},
    {"sending end of data -- message may be sent more than once", "end of DATA command"},
    {"sending end of data -- message may be sent more than once", "end of DATA command"},
    {"sending QUIT", "QUIT command"},
}};

const Words& of(Stage stage) {
    return words.at(static_cast<size_t>(stage));
}

}  // namespace

std::string_view doing(Stage stage) {
    return of(stage).doing;
}

std::string_view command(Stage stage) {
    return of(stage).command;
}

}  // namespace smtp
