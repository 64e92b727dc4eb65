#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "nt_file.h"

namespace sidespan::inline v0::detail {

/// Makes files that only the user of this process may use.
class UserAlone {
public:
    /// Asks the system for the user. If that fails, nobody may open what it makes.
    UserAlone();

    /// For new files and directories: full access for the user, inherited by their contents, and no access
    /// for others.
    [[nodiscard]] SECURITY_DESCRIPTOR* descriptor() noexcept { return &descriptor_; }
    /// What is wrong with an open directory. Empty if it belongs to the user and only the user and
    /// administrators may write to it.
    [[nodiscard]] std::string_view wrongWith(const NtFile& directory) const;

private:
    [[nodiscard]] PSID user() const noexcept;
    [[nodiscard]] bool isTrusted(PSID who) const noexcept;

    std::vector<std::byte> token_;  // TOKEN_USER
    std::vector<std::byte> list_;   // ACL
    SECURITY_DESCRIPTOR descriptor_{};
};

}
