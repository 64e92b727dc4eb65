#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <string>

#include <fmt/format.h>
#include <loop_service/loop_service.h>
#include <sidespan/version.h>
#include <sidespan_http_server/error_log.h>
#include <sidespan_http_server/server_program.h>

namespace loop_service {
namespace {

using sidespan::http_server::Arguments;
using sidespan::http_server::parseNumber;
using sidespan::http_server::UsageError;

constexpr const char* help =
    R"(loop-service: Loop Share's backend. Users sign in and share loops; what it does is traced.

  loop-service [options]

  --listen ADDRESS:PORT  where to listen (127.0.0.1:8090); port 0 takes a free one;
                         an address that other machines can reach needs a token
  --database FILE        the SQLite file, created if it does not exist (loops.db); audio goes into FILE.audio/
  --telemetry URL        the collector that receives its spans (by default nothing is recorded)
  --telemetry-token T    the collector's token; the environment variable LOOP_SERVICE_TELEMETRY_TOKEN works too
  --token TOKEN          the bearer token to require; other users may see it in the list of processes
  --token-file FILE      reads the token from a file's first line; the environment variable LOOP_SERVICE_TOKEN works too
  --user NAME:PASSWORD   a user who may sign in; other users may see it in the list of processes
  --users-file FILE      reads users from a file, one NAME:PASSWORD on each line
  --token-lifetime S     seconds for which the token of a sign-in is valid, 1 to 31536000 (3600)
  --token-key-file FILE  signs these tokens with the key in the file's first line: a collector with the same file
                         accepts them too, and a restart signs nobody out
  --port-file FILE       writes the port to this file once connections are accepted
  --max-upload MIB       largest audio upload, 1 to 256 MiB (64)
  --max-audio MIB        all audio that is kept, 1 to 1048576 MiB (4096)
  --threads N            threads that serve connections, 1 to 64 (2)
  --help, --version

SIGINT and SIGTERM end it: requests under way finish, and what was accepted is stored.
)";

User parseUser(std::string_view what, std::string_view text) {
    auto colon = text.find(':');
    // The text is not repeated, since it may contain a password.
    if (colon == text.npos) throw UsageError(fmt::format("{}: a user is written NAME:PASSWORD", what));
    return {std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
}

std::vector<User> readUsers(const Arguments& arguments) {
    std::vector<User> users;
    if (auto user = arguments.value("--user")) users.push_back(parseUser("--user", *user));
    auto file = arguments.value("--users-file");
    if (!file) return users;
    std::ifstream stream(*file);
    if (!stream) throw UsageError(fmt::format("--users-file {}: it cannot be read", *file));
    int number = 1;
    for (std::string line; sidespan::http_server::readLine(stream, line); ++number) {
        if (line.empty() || line.starts_with('#')) continue;
        users.push_back(parseUser(fmt::format("--users-file {}, line {}", *file, number), line));
    }
    return users;
}

Telemetry readTelemetry(const Arguments& arguments) {
    const char* fromEnvironment = std::getenv("LOOP_SERVICE_TELEMETRY_TOKEN");
    return {arguments.value("--telemetry").value_or(""),
            arguments.value("--telemetry-token").value_or(fromEnvironment == nullptr ? "" : fromEnvironment)};
}

void readLimits(const Arguments& arguments, LoopLimits& limits) {
    constexpr std::size_t mebibyte = 1U << 20;
    if (auto upload = arguments.value("--max-upload")) {
        limits.uploadBytes = parseNumber<std::size_t>("--max-upload", *upload, 1, 256) * mebibyte;
        limits.bufferedBytes = std::max(limits.bufferedBytes, 4 * limits.uploadBytes);
    }
    if (auto storage = arguments.value("--max-audio")) {
        limits.audioBytes = parseNumber<std::size_t>("--max-audio", *storage, 1, 1U << 20) * mebibyte;
    }
}

LoopServiceOptions readOptions(const Arguments& arguments) {
    if (!arguments.words().empty()) {
        throw UsageError(
            fmt::format("\"{}\" is not understood; --help lists the options", arguments.words().front()));
    }
    LoopServiceOptions options;
    auto listen = sidespan::http_server::parseListen(arguments.value("--listen").value_or("8090"));
    options.address = std::move(listen.address);
    options.port = listen.port;
    options.database = arguments.value("--database").value_or("loops.db");
    options.token = sidespan::http_server::readToken(arguments, "LOOP_SERVICE_TOKEN");
    options.users = readUsers(arguments);
    options.userTokens = sidespan::http_server::readTokenKey(arguments);
    options.telemetry = readTelemetry(arguments);
    readLimits(arguments, options.limits);
    if (auto lifetime = arguments.value("--token-lifetime")) {
        options.tokenLifetime =
            std::chrono::seconds(parseNumber<std::int64_t>("--token-lifetime", *lifetime, 1, 31'536'000));
    }
    if (auto threads = arguments.value("--threads")) {
        options.threads = parseNumber<unsigned>("--threads", *threads, 1, 64);
    }
    return options;
}

void serve(const Arguments& arguments) {
    auto options = readOptions(arguments);
    sidespan::http_server::ErrorLog log(sidespan::http_server::standardError("loop-service"));
    options.onError = [&log](std::string_view message) { log.report(message); };
    sidespan::http_server::EndingSignals ending;
    LoopService service(options);
    sidespan::http_server::writePortFile(arguments, service.port());
    fmt::print("loop-service listens on {} and stores loops in {}\n", service.url(),
               options.database.string());
    std::fflush(stdout);
    ending.wait();
    service.stop();
}

int run(int argc, char** argv) try {
    Arguments arguments(argc, argv,
                        {"--listen", "--database", "--telemetry", "--telemetry-token", "--token",
                         "--token-file", "--user", "--users-file", "--token-lifetime", "--token-key-file",
                         "--port-file", "--max-upload", "--max-audio", "--threads"},
                        {"--help", "-h", "--version"});
    if (arguments.has("--help") || arguments.has("-h")) {
        std::fputs(help, stdout);
    } else if (arguments.has("--version")) {
        fmt::print("loop-service {}\n", sidespan::version);
    } else {
        serve(arguments);
    }
    return 0;
} catch (const UsageError& error) {
    fmt::print(stderr, "loop-service: {}\n", error.what());
    return 2;
} catch (const std::exception& error) {
    fmt::print(stderr, "loop-service: {}\n", error.what());
    return 1;
}

}
}

int main(int argc, char** argv) {
    return loop_service::run(argc, argv);
}
