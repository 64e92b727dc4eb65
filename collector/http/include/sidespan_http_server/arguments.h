#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace sidespan::http_server {

/// The command line is not valid; the message names the word and what is allowed.
class UsageError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// A command line: `--name value` or `--name=value`, flags, and words. `--` ends the options. An option whose
/// name in `valued` ends in "..." may be given several times.
class Arguments {
public:
    /// Throws UsageError for an option that is neither in `valued` nor in `flags`, is given twice, or has no
    /// value. An empty value is an error too: a shell makes it of a variable that is not set.
    Arguments(int argc, const char* const* argv, std::initializer_list<std::string_view> valued,
              std::initializer_list<std::string_view> flags);

    [[nodiscard]] bool has(std::string_view name) const { return options_.find(name) != options_.end(); }
    [[nodiscard]] std::optional<std::string> value(std::string_view name) const;
    /// The values of an option that may be given several times, in order.
    [[nodiscard]] std::vector<std::string> values(std::string_view name) const;
    [[nodiscard]] const std::vector<std::string>& words() const noexcept { return words_; }

private:
    std::multimap<std::string, std::string, std::less<>> options_;
    std::vector<std::string> words_;
};

}
