// A process that uses files until it is ended, and prints what it has done:
//   steps OUTBOX LAST   stores, adopts, splits and purges; ends in the middle of its LAST-th file call
//   adopt OUTBOX        takes over what earlier runs left, and keeps it until it is killed
//   append FILE WHO     appends lines to a file that is rotated, until it is killed
#include <windows.h>
// after windows.h
#include <winternl.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <sidespan/sink_file/rotating_file.h>

#include "outbox/disk/outbox_folder.h"
#include "support/replaced_import.h"
#include "unit/http/batch_of.h"

// Not every compiler's headers have it.
extern "C" NTSTATUS NTAPI NtSetInformationFile(HANDLE, PIO_STATUS_BLOCK, PVOID, ULONG,
                                               FILE_INFORMATION_CLASS);

namespace {

using namespace sidespan::detail;
using Batches = OutboxFolder::Batches;

constexpr auto destination = "http://telemetry.example.com";

template <class... Arguments>
void say(const char* format, Arguments... arguments) {
    std::printf(format, arguments...);
    std::fflush(stdout);
}

// ---- ending in the middle of a call

std::atomic<int> callsLeft{std::numeric_limits<int>::max()};

bool isLastCall() {
    return --callsLeft == 0;
}

void endHere() {
    ::TerminateProcess(::GetCurrentProcess(), 7);
}

decltype(&::NtCreateFile) usualCreate = nullptr;
decltype(&::NtSetInformationFile) usualSet = nullptr;
decltype(&::WriteFile) usualWrite = nullptr;
decltype(&::FlushFileBuffers) usualFlush = nullptr;
decltype(&::LockFileEx) usualLock = nullptr;

NTSTATUS NTAPI create(PHANDLE file, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes,
                      PIO_STATUS_BLOCK status, PLARGE_INTEGER size, ULONG kind, ULONG share, ULONG when,
                      ULONG options, PVOID more, ULONG moreSize) {
    if (isLastCall()) endHere();
    return usualCreate(file, access, attributes, status, size, kind, share, when, options, more, moreSize);
}

NTSTATUS NTAPI set(HANDLE file, PIO_STATUS_BLOCK status, PVOID what, ULONG size,
                   FILE_INFORMATION_CLASS kind) {
    if (isLastCall()) endHere();
    return usualSet(file, status, what, size, kind);
}

// Half of the last write arrives.
BOOL WINAPI write(HANDLE file, const void* bytes, DWORD size, DWORD* written, OVERLAPPED* where) {
    const bool isLast = ::GetFileType(file) == FILE_TYPE_DISK && isLastCall();
    const BOOL result = usualWrite(file, bytes, isLast ? size / 2 : size, written, where);
    if (isLast) endHere();
    return result;
}

BOOL WINAPI flush(HANDLE file) {
    if (isLastCall()) endHere();
    return usualFlush(file);
}

BOOL WINAPI lock(HANDLE file, DWORD flags, DWORD reserved, DWORD low, DWORD high, OVERLAPPED* where) {
    if (isLastCall()) endHere();
    return usualLock(file, flags, reserved, low, high, where);
}

void endInCall(int last) {
    using sidespan::test::replaceImport;
    usualCreate = replaceImport("NtCreateFile", &create);
    usualSet = replaceImport("NtSetInformationFile", &set);
    usualWrite = replaceImport("WriteFile", &write);
    usualFlush = replaceImport("FlushFileBuffers", &flush);
    usualLock = replaceImport("LockFileEx", &lock);
    callsLeft = last;
}

// ---- an outbox

const char* idOf(const Batch& batch) {
    static std::string text;
    text = batch.id.text();
    return text.c_str();
}

void adoptAll(OutboxFolder& folder, Batches& adopted) {
    while (folder.adopt(adopted, {})) {
    }
    for (const auto& batch : adopted) say("adopted %s\n", idOf(*batch));
}

bool save(OutboxFolder& folder, Batch& batch) {
    if (!folder.save(batch).isSuccess()) return false;
    say("stored %s\n", idOf(batch));
    return true;
}

void erase(OutboxFolder& folder, const Batch& batch) {
    say("erasing %s\n", idOf(batch));
    folder.erase(batch);
    say("erased %s\n", idOf(batch));
}

bool saveAndSplit(OutboxFolder& folder) {
    const auto whole = batchOf({"\"one\"", "\"two\"", "\"three\""});
    if (!save(folder, *whole)) return false;
    const auto [first, second] = split(*whole);
    if (!save(folder, *first) || !save(folder, *second)) return false;
    erase(folder, *whole);
    return true;
}

int takeSteps(const char* path, int last) {
    endInCall(last);
    OutboxFolder folder(path, destination);
    if (!folder.open().isSuccess() || folder.installation().empty()) return 1;
    Batches adopted;
    adoptAll(folder, adopted);
    const auto single = batchOf({"\"single\""});
    if (!save(folder, *single) || !saveAndSplit(folder)) return 1;
    if (!adopted.empty()) erase(folder, *adopted.front());
    folder.close();
    if (!folder.open().isSuccess()) return 1;
    adoptAll(folder, adopted);
    say("purging\n");
    if (!folder.purge().isSuccess()) return 1;
    say("purged\n");
    folder.close();
    return 0;
}

int adoptUntilKilled(const char* path) {
    OutboxFolder folder(path, destination);
    if (!folder.open().isSuccess()) return 1;
    say("open\n");
    std::getchar();  // until all of them are
    Batches adopted;
    adoptAll(folder, adopted);
    say("done\n");
    ::Sleep(INFINITE);
    return 0;
}

// ---- a file

int appendUntilKilled(const char* path, const char* who) {
    sidespan::Config config;
    config.file = {path, 4096, 1000};
    sidespan::RotatingFile file(sidespan::validate(config).value());
    file.start();
    for (int i = 0;; ++i) {
        auto line = std::string(who) + ":" + std::to_string(i) + " ";
        line.resize(99, 'x');
        file.writeLines(line + "\n");
        say("%llu\n", static_cast<unsigned long long>(file.stats().delivered));
    }
}

}

int main(int count, char** arguments) {
    const std::string_view what = count > 1 ? arguments[1] : "";
    if (what == "steps" && count == 4) return takeSteps(arguments[2], std::atoi(arguments[3]));
    if (what == "adopt" && count == 3) return adoptUntilKilled(arguments[2]);
    if (what == "append" && count == 4) return appendUntilKilled(arguments[2], arguments[3]);
    return 1;
}
