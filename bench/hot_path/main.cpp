#include "support/bench_main.h"

int main(int argc, char** argv) {
    return sidespan::bench::benchMain(argc, argv);
}
