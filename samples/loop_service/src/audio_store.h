#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace loop_service {

/// Keeps uploaded audio as files in one directory. A file is named after its content, so an upload that is
/// sent twice is stored once. [any thread]
class AudioStore {
public:
    /// The first store() creates the directory.
    explicit AudioStore(std::filesystem::path directory) : directory_(std::move(directory)) {}

    /// The id of content and type: a version 5 UUID (RFC 9562, section 5.5), which is made from their SHA-1.
    [[nodiscard]] static std::string idOf(std::string_view content, std::string_view contentType);

    /// Writes the whole file or nothing. Throws std::system_error.
    void store(const std::string& id, std::string_view content, std::string_view contentType) const;

    /// The content of a stored file. Throws std::system_error.
    [[nodiscard]] std::string load(const std::string& id, std::string_view contentType) const;
    /// Does nothing if there is no such file. Throws std::system_error.
    void remove(const std::string& id, std::string_view contentType) const;

    /// The extension for a media type, such as `.flac` or `.wav`; `.bin` if the type is unknown.
    [[nodiscard]] static std::string_view extensionOf(std::string_view contentType);

private:
    [[nodiscard]] std::filesystem::path fileOf(const std::string& id, std::string_view contentType) const;

    std::filesystem::path directory_;
};

}
