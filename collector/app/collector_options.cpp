#include "collector_options.h"

#include <utility>

#include <fmt/format.h>
#include <sidespan_http_server/server_program.h>

namespace sidespan::collector {

CollectorOptions readOptions(const http_server::Arguments& arguments) {
    if (!arguments.words().empty()) {
        throw http_server::UsageError(
            fmt::format("\"{}\" is not understood; --help lists the options", arguments.words().front()));
    }
    CollectorOptions options;
    options.port = 8080;
    options.database = arguments.value("--database").value_or("sidespan.db");
    options.token = http_server::readToken(arguments, "SIDESPAN_COLLECTOR_TOKEN");
    options.userTokens = http_server::readTokenKey(arguments);
    if (auto text = arguments.value("--listen")) {
        auto listen = http_server::parseListen(*text);
        options.address = std::move(listen.address);
        options.port = listen.port;
    }
    if (auto threads = arguments.value("--threads")) {
        options.threads = http_server::parseNumber<unsigned>("--threads", *threads, 1, 64);
    }
    constexpr std::size_t mebibyte = 1U << 20;
    if (auto body = arguments.value("--max-body")) {
        options.limits.bodyBytes =
            http_server::parseNumber<std::size_t>("--max-body", *body, 1, 64) * mebibyte;
    }
    return options;
}

}
