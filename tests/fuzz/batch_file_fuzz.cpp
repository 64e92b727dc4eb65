#include <cstring>
#include <string>

#include <zlib.h>

#include "fuzz_target.h"
#include "outbox/disk/batch_file.h"

using sidespan::detail::BatchFile;

namespace {

constexpr std::size_t sumAt = 12;        // behind magic and version
constexpr std::size_t checkedFrom = 16;  // behind the checksum

void read(const std::string& bytes) {
    const auto parsed = BatchFile::parse(bytes);
    if (!parsed.isSuccess()) return;
    const auto& [batch, destination] = parsed.value();
    mustHold(batch->spanCount() > 0, "a batch holds spans");
    mustHold(batch->spanEnds.back() <= batch->body.size(), "its spans lie in its body");
    const BatchFile again(*batch, destination);
    std::string written;
    for (const auto piece : again.pieces()) written += piece;
    mustHold(written == bytes, "what is read is written back as it was");
    if (batch->spanCount() < 2) return;
    const auto [first, second] = split(*batch);
    mustHold(first->spanCount() + second->spanCount() == batch->spanCount(),
             "halves hold what the whole held");
}

}

// Twice: as it is, and with the checksum that it should have, which no mutation hits upon.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string bytes(asText(data, size));
    read(bytes);
    if (size < checkedFrom) return 0;
    const auto sum = crc32_z(0, data + checkedFrom, size - checkedFrom);
    for (std::size_t i = 0; i < 4; ++i) bytes[sumAt + i] = static_cast<char>((sum >> (8 * i)) & 0xffU);
    read(bytes);
    return 0;
}
