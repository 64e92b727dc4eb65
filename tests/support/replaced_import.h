#pragma once

namespace sidespan::test {

/// From here on this program calls `standIn` for a function that it imports from a DLL of Windows. Returns
/// the function itself. Ends the program where that is not imported.
void* replaceImport(const char* function, void* standIn);

/// The same with the function's type.
template <class Function>
[[nodiscard]] Function* replaceImport(const char* function, Function* standIn) {
    return reinterpret_cast<Function*>(replaceImport(function, reinterpret_cast<void*>(standIn)));
}

}
