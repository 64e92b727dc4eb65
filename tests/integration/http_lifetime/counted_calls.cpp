#include "counted_calls.h"

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>

#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/random.h>
#include <sys/socket.h>

namespace {

std::atomic<std::uint64_t> threads{0};
std::atomic<std::uint64_t> entropy{0};
std::atomic<std::uint64_t> sockets{0};
std::atomic<std::uint64_t> files{0};
std::atomic<bool> areThreadsRefused{false};

template <class Function>
Function next(const char* name) {
    return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

}

extern "C" {

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*), void* argument) {
    ++threads;
    if (areThreadsRefused) return EAGAIN;
    return next<decltype(&::pthread_create)>("pthread_create")(thread, attributes, run, argument);
}

int getentropy(void* buffer, size_t size) {
    ++entropy;
    return next<decltype(&::getentropy)>("getentropy")(buffer, size);
}

int socket(int domain, int type, int protocol) {
    ++sockets;
    return next<decltype(&::socket)>("socket")(domain, type, protocol);
}

int open(const char* path, int flags, ...) {
    ++files;
    std::va_list rest;
    va_start(rest, flags);
    const auto mode = va_arg(rest, int);
    va_end(rest);
    return next<int (*)(const char*, int, int)>("open")(path, flags, mode);
}

int openat(int directory, const char* path, int flags, ...) {
    ++files;
    std::va_list rest;
    va_start(rest, flags);
    const auto mode = va_arg(rest, int);
    va_end(rest);
    return next<int (*)(int, const char*, int, int)>("openat")(directory, path, flags, mode);
}

FILE* fopen(const char* path, const char* mode) {
    ++files;
    return next<decltype(&::fopen)>("fopen")(path, mode);
}
}

namespace sidespan::test {

CountedCalls countedCalls() {
    return {threads, entropy, sockets, files};
}

void refuseThreads(bool areRefused) {
    areThreadsRefused = areRefused;
}

}
