#include <sidespan/detail/compiler.h>
#include <sidespan/network/network_client.h>

#include <algorithm>
#include <new>
#include <optional>
#include <utility>

#include <sidespan/detail/join.h>
#include <sidespan/detail/utf8_text.h>

#include <sidespan/network/detail/uuid.h>
#include "network_client_impl.h"
#include "post_queue.h"

namespace sidespan::inline v0 {
namespace {

constexpr std::string_view idempotencyKey = "Idempotency-Key";

bool isPath(std::string_view text) {
    return text.starts_with('/') && std::ranges::none_of(text, [](char c) {
               return static_cast<unsigned char>(c) <= ' ' || c == '\x7f' || c == '#';
           });
}

}

SIDESPAN_COLD detail::PostQueue& NetworkClient::Impl::makePosts() {
    const std::lock_guard lock(postsMutex);
    if (!madePosts) {
        auto made = std::make_unique<detail::PostQueue>(config, *clock, callbacks);
        worker.attach(*made);
        madePosts = std::move(made);
    }
    return static_cast<detail::PostQueue&>(*madePosts);
}

SIDESPAN_COLD std::optional<Error> NetworkClient::Impl::refuse(const std::string& path,
                                                               const Headers& headers) const {
    if (invalid) return invalid;
    if (!config->consent.isGranted()) return Error{ErrorCode::noConsent, "not sent: consent is not granted"};
    if (!isPath(path)) {
        return Error{
            ErrorCode::invalidConfig,
            detail::join({"\"", detail::excerpt(path.substr(0, path.find('?')), ' '),
                          "\" is not a path; it must begin with '/' and contain no blank and no '#'"})};
    }
    for (const auto& [name, value] : headers) {
        if (!isSendable({name, value})) {
            return Error{ErrorCode::invalidConfig,
                         "a header's name must be a token, and its value must not contain control "
                         "characters (RFC 9110, 5)"};
        }
    }
    return std::nullopt;
}

SIDESPAN_COLD std::optional<Error> NetworkClient::Impl::enqueue(std::string_view method, std::string path,
                                                                std::string body, const Headers& headers,
                                                                const Callback& callback) {
    if (auto error = refuse(path, headers)) return error;
    detail::Post post{.method = method,
                      .path = std::move(path),
                      .body = std::move(body),
                      .headers = {},
                      .callback = callback,
                      .consentEpoch = config->consent.epoch(),
                      .backoff = detail::Backoff(config->retry)};
    for (const auto& [name, value] : headers) addHeader(post.headers, name, value);
    const bool isKeyed = std::ranges::any_of(
        post.headers, [](const auto& header) { return isSameHeaderName(header.name, idempotencyKey); });
    if (method == "POST" && !isKeyed) addHeader(post.headers, idempotencyKey, detail::Uuid::random().text());
    return makePosts().add(std::move(post));
}

SIDESPAN_COLD void NetworkClient::post(std::string path, std::string body, const Headers& headers,
                                       const Callback& callback) {
    send("POST", std::move(path), std::move(body), headers, callback);
}

SIDESPAN_COLD void NetworkClient::get(std::string path, const Headers& headers, const Callback& callback) {
    send("GET", std::move(path), {}, headers, callback);
}

SIDESPAN_COLD void NetworkClient::send(std::string_view method, std::string path, std::string body,
                                       const Headers& headers, const Callback& callback) {
    if (impl_->worker.isInherited()) return;
    std::optional<Error> error;
    try {
        error = impl_->enqueue(method, std::move(path), std::move(body), headers, callback);
    } catch (const std::bad_alloc&) {
        error = {ErrorCode::resource, "out of memory"};
    }
    if (error) {
        impl_->callbacks.notify(callback, *std::move(error));
    } else if (!impl_->worker.wake()) {
        impl_->posts()->cancel({ErrorCode::resource, "not sent: there is no thread to send with"});
    }
}

}
