#include <utility>

#include <sidespan/deadline.h>
#include <sidespan/network/network_client.h>

#include "network.h"
#include "server_time.h"

namespace loopshare {

using sidespan::HttpResponse;
using sidespan::Outcome;

namespace {

sidespan::Config makeConfig(const std::string& endpoint, std::string token) {
    sidespan::Config config;
    config.endpoint = endpoint;
    config.token = std::move(token);
    config.consent = sidespan::Consent::granted;  // for what the user asks for by a click
    config.retry.maxAttempts = 3;
    config.shutdownTimeout = {};
    return config;
}

Answer toAnswer(const HttpResponse& response) {
    const auto serverTime = response.header("X-Server-Time");
    return {response.status, response.body, readServerTime(std::string(serverTime.value_or("")))};
}

sidespan::NetworkClient::Callback translated(Network::Callback callback) {
    return [callback = std::move(callback)](const Outcome<HttpResponse>& response) {
        callback(response ? Outcome<Answer>(toAnswer(response.value())) : Outcome<Answer>(response.error()));
    };
}

}

struct Network::Impl {
    sidespan::NetworkClient client;
};

Network::Network(const std::string& endpoint, std::string token)
    : impl_(new Impl{sidespan::NetworkClient(makeConfig(endpoint, std::move(token)))}) {}

// A callback that still runs may use the network, so the pointer has to stay: libc++ clears it before it
// destroys.
Network::~Network() {
    delete impl_.get();
    static_cast<void>(impl_.release());
}

void Network::post(std::string path, std::string body, Headers headers, Callback callback) {
    impl_->client.post(std::move(path), std::move(body), std::move(headers), translated(std::move(callback)));
}

void Network::get(std::string path, Headers headers, Callback callback) {
    impl_->client.get(std::move(path), std::move(headers), translated(std::move(callback)));
}

void Network::setToken(std::string token) {
    impl_->client.setToken(std::move(token));
}

void Network::cancel() {
    impl_->client.cancel();
}

}
