#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include <sidespan/outcome.h>

#include "batch/batch.h"

namespace sidespan::inline v0::detail {

/// A batch as a file: a header with version, checksum, age, consent generation, encoding and destination,
/// then where the spans end, then the body. Integers are little-endian. The file is written as `pieces()`, in
/// that order.
class BatchFile {
public:
    /// `destination` is the endpoint that the batch is for. Refers to the batch's body.
    BatchFile(const Batch& batch, std::string_view destination);
    [[nodiscard]] std::array<std::string_view, 2> pieces() const noexcept { return {front_, body_}; }

    struct Content {
        std::unique_ptr<Batch> batch;
        std::string destination;
    };
    /// Refuses a file that is not whole or was changed, and unknown versions.
    [[nodiscard]] static Outcome<Content> parse(std::string_view bytes);
    /// Whether a later version wrote it. Such a file is left to that version.
    [[nodiscard]] static bool isOfLaterVersion(std::string_view bytes);

private:
    std::string front_;
    std::string_view body_;
};

}
