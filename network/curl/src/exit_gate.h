#pragma once

#include <sidespan/http_transport/cancellation.h>

namespace sidespan::inline v0::detail {

/// Keeps OpenSSL from being used after it has cleaned up. When a program ends, OpenSSL frees its data even
/// while a thread uses it, and the program then crashes or hangs. If this is the first to use OpenSSL, it
/// tells OpenSSL not to clean up, and the gate stays open. Otherwise the gate closes before OpenSSL cleans
/// up: it grants no more passes, cancels those that are held, and waits for at most half a second until they
/// are gone.
class ExitGate {
public:
    /// To be called by the constructor of an object that will need passes. If OpenSSL is loaded by then, the
    /// gate closes after statics that are constructed later have been destroyed. May be called any number of
    /// times.
    static void expect() noexcept;
    /// To be called after libcurl was opened. May be called any number of times. [not the sending thread,
    /// which may still run while the program ends]
    static void install() noexcept;

    /// A permission to use OpenSSL, for as long as it exists. [any thread]
    class Pass {
    public:
        /// When the gate closes, it cancels `cancellation`, which may be null. Without TLS a pass is always
        /// granted.
        Pass(bool speaksTls, Cancellation* cancellation) noexcept;
        ~Pass();
        Pass(const Pass&) = delete;
        Pass& operator=(const Pass&) = delete;

        /// False once the gate has closed: no TLS function may be called any more.
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
