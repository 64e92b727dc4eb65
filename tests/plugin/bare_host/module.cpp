#include "module.h"

#include <dlfcn.h>

#include <fstream>
#include <stdexcept>

namespace barehost {

Module::Module(const std::string& path) : handle_(::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) {
    if (handle_ == nullptr) throw std::runtime_error(::dlerror());
}

Module::~Module() {
    ::dlclose(handle_);
}

void* Module::symbol(const char* name) const {
    void* const found = ::dlsym(handle_, name);
    if (found == nullptr) throw std::runtime_error(std::string("the module exports no ") + name);
    return found;
}

bool Module::isMapped(const std::string& path) {
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
        if (line.ends_with(path)) return true;
    }
    return false;
}

}
