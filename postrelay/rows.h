// How records are shown: a table for people, an object a line for programs.
#pragma once

#include <string>
#include <vector>

#include "lib/base/json.h"
#include "lib/health/record.h"
#include "lib/health/snapshot.h"

namespace postrelay {

// "OPEN", "DRAIN", or "suspect" for a closed one with failures not yet forgotten.
std::string state_of(const health::View& view);
std::string_view scope_name(health::Scope scope);

std::string table_of(const std::vector<health::Record>& records, const health::Rules& rules,
                     const health::Moment& at);
base::Json json_of(const health::Record& record, const health::Rules& rules,
                   const health::Moment& at);

}  // namespace postrelay
