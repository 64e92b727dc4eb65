// sidespan_bench_server [SQLITE_SPANS [POSTGRES_SPANS]]: what the collector's stores take for a span, and for
// their queries when thirty days are stored. 0 leaves a store out.

#include "server_bench.h"

#include <cstdio>
#include <exception>
#include <string>

#include <fmt/format.h>

int main(int argc, char** argv) try {
    const auto argument = [&](int at, std::size_t otherwise) {
        return argc > at ? std::stoul(argv[at]) : otherwise;
    };
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    if (const auto most = argument(1, 2'000'000); most > 0) sidespan::bench::measureSqlite(most);
    if (const auto most = argument(2, 10'000'000); most > 0) sidespan::bench::measurePostgres(most);
    return 0;
} catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
}
