// expect-first: function with 'nonblocking' attribute must not
#include <string>

void processBlock(std::string& text) noexcept [[clang::nonblocking]] {
    text += "a";
}
