#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <string>

#include <fmt/format.h>
#include <langinfo.h>
#include <sidespan/trace_id.h>
#include <sidespan/version.h>

#include <sidespan_http_server/arguments.h>
#include "trace_file.h"
#include "trace_source.h"
#include "tree_printer.h"

namespace sidespan::collector {
namespace {

constexpr const char* help = R"(sidespan-view: prints traces as trees.

  sidespan-view FILE [--trace ID|latest]
      reads a file that a file sink wrote ("-": standard input); prints all traces, or only the one that --trace names
  sidespan-view --url http[s]://HOST:PORT --trace ID|latest [--token TOKEN]
      reads a trace from a collector; the environment variable SIDESPAN_COLLECTOR_TOKEN sets the token too

  --ascii   draws with ASCII only; this is the default if the locale is not UTF-8
  --help, --version
)";

using Traces = std::map<std::string, std::vector<RecordedSpan>>;

TextStyle chooseStyle(const http_server::Arguments& arguments) {
    std::setlocale(LC_CTYPE, "");
    bool isUtf8Locale = std::string_view(nl_langinfo(CODESET)) == "UTF-8";
    return arguments.has("--ascii") || !isUtf8Locale ? TextStyle::ascii : TextStyle::utf8;
}

TraceFile readFile(const std::string& name) {
    if (name == "-") return readTraceFile(std::cin);
    std::ifstream stream(name, std::ios::binary);
    if (!stream || std::filesystem::is_directory(name))
        throw std::runtime_error(fmt::format("{} cannot be read", terminalText(name, TextStyle::ascii)));
    return readTraceFile(stream);
}

/// Traces in the order of their first spans.
std::vector<const std::vector<RecordedSpan>*> byStart(const Traces& traces) {
    auto startOf = [](const std::vector<RecordedSpan>* spans) {
        auto first = spans->front().span.startTimeUnixNano;
        for (const auto& span : *spans) first = std::min(first, span.span.startTimeUnixNano);
        return first;
    };
    std::multimap<std::uint64_t, const std::vector<RecordedSpan>*> ordered;
    for (const auto& [id, spans] : traces) ordered.emplace(startOf(&spans), &spans);
    std::vector<const std::vector<RecordedSpan>*> result;
    for (const auto& [start, spans] : ordered) result.push_back(spans);
    return result;
}

void printFile(const std::string& name, const std::string& wanted, TextStyle style) {
    auto file = readFile(name);
    for (const auto& note : file.notes) fmt::print(stderr, "sidespan-view: {}\n", note);
    Traces traces;
    for (auto& span : file.spans) traces[span.span.traceId].push_back(std::move(span));
    if (traces.empty()) throw std::runtime_error("there is no span in this file");
    auto ordered = byStart(traces);
    if (wanted == "latest") {
        ordered.erase(ordered.begin(), ordered.end() - 1);
    } else if (!wanted.empty()) {
        auto id = TraceId::parse(wanted);
        if (!id) throw http_server::UsageError("--trace must be latest, a UUID or 32 hex digits");
        auto found = traces.find(id->toUuid());
        if (found == traces.end()) throw std::runtime_error("there is no span of this trace in the file");
        ordered.assign(1, &found->second);
    }
    for (const auto* spans : ordered) std::cout << printTree(*spans, style);
}

void printFromCollector(const http_server::Arguments& arguments, const std::string& url, TextStyle style) {
    auto wanted = arguments.value("--trace");
    if (!wanted) throw http_server::UsageError("--url needs --trace ID or --trace latest");
    const char* fromEnvironment = std::getenv("SIDESPAN_COLLECTOR_TOKEN");
    auto token = arguments.value("--token").value_or(fromEnvironment == nullptr ? "" : fromEnvironment);
    std::cout << printTree(fetchTrace(url, token, *wanted), style);
}

void view(const http_server::Arguments& arguments) {
    auto style = chooseStyle(arguments);
    auto url = arguments.value("--url");
    const auto& words = arguments.words();
    if (url ? !words.empty() : words.size() != 1) {
        throw http_server::UsageError("give one file, or --url; see --help");
    }
    if (url) {
        printFromCollector(arguments, *url, style);
    } else {
        printFile(words.front(), arguments.value("--trace").value_or(""), style);
    }
    if (!std::cout.flush()) throw std::runtime_error("the output cannot be written");
}

int run(int argc, char** argv) try {
    http_server::Arguments arguments(argc, argv, {"--url", "--token", "--trace"},
                                     {"--ascii", "--help", "-h", "--version"});
    if (arguments.has("--help") || arguments.has("-h")) {
        std::fputs(help, stdout);
    } else if (arguments.has("--version")) {
        fmt::print("sidespan-view {}\n", version);
    } else {
        view(arguments);
    }
    return 0;
} catch (const http_server::UsageError& error) {
    fmt::print(stderr, "sidespan-view: {}\n", error.what());
    return 2;
} catch (const std::exception& error) {
    fmt::print(stderr, "sidespan-view: {}\n", error.what());
    return 1;
}

}
}

int main(int argc, char** argv) {
    return sidespan::collector::run(argc, argv);
}
