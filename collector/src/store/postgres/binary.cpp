#include "store/postgres/binary.h"

namespace sidespan::collector::postgres {

namespace {

unsigned digit(char c) {
    if (c <= '9') return static_cast<unsigned>(c - '0');
    return static_cast<unsigned>((c | 0x20) - 'a') + 10;
}

}

std::string binary(std::string_view hex) {
    std::string bytes;
    unsigned high = 16;
    for (char c : hex) {
        if (c == '-') continue;
        if (high == 16) {
            high = digit(c);
        } else {
            bytes += static_cast<char>(high << 4U | digit(c));
            high = 16;
        }
    }
    return bytes;
}

}
