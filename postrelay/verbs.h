// What postrelay does, a function a verb; each gives the exit status.
#pragma once

#include "lib/config/settings.h"
#include "postrelay/request.h"

namespace postrelay {

inline constexpr int nothing_found = 1;

int show(const Request& request, const config::Settings& settings);
int watch(const Request& request, const config::Settings& settings);
// drain, down, up, reset.
int order(const Request& request, const config::Settings& settings);
int probe(const Request& request, const config::Settings& settings);
int flush(const Request& request, const config::Settings& settings);
int explain(const Request& request, const config::Settings& settings);

}  // namespace postrelay
