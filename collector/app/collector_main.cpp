#include <csignal>
#include <cstdio>
#include <exception>
#include <fstream>
#include <string>

#include <fmt/format.h>
#include <sidespan/version.h>
#include <sidespan_collector/collector.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "arguments.h"
#include "collector_options.h"

namespace sidespan::collector {
namespace {

constexpr const char* help =
    R"(sidespan-collector: takes spans over HTTP, stores them in SQLite, shows them on a page.

  sidespan-collector [options]

  --listen ADDRESS:PORT  where to listen (127.0.0.1:8080); port 0 takes a free one;
                         an address that others can reach needs a token
  --database FILE        the SQLite file, made when it is not there (sidespan.db); audio goes into FILE.audio/
  --token TOKEN          the bearer token to ask for; others on this machine may see it in the list of processes
  --token-file FILE      takes the token from a file's first line; SIDESPAN_COLLECTOR_TOKEN in the environment works too
  --user NAME:PASSWORD   someone who may sign in; others on this machine may see it in the list of processes
  --users-file FILE      the same, a user on each line
  --token-lifetime S     seconds for which the token of a sign-in is valid, 1 to 31536000 (3600)
  --port-file FILE       writes the port to this file once connections are taken
  --max-body MIB         largest POST of spans, 1 to 64 MiB (16)
  --max-upload MIB       largest audio upload, 1 to 256 MiB (64)
  --max-audio MIB        all audio that is kept, 1 to 1048576 MiB (4096)
  --threads N            threads that serve connections, 1 to 64 (2)
  --help, --version

SIGINT and SIGTERM end it: requests under way finish, and what was accepted is stored.
)";

void writePort(const std::string& file, std::uint16_t port) {
    auto temporary = file + ".part";
    std::ofstream stream(temporary);
    stream << port << '\n';
    stream.close();
    if (!stream || std::rename(temporary.c_str(), file.c_str()) != 0) {
        throw std::runtime_error(fmt::format("--port-file {}: it cannot be written", file));
    }
}

void serve(const Arguments& arguments) {
    auto options = readOptions(arguments);
    options.onError = [](std::string_view message) {
        // Not fmt's, which throws when nobody can be told.
        std::fputs(fmt::format("sidespan-collector: {}\n", message).c_str(), stderr);
    };
    // Taken before a thread exists, so that no signal is missed.
    boost::asio::io_context signals;
    boost::asio::signal_set ending(signals, SIGINT, SIGTERM);
    ending.async_wait([](auto, int) {});

    Collector collector(options);
    if (auto file = arguments.value("--port-file")) writePort(*file, collector.port());
    fmt::print("sidespan-collector listens on {} and stores spans in {}\n", collector.url(),
               options.database.string());
    std::fflush(stdout);
    signals.run();
    collector.stop();
}

int run(int argc, char** argv) try {
    Arguments arguments(
        argc, argv,
        {"--listen", "--database", "--token", "--token-file", "--port-file", "--max-body", "--max-upload",
         "--max-audio", "--threads", "--user", "--users-file", "--token-lifetime"},
        {"--help", "-h", "--version"});
    if (arguments.has("--help") || arguments.has("-h")) {
        std::fputs(help, stdout);
    } else if (arguments.has("--version")) {
        fmt::print("sidespan-collector {}\n", version);
    } else {
        serve(arguments);
    }
    return 0;
} catch (const UsageError& error) {
    fmt::print(stderr, "sidespan-collector: {}\n", error.what());
    return 2;
} catch (const std::exception& error) {
    fmt::print(stderr, "sidespan-collector: {}\n", error.what());
    return 1;
}

}
}

int main(int argc, char** argv) {
    return sidespan::collector::run(argc, argv);
}
