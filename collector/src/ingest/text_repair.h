#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sidespan::collector {

/// A JSON text as it should have been encoded: U+FFFD stands for bytes that are not UTF-8 and for halves of
/// surrogate pairs, as it does in what the SDK writes (RFC 8259, sections 8.1 and 8.2). So one text that was
/// cut within a character does not cost the spans beside it. Empty when there is nothing to repair. Throws
/// BatchError when the result would have more than `limit` bytes.
[[nodiscard]] std::optional<std::string> repairText(std::string_view json, std::size_t limit);

}
