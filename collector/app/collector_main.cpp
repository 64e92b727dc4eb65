#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <sidespan/version.h>
#include <sidespan_collector/collector.h>
#include <sidespan_http_server/error_log.h>
#include <sidespan_http_server/server_program.h>

#include "audit_file.h"
#include "backup_command.h"
#include "collector_options.h"
#include "erase_command.h"
#include "tokens_command.h"

namespace sidespan::collector {
namespace {

constexpr const char* help =
    R"(sidespan-collector: receives spans over HTTP, stores them in SQLite or PostgreSQL, and shows them on a page.

  sidespan-collector [options]
  sidespan-collector erase --user ID …             deletes the traces of a user or an installation
  sidespan-collector tokens create|list|revoke …   manages the tokens that clients need to send and read
  sidespan-collector backup --to FILE …            copies an SQLite database

  These commands work while collectors run. "sidespan-collector COMMAND --help" has their options.

  --listen ADDRESS:PORT  where to listen (127.0.0.1:8080); port 0 takes a free one;
                         an address that other machines can reach needs a token
  --database FILE        the SQLite file, created if it does not exist (sidespan.db)
  --store ADDRESS        instead of --database: postgresql://USER@HOST/DATABASE, which several collectors may share,
                         or sqlite:FILE; the environment variable SIDESPAN_COLLECTOR_STORE works too. Put a password
                         into that variable, PGPASSWORD or ~/.pgpass: other users may see the command line
  --retain-days N        keeps traces of today and of the N days before, 1 to 36500 (by default nothing is deleted)
  --retain-kept-days N   keeps traces that failed or were slow for N days, more than --retain-days
  --slow-ms MS           a trace is slow when its root span took this long (1000)
  --max-bytes SIZE       largest database, such as 20GiB; beyond it the oldest day is deleted
  --token TOKEN          the bearer token to require; other users may see it in the list of processes
  --token-file FILE      reads the token from a file's first line; the environment variable SIDESPAN_COLLECTOR_TOKEN works too
  --token-key-file FILE  also accepts user tokens that another service signs with the key in this file's first line
  --limit-address N      most requests a minute from one address (6000), or "off"; each full 64 KiB of a body count as
                         one more; requests beyond the limit are answered with 429 and Retry-After
  --limit-token N        the same for one token (120000)
  --limit-installation N the same for one X-Client-Installation (1200)
  --trust-proxy ADDRESS  trusts X-Forwarded-For from this address or network, such as 127.0.0.1 or 10.0.0.0/8;
                         may be given several times
  --audit-log FILE       appends a line for each request that is refused because of who sent it, or how often;
                         by default such lines go to standard error
  --allow-origin ORIGIN  lets pages of this origin, such as https://app.example.com, send and read spans;
                         may be given several times
  --port-file FILE       writes the port to this file once connections are accepted
  --forward URL          forwards accepted spans to an OTLP/HTTP endpoint, as OTLP in protobuf
  --forward-header H     a "name: value" header for each of these requests; may be given several times
  --forward-header-file FILE  reads such headers from a file, one per line
  --forward-folder DIR   where spans wait until they are forwarded (DATABASE.forward; sidespan.forward with --store)
  --forward-outbox MIB   limit of the spans that wait, 1 to 1048576 MiB (1024);
                         when it is reached, posts are answered with 503, and clients keep their spans
  --max-body MIB         largest POST of spans, 1 to 64 MiB (16)
  --threads N            threads that serve connections, 1 to 64 (2)
  --help, --version

SIGINT and SIGTERM end it: requests under way finish, and what was accepted is stored.
)";

void serve(const http_server::Arguments& arguments) {
    auto options = readOptions(arguments);
    http_server::ErrorLog log(http_server::standardError("sidespan-collector"));
    options.onError = [&log](std::string_view message) { log.report(message); };
    AuditFile audit(arguments.value("--audit-log"), options.onError);
    options.onRefusal = [&audit](std::string_view line) { audit.write(line); };
    http_server::EndingSignals ending;
    Collector collector(options);
    http_server::writePortFile(arguments, collector.port());
    fmt::print("sidespan-collector listens on {} and stores spans in {}\n", collector.url(),
               collector.storeDescription());
    std::fflush(stdout);
    ending.wait();
    collector.stop();
}

int run(int argc, char** argv) try {
    const std::string_view command = argc > 1 ? argv[1] : "";
    if (command == "tokens") return runTokensCommand(argc - 1, argv + 1);
    if (command == "backup") return runBackupCommand(argc - 1, argv + 1);
    if (command == "erase") return runEraseCommand(argc - 1, argv + 1);
    http_server::Arguments arguments(argc, argv,
                                     {"--listen",
                                      "--database",
                                      "--store",
                                      "--retain-days",
                                      "--retain-kept-days",
                                      "--slow-ms",
                                      "--max-bytes",
                                      "--token",
                                      "--token-file",
                                      "--token-key-file",
                                      "--port-file",
                                      "--max-body",
                                      "--threads",
                                      "--limit-address",
                                      "--limit-token",
                                      "--limit-installation",
                                      "--trust-proxy...",
                                      "--audit-log",
                                      "--allow-origin...",
                                      "--forward",
                                      "--forward-header...",
                                      "--forward-header-file",
                                      "--forward-folder",
                                      "--forward-outbox"},
                                     {"--help", "-h", "--version"});
    if (arguments.has("--help") || arguments.has("-h")) {
        std::fputs(help, stdout);
    } else if (arguments.has("--version")) {
        fmt::print("sidespan-collector {}\n", version);
    } else {
        serve(arguments);
    }
    return 0;
} catch (const http_server::UsageError& error) {
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
