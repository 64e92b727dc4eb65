#pragma once

#include <sidespan/http_transport/cancellation.h>

namespace sidespan::inline v0::detail {

/// Keeps a program from ending while a thread of ours is within libcurl. OpenSSL frees what it has when a
/// program ends, whoever is using it, and the program then crashes or never ends. So before that what is
/// under way is cancelled and waited for, half a second at most; afterwards nobody comes in.
class ExitGate {
public:
    /// Called by whatever constructs what will pass, any number of times. [not the sending thread: it may
    /// come while the program is ending]
    static void install() noexcept;

    /// Within libcurl for as long as it exists. Any thread.
    class Pass {
    public:
        /// `cancellation`, if there is one, stops what it is for.
        explicit Pass(Cancellation* cancellation) noexcept;
        ~Pass();
        Pass(const Pass&) = delete;
        Pass& operator=(const Pass&) = delete;

        /// False once the program is ending: nothing of libcurl may be called any more.
        [[nodiscard]] bool isGranted() const noexcept { return isGranted_; }

    private:
        friend class ExitGate;
        Cancellation* cancellation_;
        Pass* next_ = nullptr;
        bool isGranted_ = false;
    };

private:
    static void close() noexcept;
};

}
