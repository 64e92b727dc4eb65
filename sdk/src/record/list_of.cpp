#include <sidespan/attribute_value.h>
#include <sidespan/detail/compiler.h>

namespace sidespan::inline v0 {

SIDESPAN_COLD std::string detail::listOf(const AttributeValue& array,
                                         void (*append)(std::string& list, const AttributeValue& element)) {
    std::string list;
    const auto appendEach = [&](const auto* values) {
        if (values == nullptr) return;
        for (const auto& value : *values) append(list, AttributeValue(value));
    };
    appendEach(array.asStrings());
    appendEach(array.asInts());
    appendEach(array.asDoubles());
    if (const auto* flags = array.asBools()) {
        for (const bool flag : *flags) append(list, AttributeValue(flag));
    }
    return list;
}

}
