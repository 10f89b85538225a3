// The parameters of several instances on one machine.
#include "lib/config/parameter_rows.h"

namespace config {

// clang-format off
static constexpr Parameter rows[] = {
    not_built(text("multi_instance_directories", "", "configuration directories of further instances")),
    not_built(flag("multi_instance_enable", "no", "lets this instance be managed with others")),
    not_built(text("multi_instance_name", "", "the name of this instance")),
    not_built(text("multi_instance_group", "", "the group of this instance")),
    not_built(text("multi_instance_wrapper", "", "the command that manages several instances")),
    list("alternate_config_directories", "", "configuration directories that commands may use"),
    not_built(list("postmulti_control_commands", "reload flush", "commands that postmulti sends to running instances")),
    not_built(list("postmulti_start_commands", "start", "commands that postmulti takes for start")),
    not_built(list("postmulti_stop_commands", "stop abort drain quick-stop", "commands that postmulti takes for stop")),
};
// clang-format on

Rows instances_rows() {
    return rows;
}

}  // namespace config
