// Edits of a master.cf's text: services, their fields and their -o options.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "postconf/edit_main.h"
#include "postconf/options.h"

namespace postconf {

// `arguments` are "service/type=…" for -M, "service/type/field=value" for -F,
// "service/type/name=value" for -P; with comment_out and remove just what stands before '='.
// Service and type may be '*' with -F and -P. Throws config::Error, config::BadLine.
Edited edit_master_cf(std::string_view text, Subject subject, Edit kind,
                      const std::vector<std::string>& arguments);

}  // namespace postconf
