#include <string>

#include "delivery_stage.h"
#include "discard_server.h"
#include "support/bench_main.h"

namespace {

std::string url;

}

const std::string& sidespan::bench::serverUrl() {
    return url;
}

int main(int argc, char** argv) {
    const sidespan::bench::DiscardServer server;
    url = server.url();
    return sidespan::bench::benchMain(argc, argv);
}
