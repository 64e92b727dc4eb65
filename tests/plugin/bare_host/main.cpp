// A host that links nothing but the C library: what keeps a plugin in memory here is the plugin's own doing.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>

#include "lv2.h"
#include "module.h"
#include "vst3.h"

namespace {

constexpr auto usage =
    "usage: sidespan-bare-host <module of a VST3 or an LV2> <cycles>\n"
    "\n"
    "Loads the module, plays an instance of it, and unloads it, that often. Ends with 1 when it is still "
    "mapped after "
    "a cycle.\n";

void playOnce(const std::string& path) {
    const auto folder = path.substr(0, path.rfind('/') + 1);
    const barehost::Module module(path);
    if (folder.find(".vst3/") != std::string::npos) {
        barehost::playVst3(module);
    } else {
        barehost::playLv2(module, folder);
    }
}

void play(const std::string& path, int cycles) {
    for (int i = 1; i <= cycles; ++i) {
        playOnce(path);
        if (barehost::Module::isMapped(path))
            throw std::runtime_error("still mapped after cycle " + std::to_string(i));
    }
    std::printf("unmapped after each of %d cycles\n", cycles);
}

}

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fputs(usage, stderr);
        return 2;
    }
    try {
        play(argv[1], std::atoi(argv[2]));
        return 0;
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "sidespan-bare-host: %s\n", failure.what());
        return 1;
    }
}
