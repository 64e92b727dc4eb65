#pragma once

#include <memory>
#include <string>

#include <sidespan/http_curl/curl_transport.h>

#include "curl_library.h"
#include "resolver.h"

namespace sidespan::inline v0 {

/// The state that is kept between exchanges: curl's handles and open connections, and addresses of hosts.
class CurlTransport::Session {
public:
    /// Moves from `lookup` unless it throws. `options` must outlive it.
    Session(const Options& options, std::unique_ptr<detail::NameLookup>&& lookup);

    [[nodiscard]] Outcome<HttpResponse> send(const HttpRequest& request, Cancellation& cancellation);
    [[nodiscard]] std::uint64_t bodyBytesSent() const noexcept {
        return static_cast<std::uint64_t>(bodyBytesSent_);
    }

private:
    struct Exchange;
    struct Host {
        std::string name;
        std::string port;
    };
    struct CurlDeleter {
        void operator()(CURL* easy) const noexcept { detail::curl().easy_cleanup(easy); }
    };
    struct MultiDeleter {
        void operator()(CURLM* multi) const noexcept { detail::curl().multi_cleanup(multi); }
    };
    struct ListDeleter {
        void operator()(curl_slist* list) const noexcept { detail::curl().slist_free_all(list); }
    };
    using List = std::unique_ptr<curl_slist, ListDeleter>;

    /// curl_global_init() and its counterpart; counted by curl, and thread-safe where curl says so (7.84 and
    /// later).
    struct Library {
        Library();
        ~Library();
        Library(const Library&) = delete;
        Library& operator=(const Library&) = delete;
    };

    /// Makes the handles that are missing. False if libcurl cannot.
    [[nodiscard]] bool open();
    void applyOptions();
    [[nodiscard]] static List makeHeaders(const HttpRequest& request);
    [[nodiscard]] static Outcome<Host> parseHost(const std::string& url);
    [[nodiscard]] Outcome<> prepareName(const HttpRequest& request, Deadline deadline,
                                        const Cancellation& cancellation);
    void prepareRequest(const HttpRequest& request, Exchange& exchange, Deadline deadline);
    [[nodiscard]] CURLcode transfer(const HttpRequest& request, Exchange& exchange,
                                    const Cancellation& cancellation);
    [[nodiscard]] Outcome<HttpResponse> conclude(CURLcode code, const HttpRequest& request,
                                                 Exchange& exchange);
    [[nodiscard]] curl_off_t bytesMoved() const noexcept;

    Library library_;
    curl_off_t bodyBytesSent_ = 0;
    const Options& options_;
    List resolved_;  // outlives the handle that refers to it
    std::unique_ptr<CURLM, MultiDeleter> multi_;
    std::unique_ptr<CURL, CurlDeleter> easy_;
    detail::Resolver resolver_;
};

}
