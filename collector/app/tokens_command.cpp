#include "tokens_command.h"

#include <cstdio>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <sidespan_collector/tokens.h>
#include <sidespan_database/time_text.h>

#include "collector_options.h"

namespace sidespan::collector {

namespace {

constexpr const char* tokensHelp =
    R"(sidespan-collector tokens: creates, lists and revokes the tokens that clients need to send and read spans.

  sidespan-collector tokens create --scope SCOPES --owner NAME [--database FILE | --store ADDRESS]
  sidespan-collector tokens list [--database FILE | --store ADDRESS]
  sidespan-collector tokens revoke ID [--database FILE | --store ADDRESS]

  --scope SCOPES  one or more, separated by commas:
                  ingest    send spans, which are stored as the owner's
                  read      read the traces and clients of the owner
                  read-all  read those of everyone
                  metrics   read /metrics
                  admin     everything
  --owner NAME    whose token it is: 1 to 64 printable ASCII characters

create prints the token once; only its SHA-256 hash is stored. Running collectors notice a change within two seconds.
Once a token was created, collectors ask every client for one, even if all tokens are revoked.
)";

/// The path of the SQLite file, if the address names one that does not exist.
std::optional<std::filesystem::path> missingFile(std::string_view address) {
    constexpr std::string_view scheme = "sqlite:";
    if (address.starts_with(scheme)) address.remove_prefix(scheme.size());
    if (address.find("://") != address.npos || std::filesystem::exists(address)) return std::nullopt;
    return std::filesystem::absolute(address);
}

/// A wrong name must not look like a store without tokens.
void requireFile(std::string_view address) {
    if (const auto file = missingFile(address))
        throw std::runtime_error(fmt::format("there is no database {}", file->string()));
}

int create(const http_server::Arguments& arguments, const std::string& store, Tokens& tokens) try {
    const auto scopes = arguments.value("--scope");
    const auto owner = arguments.value("--owner");
    if (!scopes || !owner) throw http_server::UsageError("tokens create needs --scope and --owner");
    const auto newFile = missingFile(store);
    const auto created = tokens.create(http_server::Scopes::parse(*scopes), *owner);
    fmt::print("{}\n", created.token);
    fmt::print(stderr, "This is token {} of {}. It is shown only now.\n", created.id, *owner);
    if (newFile) fmt::print(stderr, "There was no database {}, so it was created.\n", newFile->string());
    return 0;
} catch (const std::invalid_argument& error) {
    throw http_server::UsageError(fmt::format("tokens create: {}", error.what()));
}

int list(Tokens& tokens) {
    const auto entries = tokens.list();
    fmt::print("{:16}  {:24}  {:24}  {:24}  {}\n", "id", "scopes", "created", "revoked", "owner");
    for (const auto& entry : entries) {
        fmt::print("{:16}  {:24}  {:24}  {:24}  {}\n", entry.id, entry.scopes.toText(),
                   database::timeText(entry.createdUnixMs),
                   entry.revokedUnixMs == 0 ? "-" : database::timeText(entry.revokedUnixMs), entry.owner);
    }
    return 0;
}

int revoke(const std::string& id, Tokens& tokens) {
    if (tokens.revoke(id)) return 0;
    fmt::print(stderr, "sidespan-collector: there is no valid token {}; tokens list shows the ids\n", id);
    return 1;
}

}

int runTokensCommand(int argc, const char* const* argv) {
    const http_server::Arguments arguments(argc, argv, {"--database", "--store", "--scope", "--owner"},
                                           {"--help", "-h"});
    if (arguments.has("--help") || arguments.has("-h")) {
        std::fputs(tokensHelp, stdout);
        return 0;
    }
    const auto& words = arguments.words();
    const auto verb = words.empty() ? std::string() : words.front();
    const auto store = readStoreAddress(arguments);
    Tokens tokens(store);
    if (verb == "create" && words.size() == 1) return create(arguments, store, tokens);
    if (arguments.has("--scope") || arguments.has("--owner"))
        throw http_server::UsageError("--scope and --owner are for tokens create");
    if (verb == "list" && words.size() == 1) {
        requireFile(store);
        return list(tokens);
    }
    if (verb == "revoke" && words.size() == 2) {
        requireFile(store);
        return revoke(words[1], tokens);
    }
    throw http_server::UsageError("tokens takes create, list or revoke ID; tokens --help shows how");
}

}
