#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

/// Writes "~" where a text names the user's home directory. "/home/ann" is found in "/home/ann/loop.wav" and
/// in "file:///home%2Fann", but not in "/home/anna". Windows paths, such as "C:\Users\ann" and "\Users\ann",
/// are also found with other slashes or in another case.
class HomePaths {
public:
    /// Each directory that may be the user's, without a slash at its end. None: no text changes. Allocates.
    explicit HomePaths(std::vector<std::string> homes);

    /// In place, since "~" is never longer than what it stands for; the new size. Allocates nothing.
    [[nodiscard]] std::size_t shorten(char* text, std::size_t size) const noexcept;

private:
    // How much of `text` from `at` on is a home; 0 when none is. `before` is what precedes it, or 0.
    [[nodiscard]] std::size_t lengthAt(std::string_view text, std::size_t at, char before) const noexcept;

    std::vector<std::string> homes_;
    std::array<bool, 256> begins_{};  // what a home may begin with
};

}
