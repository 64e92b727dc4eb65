#include <cstdlib>

#if defined(__GNUC__)
#include <cxxabi.h>
#endif

#include <sidespan/detail/platform.h>

namespace sidespan::inline v0::detail::platform {

#if defined(__GNUC__)
TypeName::TypeName(const std::type_info& type) noexcept {
    int status = 0;
    allocated_ = abi::__cxa_demangle(type.name(), nullptr, nullptr, &status);
    name_ = allocated_ != nullptr ? allocated_ : type.name();
}
#else
// Names have the form "class std::runtime_error".
TypeName::TypeName(const std::type_info& type) noexcept : name_(type.name()) {
    for (const std::string_view word : {"class ", "struct "})
        if (name_.starts_with(word)) name_.remove_prefix(word.size());
}
#endif

TypeName::~TypeName() {
    std::free(allocated_);
}

}
