#include "delivery_stage.h"
#include "discard_server.h"
#include "support/bench_main.h"

namespace {

const sidespan::bench::DiscardServer* running;

}

const sidespan::bench::DiscardServer& sidespan::bench::discardServer() {
    return *running;
}

int main(int argc, char** argv) {
    const sidespan::bench::DiscardServer server;
    running = &server;
    return sidespan::bench::benchMain(argc, argv);
}
