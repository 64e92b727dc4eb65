#include <sidespan_http_server/arguments.h>

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace sidespan::http_server {

namespace {

bool contains(std::initializer_list<std::string_view> names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

}

Arguments::Arguments(int argc, const char* const* argv, std::initializer_list<std::string_view> valued,
                     std::initializer_list<std::string_view> flags) {
    bool onlyWords = false;
    for (int i = 1; i < argc; ++i) {
        std::string_view word = argv[i];
        if (onlyWords || !word.starts_with("-") || word == "-") {
            words_.emplace_back(word);
            continue;
        }
        if (word == "--") {
            onlyWords = true;
            continue;
        }
        auto name = word.substr(0, word.find('='));
        bool hasValue = name.size() < word.size();
        std::string value;
        const bool mayRepeat = contains(valued, std::string(name) + "...");
        if (mayRepeat || contains(valued, name)) {
            if (!hasValue && ++i == argc) throw UsageError(fmt::format("{} needs a value", name));
            value = hasValue ? word.substr(name.size() + 1) : std::string_view(argv[i]);
            if (value.empty()) throw UsageError(fmt::format("{} needs a value; this one is empty", name));
        } else if (!contains(flags, name) || hasValue) {
            throw UsageError(fmt::format("\"{}\" is not understood; --help lists the options", word));
        }
        if (!mayRepeat && has(name)) throw UsageError(fmt::format("{} is given twice", name));
        options_.emplace(name, std::move(value));
    }
}

std::optional<std::string> Arguments::value(std::string_view name) const {
    auto found = options_.find(name);
    if (found == options_.end()) return std::nullopt;
    return found->second;
}

std::vector<std::string> Arguments::values(std::string_view name) const {
    std::vector<std::string> values;
    const auto [first, last] = options_.equal_range(name);
    for (auto at = first; at != last; ++at) values.push_back(at->second);
    return values;
}

}
