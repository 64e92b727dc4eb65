#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace sidespan::collector {

/// Gives a JSON text piece by piece, as it should have been encoded: U+FFFD stands for bytes that are not
/// UTF-8 and for halves of surrogate pairs, as it does in what the SDK writes (RFC 8259, sections 8.1
/// and 8.2). So one text that was cut within a character does not cost the spans beside it.
///
/// A text that is right is one piece, and not copied; of one that is not, 64 KiB are held at a time. Throws
/// BatchError when the result has more than `limit` bytes, and what `take` throws.
void repairText(std::string_view json, std::size_t limit, const std::function<void(std::string_view)>& take);

}
