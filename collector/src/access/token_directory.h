#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>

#include <sidespan_http_server/token_source.h>

#include "access/token_table.h"

namespace sidespan::collector {

/// The stored tokens in memory, so that no request waits for the database. They are read at the start, and
/// checked for changes each second on a thread of its own. While the database does not answer they stay as
/// they were. [any thread]
class TokenDirectory final : public http_server::TokenSource {
public:
    /// Reads the table, and starts the thread. Throws what the table throws, except StoreUnavailable: then
    /// `onError` is called, and no token is accepted or refused until the table can be read.
    TokenDirectory(std::unique_ptr<TokenTable> table, std::function<void(std::string_view)> onError);
    ~TokenDirectory() override;
    TokenDirectory(const TokenDirectory&) = delete;
    TokenDirectory& operator=(const TokenDirectory&) = delete;

    bool isEmpty() const override;
    std::optional<http_server::Caller> find(std::string_view bearer) const override;

    /// How long a token's id is.
    static constexpr std::size_t idDigits = 16;
    /// A token as text, from its id and its secret.
    [[nodiscard]] static std::string tokenText(std::string_view id, std::string_view secret);

private:
    using Snapshot = std::unordered_map<std::string, StoredToken>;
    [[nodiscard]] std::shared_ptr<const Snapshot> snapshot() const;
    void refresh();
    void tryRefresh();
    void run();

    std::unique_ptr<TokenTable> table_;
    std::function<void(std::string_view)> onError_;
    std::string state_;
    bool hasFailed_ = false;
    mutable std::mutex mutex_;
    std::shared_ptr<const Snapshot> snapshot_;  ///< null until the table has been read
    std::condition_variable ending_;
    bool isEnding_ = false;
    std::thread thread_;
};

}
