// Any bytes at all, written as a JSON string and read back.
#include <sidespan/encoding/detail/json_text.h>

#include <string>

#include <sidespan/encoding/utf8.h>
#include <sidespan/json/parse_json.h>
#include <boost/json/string.hpp>

#include "fuzz_target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    namespace detail = sidespan::detail;
    const std::string_view text = asText(data, size);
    std::string out(size * detail::mostEscaped + detail::blockSize, '\0');
    out.resize(static_cast<std::size_t>(detail::writeEscaped(out.data(), text) - out.data()));
    boost::system::error_code error;
    const auto read = sidespan::parseJson('"' + out + '"', error);
    mustHold(!error, "what is written is JSON");
    mustHold(read.get_string() == boost::json::string(sidespan::toValidUtf8(text)), "it reads back repaired");
    return 0;
}
