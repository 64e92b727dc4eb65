#include <sidespan/detail/record/exception_text.h>

#include <cstring>
#include <span>
#include <typeinfo>

#include <sidespan/detail/platform.h>
#include <sidespan/detail/record/item_writer.h>

namespace sidespan::inline v0::detail {
namespace {

template <std::size_t N>
std::size_t copyCut(char (&to)[N], std::string_view text) noexcept {
    return item_writer::storeCut(reinterpret_cast<std::byte*>(to), text, N);
}

}

ExceptionText::ExceptionText(const std::exception& exception) noexcept {
#if defined(__cpp_rtti) || defined(_CPPRTTI)
    const platform::TypeName name(typeid(exception));
    typeSize_ = copyCut(type_, name.view());
#else
    typeSize_ = copyCut(type_, "std::exception");
#endif
    const char* const what = exception.what();
    if (what != nullptr) messageSize_ = copyCut(message_, what);
}

}
