#pragma once

namespace sidespan::test {

/// From now on every system call of the calling thread kills the process by SIGSYS, but for exit, exit_group
/// and rt_sigreturn. Strict seccomp would not do: it also disables the processor's clock counter. False when
/// the system refuses.
[[nodiscard]] bool forbidSystemCalls() noexcept;

/// Ends the calling thread by the system call alone: what the library does at a thread's end is not allowed.
[[noreturn]] void exitThread() noexcept;

}
