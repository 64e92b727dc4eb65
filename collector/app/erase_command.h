#pragma once

namespace sidespan::collector {

/// `erase --user ID` or `erase --installation ID`: deletes from the store that the options name, and prints
/// what. argv[0] is the command's name. The program's exit code; throws UsageError, and std::exception when
/// not all could be deleted.
int runEraseCommand(int argc, const char* const* argv);

}
