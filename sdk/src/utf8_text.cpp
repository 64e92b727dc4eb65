#include <sidespan/detail/utf8_text.h>

namespace sidespan::inline v0 {

std::string toValidUtf8(std::string_view text) {
    std::string valid;
    valid.reserve(text.size());
    while (!text.empty()) {
        const Utf8Sequence sequence = utf8SequenceAt(text);
        valid += sequence.isValid ? text.substr(0, sequence.size) : replacementCharacter;
        text.remove_prefix(sequence.size);
    }
    return valid;
}

}
