#include "curl_session.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <mutex>
#include <new>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/socket.h>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/join.h>

#include "longest_poll.h"

namespace sidespan::inline v0 {
namespace {

using namespace std::chrono_literals;
using detail::curl;
using detail::decimal;
using detail::join;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t maxHeaderBytes = std::size_t{64} << 10U;
constexpr long uploadBufferBytes = 256L << 10U;

// Guards curl's initialisation if curl itself does not. It protects only against threads of this copy of the
// SDK; nothing can protect against others. Neither constructed nor destroyed at run time.
constinit std::mutex libraryMutex;

bool isThreadSafe() {
#ifdef CURL_VERSION_THREADSAFE
    return (curl().version_info(CURLVERSION_NOW)->features & CURL_VERSION_THREADSAFE) != 0;
#else
    return false;
#endif
}

template <class Call>
void guarded(Call call) {
    if (isThreadSafe()) {
        call();
    } else {
        const std::lock_guard lock(libraryMutex);
        call();
    }
}

// curl's details of these errors name a certificate or a protocol version. Its details of others differ each
// time.
bool isAboutTls(CURLcode code) {
    return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR ||
           code == CURLE_SSL_CACERT_BADFILE;
}

bool isAgainstHttp(CURLcode code) {
    return code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_WEIRD_SERVER_REPLY ||
           code == CURLE_BAD_CONTENT_ENCODING;
}

// Programs that the host starts must not inherit the connection.
curl_socket_t openSocket(void*, curlsocktype, curl_sockaddr* address) noexcept {
#ifdef SOCK_CLOEXEC
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
#else
    const int opened = ::socket(address->family, address->socktype, address->protocol);
    if (opened >= 0) ::fcntl(opened, F_SETFD, FD_CLOEXEC);
    return opened;
#endif
}

// The libcurl that was opened may be older or newer than the headers.
void allowHttpAlone(CURL* easy) {
    bool isDone = false;
#if LIBCURL_VERSION_NUM >= 0x075500
    isDone = curl().easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK;
#endif
    constexpr auto protocols = static_cast<CURLoption>(181);  // CURLOPT_PROTOCOLS, deprecated since 7.85
    constexpr long httpAndHttps = 3;
    if (!isDone) curl().easy_setopt(easy, protocols, httpAndHttps);
}

milliseconds until(Deadline deadline) {
    return std::clamp<milliseconds>(std::chrono::ceil<milliseconds>(deadline - steady_clock::now()), 1ms, 1h);
}

}

/// What one exchange needs while it lasts.
struct CurlTransport::Session::Exchange {
    const HttpRequest& request;
    List headers;
    HttpResponse response{};
    std::size_t headerBytes = 0;
    std::array<char, CURL_ERROR_SIZE> problem{};
    bool isHeaderWhole = false;
    bool isIdle = false;
    bool isOutOfMemory = false;

    // curl is C: nothing may be thrown through it.
    template <std::size_t (Exchange::*take)(std::string_view)>
    static std::size_t on(char* data, std::size_t, std::size_t size, void* self) noexcept {
        auto& exchange = *static_cast<Exchange*>(self);
        try {
            return (exchange.*take)({data, size});
        } catch (const std::bad_alloc&) {
            exchange.isOutOfMemory = true;
            return 0;
        }
    }

    std::size_t takeHeader(std::string_view line) {
        const auto size = line.size();
        headerBytes += size;
        if (headerBytes > maxHeaderBytes) return 0;
        while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
        if (line.starts_with("HTTP/")) {
            response.headers.clear();  // a proxy's answer or an interim one came before
            isHeaderWhole = false;
        }
        if (isHeaderWhole) return size;  // a trailer, which is not used
        isHeaderWhole = line.empty();
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) return size;
        auto value = line.substr(colon + 1);
        value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
        addHeader(response.headers, line.substr(0, colon), value);
        return size;
    }

    std::size_t takeBody(std::string_view data) {
        auto& body = response.body;
        const auto taken = std::min(data.size(), request.maxResponseBytes - body.size());
        body.append(data.substr(0, taken));
        response.isCut = taken < data.size();
        return taken;
    }
};

CurlTransport::Session::Library::Library() {
    guarded([] { curl().global_init(CURL_GLOBAL_DEFAULT); });
}

CurlTransport::Session::Library::~Library() {
    guarded([] { curl().global_cleanup(); });
}

CurlTransport::Session::Session(const Options& options, std::unique_ptr<detail::NameLookup>&& lookup)
    : options_(options), resolver_(std::move(lookup)) {}

// Newer releases of libcurl (such as 8.22) make no multi handle while the program has no free file
// descriptor. Therefore every send() tries again.
bool CurlTransport::Session::open() {
    if (!multi_) multi_.reset(curl().multi_init());
    if (!easy_) {
        easy_.reset(curl().easy_init());
        if (easy_) applyOptions();
    }
    return multi_ && easy_;
}

SIDESPAN_COLD void CurlTransport::Session::applyOptions() {
    CURL* easy = easy_.get();
    curl().easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl().easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl().easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl().easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl().easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl().easy_setopt(easy, CURLOPT_PROXY,
                       options_.proxy.c_str());     // empty: none, whatever the environment says
    curl().easy_setopt(easy, CURLOPT_NOPROXY, "");  // none, whatever the environment says
    if (!options_.caFile.empty()) curl().easy_setopt(easy, CURLOPT_CAINFO, options_.caFile.c_str());
    allowHttpAlone(easy);
    curl().easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, uploadBufferBytes);
    curl().easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &openSocket);
    curl().easy_setopt(easy, CURLOPT_HEADERFUNCTION, &Exchange::on<&Exchange::takeHeader>);
    curl().easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Exchange::on<&Exchange::takeBody>);
}

SIDESPAN_COLD Outcome<HttpResponse> CurlTransport::Session::send(const HttpRequest& request,
                                                                 Cancellation& cancellation) {
    bodyBytesSent_ = 0;
    if (!open()) return Error{ErrorCode::resource, "libcurl could not be initialised"};
    const Deadline deadline = deadlineIn(request.totalTimeout);
    const Cancellation::Hook wake(cancellation, [multi = multi_.get()] { curl().multi_wakeup(multi); });

    if (auto name = prepareName(request, deadline, cancellation); !name.isSuccess()) return name.error();
    Exchange exchange{.request = request, .headers = makeHeaders(request)};
    prepareRequest(request, exchange, deadline);
    const CURLcode code = transfer(request, exchange, cancellation);
    curl().easy_getinfo(easy_.get(), CURLINFO_SIZE_UPLOAD_T, &bodyBytesSent_);
    if (cancellation.isCancelled() && code != CURLE_OK) {
        return Error{ErrorCode::cancelled, join({"cancelled while talking to ", originOf(request.url)})};
    }
    return conclude(code, request, exchange);
}

SIDESPAN_COLD Outcome<CurlTransport::Session::Host> CurlTransport::Session::parseHost(
    const std::string& url) {
    const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parsed(curl().url(), curl().url_cleanup);
    char* host = nullptr;
    char* port = nullptr;
    const bool isGood = parsed && curl().url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) == CURLUE_OK &&
                        curl().url_get(parsed.get(), CURLUPART_HOST, &host, 0) == CURLUE_OK &&
                        curl().url_get(parsed.get(), CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK;
    Host result;
    if (isGood) result = {host, port};
    curl().free(host);
    curl().free(port);
    if (!isGood) return Error{ErrorCode::invalidConfig, join({"\"", originOf(url), "\" is not a valid URL"})};
    return result;
}

// Gives curl the addresses of the server or proxy that it connects to, so that it never asks the system's
// resolver.
SIDESPAN_COLD Outcome<> CurlTransport::Session::prepareName(const HttpRequest& request, Deadline deadline,
                                                            const Cancellation& cancellation) {
    const auto host = parseHost(options_.proxy.empty() ? request.url : options_.proxy);
    if (!host.isSuccess()) return host.error();
    const auto& [name, port] = host.value();
    if (name.starts_with('[')) return {};

    const auto limit = std::min(deadline, deadlineIn(request.connectTimeout));
    const auto addresses = resolver_.resolve(multi_.get(), name, limit, cancellation);
    if (!addresses.isSuccess()) return addresses.error();
    const auto entry = join({name, ":", port, ":", addresses.value()});
    List list(curl().slist_append(nullptr, entry.c_str()));
    curl().easy_setopt(easy_.get(), CURLOPT_RESOLVE, list.get());
    resolved_ = std::move(list);
    return {};
}

SIDESPAN_COLD CurlTransport::Session::List CurlTransport::Session::makeHeaders(const HttpRequest& request) {
    List list;
    const auto add = [&list](const char* line) {
        curl_slist* const longer = curl().slist_append(list.get(), line);
        if (longer == nullptr) throw std::bad_alloc();
        static_cast<void>(list.release());
        list.reset(longer);
    };
    // No "Expect: 100-continue", which waits a second for servers that do not know it, and no content type of
    // curl's.
    add("Expect:");
    add("Content-Type:");
    for (const auto& [name, value] : request.headers) {
        const auto line = join({name, value.empty() ? ";" : ": ", value});
        add(line.c_str());
    }
    return list;
}

SIDESPAN_COLD void CurlTransport::Session::prepareRequest(const HttpRequest& request, Exchange& exchange,
                                                          Deadline deadline) {
    CURL* easy = easy_.get();
    const auto left = until(deadline);
    curl().easy_setopt(easy, CURLOPT_URL, request.url.c_str());
    if (request.method == "GET") {
        curl().easy_setopt(easy, CURLOPT_HTTPGET, 1L);
        curl().easy_setopt(easy, CURLOPT_CUSTOMREQUEST, nullptr);
    } else {
        curl().easy_setopt(easy, CURLOPT_POST, 1L);
        curl().easy_setopt(easy, CURLOPT_CUSTOMREQUEST,
                           request.method == "POST" ? nullptr : request.method.c_str());
        curl().easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        curl().easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.empty() ? "" : request.body.data());
    }
    curl().easy_setopt(easy, CURLOPT_HTTPHEADER, exchange.headers.get());
    curl().easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                       static_cast<long>(std::min(left, request.connectTimeout).count()));
    curl().easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(left.count()));
    curl().easy_setopt(easy, CURLOPT_HEADERDATA, &exchange);
    curl().easy_setopt(easy, CURLOPT_WRITEDATA, &exchange);
    curl().easy_setopt(easy, CURLOPT_ERRORBUFFER, exchange.problem.data());
}

curl_off_t CurlTransport::Session::bytesMoved() const noexcept {
    curl_off_t up = 0;
    curl_off_t down = 0;
    long headers = 0;
    long request = 0;
    curl().easy_getinfo(easy_.get(), CURLINFO_REQUEST_SIZE, &request);
    curl().easy_getinfo(easy_.get(), CURLINFO_SIZE_UPLOAD_T, &up);
    curl().easy_getinfo(easy_.get(), CURLINFO_SIZE_DOWNLOAD_T, &down);
    curl().easy_getinfo(easy_.get(), CURLINFO_HEADER_SIZE, &headers);
    return request + up + down + headers;
}

SIDESPAN_COLD CURLcode CurlTransport::Session::transfer(const HttpRequest& request, Exchange& exchange,
                                                        const Cancellation& cancellation) {
    CURLM* multi = multi_.get();
    curl().multi_add_handle(multi, easy_.get());
    CURLcode result = CURLE_ABORTED_BY_CALLBACK;
    curl_off_t moved = 0;
    Deadline idleUntil = Deadline::max();  // while connecting, which has its own timeout
    while (!cancellation.isCancelled()) {
        int running = 0;
        if (curl().multi_perform(multi, &running) != CURLM_OK) break;
        int left = 0;
        if (const CURLMsg* message = curl().multi_info_read(multi, &left)) {
            result = message->data.result;
            break;
        }
        if (const auto now = bytesMoved(); now != moved) {
            moved = now;
            idleUntil = deadlineIn(request.idleTimeout);
        }
        exchange.isIdle = steady_clock::now() >= idleUntil;
        if (exchange.isIdle) break;
        const auto wait = std::min(until(idleUntil), detail::longestPoll);
        curl().multi_poll(multi, nullptr, 0, static_cast<int>(wait.count()), nullptr);
    }
    curl().multi_remove_handle(multi, easy_.get());
    return result;
}

SIDESPAN_COLD Outcome<HttpResponse> CurlTransport::Session::conclude(CURLcode code,
                                                                     const HttpRequest& request,
                                                                     Exchange& exchange) {
    const bool isCut = code == CURLE_WRITE_ERROR && exchange.response.isCut;
    // curl reports success for a header that is cut off.
    if (code == CURLE_OK && !exchange.isHeaderWhole) code = CURLE_PARTIAL_FILE;
    if (code == CURLE_OK || isCut) {
        long status = 0;
        curl().easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
        exchange.response.status = static_cast<int>(status);
        return std::move(exchange.response);
    }
    if (exchange.isOutOfMemory) return Error{ErrorCode::resource, "out of memory"};
    resolver_.forget();
    const auto origin = originOf(request.url);
    if (exchange.isIdle) {
        const auto idle = decimal(request.idleTimeout.count());
        return Error{ErrorCode::timeout, join({"nothing moved to or from ", origin, " for ", idle, " ms"})};
    }
    if (code == CURLE_OPERATION_TIMEDOUT)
        return Error{ErrorCode::timeout, join({origin, " did not answer in time"})};
    if (isAgainstHttp(code)) {
        return Error{ErrorCode::badAnswer, join({"the answer of ", origin,
                                                 " breaks the rules of HTTP: ", exchange.problem.data()})};
    }
    long proxyStatus = 0;
    curl().easy_getinfo(easy_.get(), CURLINFO_HTTP_CONNECTCODE, &proxyStatus);
    if (proxyStatus >= 300) {
        return Error{ErrorCode::network,
                     join({"the proxy refused to connect to ", origin, ": it answered ", decimal(proxyStatus),
                           proxyStatus == 407 ? "; check the user and password in Config::http.proxy" : ""})};
    }
    std::string more;
    if (isAboutTls(code)) more = exchange.problem.data();
    long systemError = 0;
    curl().easy_getinfo(easy_.get(), CURLINFO_OS_ERRNO, &systemError);
    if (code == CURLE_COULDNT_CONNECT && systemError != 0)
        more = std::generic_category().message(static_cast<int>(systemError));
    if (!more.empty()) more = join({" (", more, ")"});
    return Error{ErrorCode::network,
                 join({"no answer from ", origin, ": ", curl().easy_strerror(code), more})};
}

}
