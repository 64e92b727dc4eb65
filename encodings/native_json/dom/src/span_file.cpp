#include <cerrno>
#include <filesystem>
#include <fstream>
#include <istream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

#include <boost/json/value.hpp>

#include <sidespan/detail/join.h>
#include <sidespan/json/parse_json.h>
#include <sidespan/json/span_file.h>

#include <sidespan/detail/utf8_path.h>

namespace sidespan::inline v0 {
namespace {

constexpr std::size_t longestLine = std::size_t{1} << 20U;

// Reads up to the next newline. False if the line is longer than longestLine, or the text ends without a
// newline.
bool readLine(std::istream& in, std::string& line) {
    line.clear();
    for (int c = in.get(); c != std::istream::traits_type::eof(); c = in.get()) {
        if (c == '\n') return line.size() <= longestLine;
        if (line.size() <= longestLine) line += static_cast<char>(c);
    }
    return false;
}

bool parseSpan(std::string_view line, Span& span) {
    try {
        boost::system::error_code failed;
        const auto json = parseJson(line, failed);
        if (failed) return false;
        span = Span::fromJson(json);
        return true;
    } catch (const std::invalid_argument&) {
        return false;
    }
}

}

SpanFileSummary readSpans(std::istream& lines, const std::function<void(Span)>& take) {
    SpanFileSummary summary;
    std::string line;
    while (lines) {
        const bool isWhole = readLine(lines, line);
        if (line.empty()) continue;
        Span span;
        if (isWhole && parseSpan(line, span)) {
            ++summary.spans;
            take(std::move(span));
        } else {
            ++summary.skippedLines;
        }
    }
    return summary;
}

Outcome<SpanFileSummary> readSpanFile(const std::string& path, const std::function<void(Span)>& take) {
    const auto cannot = [&](std::string_view why) {
        return Error{ErrorCode::io, detail::join({"\"", path, "\" cannot be read: ", why})};
    };
    if (std::error_code ignored; std::filesystem::is_directory(detail::toPath(path), ignored))
        return cannot("it is a folder; it must be a file of JSON lines");
    errno = 0;
    std::ifstream file(detail::toPath(path), std::ios::binary);
    if (!file) return cannot(std::generic_category().message(errno));
    return readSpans(file, take);
}

}
