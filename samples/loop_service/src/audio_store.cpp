#include "audio_store.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>
#include <utility>

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid_io.hpp>

#include <sidespan_http_server/crypto.h>

namespace loop_service {

namespace {

// The namespace of audio ids; any fixed UUID would do.
constexpr boost::uuids::uuid audioNamespace{
    {0x8e, 0x0b, 0x5c, 0x1a, 0x2f, 0x47, 0x4d, 0x6e, 0x9a, 0x31, 0x70, 0xd2, 0xc4, 0x15, 0xbb, 0x06}};

[[noreturn]] void throwErrno(const std::filesystem::path& file) {
    throw std::system_error(errno, std::generic_category(), file.string());
}

struct Close {
    void operator()(std::FILE* stream) const noexcept { std::fclose(stream); }
};
using Stream = std::unique_ptr<std::FILE, Close>;

Stream open(const std::filesystem::path& file, const char* mode) {
    Stream stream(std::fopen(file.string().c_str(), mode));
    if (!stream) throwErrno(file);
    return stream;
}

void writeWhole(const std::filesystem::path& file, std::string_view content) {
    auto stream = open(file, "wb");
    if (std::fwrite(content.data(), 1, content.size(), stream.get()) != content.size()) throwErrno(file);
    if (std::fclose(stream.release()) != 0) throwErrno(file);
}

}

std::string AudioStore::idOf(std::string_view content, std::string_view contentType) {
    auto namespaceOfType =
        boost::uuids::name_generator_sha1(audioNamespace)(contentType.data(), contentType.size());
    boost::uuids::name_generator_sha1 generate(namespaceOfType);
    return boost::uuids::to_string(generate(content.data(), content.size()));
}

std::string_view AudioStore::extensionOf(std::string_view contentType) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 9> known{{
        {"audio/flac", ".flac"},
        {"audio/x-flac", ".flac"},
        {"audio/wav", ".wav"},
        {"audio/x-wav", ".wav"},
        {"audio/wave", ".wav"},
        {"audio/mpeg", ".mp3"},
        {"audio/ogg", ".ogg"},
        {"audio/aac", ".aac"},
        {"audio/mp4", ".m4a"},
    }};
    for (const auto& [type, extension] : known) {
        if (contentType == type) return extension;
    }
    return ".bin";
}

void AudioStore::store(const std::string& id, std::string_view content, std::string_view contentType) const {
    std::filesystem::create_directories(directory_);
    auto file = fileOf(id, contentType);
    // Two uploads of the same content may run at once. Each writes its own file, and the later rename wins.
    auto temporary = directory_ / (sidespan::http_server::newToken() + ".part");
    try {
        writeWhole(temporary, content);
        std::filesystem::rename(temporary, file);
    } catch (...) {
        std::error_code ignored;
        std::filesystem::remove(temporary, ignored);
        throw;
    }
}

std::filesystem::path AudioStore::fileOf(const std::string& id, std::string_view contentType) const {
    return directory_ / (id + std::string(extensionOf(contentType)));
}

std::string AudioStore::load(const std::string& id, std::string_view contentType) const {
    auto file = fileOf(id, contentType);
    std::string content(std::filesystem::file_size(file), '\0');
    auto stream = open(file, "rb");
    if (std::fread(content.data(), 1, content.size(), stream.get()) != content.size()) throwErrno(file);
    return content;
}

void AudioStore::remove(const std::string& id, std::string_view contentType) const {
    std::filesystem::remove(fileOf(id, contentType));
}

}
