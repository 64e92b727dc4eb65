#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace loop_service {

/// Keeps uploaded audio as files in one directory, each named by its content, so that an upload sent twice is
/// stored once. [any thread]
class AudioStore {
public:
    /// The directory is made by the first store().
    explicit AudioStore(std::filesystem::path directory) : directory_(std::move(directory)) {}

    /// The name of a content of a type: a version 5 UUID (RFC 9562, section 5.5), which is drawn from its
    /// SHA-1.
    [[nodiscard]] static std::string idOf(std::string_view content, std::string_view contentType);

    /// Writes the file whole or not at all. Throws std::system_error.
    void store(const std::string& id, std::string_view content, std::string_view contentType) const;

    /// The content of a file that was stored. Throws std::system_error.
    [[nodiscard]] std::string load(const std::string& id, std::string_view contentType) const;
    /// Does nothing when there is no such file. Throws std::system_error.
    void remove(const std::string& id, std::string_view contentType) const;

    /// `.flac`, `.wav` … for a media type; `.bin` for one that is not known.
    [[nodiscard]] static std::string_view extensionOf(std::string_view contentType);

private:
    [[nodiscard]] std::filesystem::path fileOf(const std::string& id, std::string_view contentType) const;

    std::filesystem::path directory_;
};

}
