#pragma once

namespace sidespan::collector {

/// `erase --user ID` or `erase --installation ID`: deletes spans from the store that the options name, and
/// prints how many. argv[0] is the command's name. Returns the exit status. Throws UsageError, and
/// std::exception if not all could be deleted.
int runEraseCommand(int argc, const char* const* argv);

}
