// Must die under RealtimeSanitizer: it promises not to block, and allocates.

#include <cstdlib>

#include <sidespan/detail/compiler.h>

namespace {

void processBlock(void*& memory) noexcept SIDESPAN_NONBLOCKING {
    memory = std::malloc(64);
}

}

int main() {
    void* memory = nullptr;
    processBlock(memory);
    std::free(memory);
}
