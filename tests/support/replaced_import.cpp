#include "support/replaced_import.h"

#include <windows.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace sidespan::test {
namespace {

template <class T>
T* at(DWORD offset) {
    return reinterpret_cast<T*>(reinterpret_cast<char*>(::GetModuleHandleW(nullptr)) + offset);
}

const IMAGE_DATA_DIRECTORY& importsOfThisProgram() {
    const auto& dos = *at<IMAGE_DOS_HEADER>(0);
    return at<IMAGE_NT_HEADERS>(static_cast<DWORD>(dos.e_lfanew))
        ->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT];
}

// The entry of `function` in the import table of `dll`; null if it is not imported from there.
ULONG_PTR* placeIn(const IMAGE_IMPORT_DESCRIPTOR& dll, std::string_view function) {
    const auto* name = at<IMAGE_THUNK_DATA>(dll.OriginalFirstThunk);
    for (auto* place = at<IMAGE_THUNK_DATA>(dll.FirstThunk); name->u1.AddressOfData != 0; ++name, ++place) {
        if (IMAGE_SNAP_BY_ORDINAL(name->u1.Ordinal)) continue;
        const auto* named = at<IMAGE_IMPORT_BY_NAME>(static_cast<DWORD>(name->u1.AddressOfData));
        if (function == reinterpret_cast<const char*>(named->Name)) return &place->u1.Function;
    }
    return nullptr;
}

}

void* replaceImport(const char* function, void* standIn) {
    for (auto* dll = at<IMAGE_IMPORT_DESCRIPTOR>(importsOfThisProgram().VirtualAddress); dll->Name != 0;
         ++dll) {
        auto* const place = placeIn(*dll, function);
        if (place == nullptr) continue;
        void* const before = reinterpret_cast<void*>(*place);
        DWORD usual = 0;
        ::VirtualProtect(place, sizeof *place, PAGE_READWRITE, &usual);
        *place = reinterpret_cast<ULONG_PTR>(standIn);
        ::VirtualProtect(place, sizeof *place, usual, &usual);
        return before;
    }
    std::fprintf(stderr, "this program does not import %s\n", function);
    std::abort();
}

}
