#pragma once

#include <concepts>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// What guards the hand-off while a finished span is copied into it: the standard's Lockable requirements
/// ([thread.req.lockable]), so std::mutex is a model as it is.
///
/// Models: std::mutex, SpinLock, UnfairLock (Apple's systems), NullLock (one thread only).
template <class L>
concept LockPolicy = std::default_initializable<L> && requires(L& lock) {
    lock.lock();
    lock.unlock();
    { lock.try_lock() } -> std::convertible_to<bool>;
};

}
