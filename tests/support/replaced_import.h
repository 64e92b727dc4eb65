#pragma once

namespace sidespan::test {

/// Makes this program call `standIn` instead of a function that it imports from a DLL of Windows. Returns the
/// original function. Ends the program if the function is not imported.
void* replaceImport(const char* function, void* standIn);

/// The same with the function's type.
template <class Function>
[[nodiscard]] Function* replaceImport(const char* function, Function* standIn) {
    return reinterpret_cast<Function*>(replaceImport(function, reinterpret_cast<void*>(standIn)));
}

}
