#include "ingest/text_repair.h"

#include <algorithm>

#include <fmt/format.h>
#include <sidespan/encoding/utf8.h>

#include "ingest/batch_parser.h"

namespace sidespan::collector {

namespace {

/// The code unit of `\uXXXX` at the beginning of the text; -1 when there is none.
int escapedUnit(std::string_view text) {
    constexpr std::size_t size = 6;
    if (text.size() < size || text[0] != '\\' || text[1] != 'u') return -1;
    int unit = 0;
    for (const char c : text.substr(2, 4)) {
        const int digit = c >= '0' && c <= '9'   ? c - '0'
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                 : -1;
        if (digit < 0) return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

/// A piece of the text: some ASCII without escapes, an escape, a pair of them, or a character.
struct Piece {
    std::size_t size;
    bool isRight;
};

/// The length of the beginning that needs no repair: most of every body.
std::size_t plainSize(std::string_view text) {
    constexpr std::size_t most = std::size_t{64} << 10U;  // of what Pieces gathers
    const auto end = std::min(text.size(), most);
    std::size_t size = 0;
    while (size < end && text[size] != '\\' && static_cast<unsigned char>(text[size]) < 0x80) ++size;
    return size;
}

Piece pieceAt(std::string_view text) {
    if (const auto plain = plainSize(text); plain > 0) return {plain, true};
    if (text[0] != '\\') {
        const auto sequence = utf8SequenceAt(text);
        return {sequence.size, sequence.isValid};
    }
    const int unit = escapedUnit(text);
    if (unit < 0) return {text.size() < 2 || static_cast<unsigned char>(text[1]) >= 0x80 ? 1U : 2U, true};
    if (unit < 0xd800 || unit > 0xdfff) return {6, true};
    const int next = unit < 0xdc00 ? escapedUnit(text.substr(6)) : -1;
    return next >= 0xdc00 && next <= 0xdfff ? Piece{12, true} : Piece{6, false};
}

bool isRight(std::string_view json) {
    for (std::size_t at = 0; at < json.size();) {
        const auto piece = pieceAt(json.substr(at));
        if (!piece.isRight) return false;
        at += piece.size;
    }
    return true;
}

/// Gathers what is handed on.
class Pieces {
public:
    Pieces(std::size_t limit, const std::function<void(std::string_view)>& take)
        : limit_(limit), take_(take) {}

    void add(std::string_view text) {
        total_ += text.size();
        if (total_ > limit_) {
            throw BatchError(
                BatchError::Kind::tooLarge,
                fmt::format("the body is not UTF-8, and repaired it has more than {} bytes", limit_));
        }
        gathered_ += text;
        if (gathered_.size() >= size) handOn();
    }
    void handOn() {
        take_(gathered_);
        gathered_.clear();
    }

private:
    static constexpr std::size_t size = std::size_t{64} << 10U;

    std::size_t limit_;
    const std::function<void(std::string_view)>& take_;
    std::size_t total_ = 0;
    std::string gathered_;
};

}

void repairText(std::string_view json, std::size_t limit, const std::function<void(std::string_view)>& take) {
    if (isRight(json)) return take(json);
    Pieces pieces(limit, take);
    for (std::size_t at = 0; at < json.size();) {
        const auto piece = pieceAt(json.substr(at));
        pieces.add(piece.isRight ? json.substr(at, piece.size) : replacementCharacter);
        at += piece.size;
    }
    pieces.handOn();
}

}
