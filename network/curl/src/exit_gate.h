#pragma once

#include <sidespan/http_transport/cancellation.h>

namespace sidespan::inline v0::detail {

/// Keeps OpenSSL from being used after its end. It frees what it has when a program ends, whoever is using
/// it, and the program then crashes or never ends. Where this is the first to use OpenSSL, it has OpenSSL
/// leave that out, and the gate stays open. Otherwise, before OpenSSL cleans up, what is under way is
/// cancelled and waited for, half a second at most, and nobody comes in any more.
class ExitGate {
public:
    /// By what will pass, when it is constructed: where somebody has loaded OpenSSL already, the gate closes
    /// after what is constructed later has been destroyed. Any number of times.
    static void expect() noexcept;
    /// After libcurl was opened, any number of times. [not the sending thread: it may come while the program
    /// is ending]
    static void install() noexcept;

    /// Within OpenSSL for as long as it exists. [any thread]
    class Pass {
    public:
        /// `cancellation`, if there is one, stops what it is for.
        /// What speaks no TLS is not held up.
        Pass(bool speaksTls, Cancellation* cancellation) noexcept;
        ~Pass();
        Pass(const Pass&) = delete;
        Pass& operator=(const Pass&) = delete;

        /// False once the program is ending: nothing of TLS may be called any more.
        [[nodiscard]] bool isGranted() const noexcept { return isGranted_; }

    private:
        friend class ExitGate;
        Cancellation* cancellation_;
        Pass* next_ = nullptr;
        bool isListed_ = false;
        bool isGranted_;
    };

private:
    static void close() noexcept;
};

}
