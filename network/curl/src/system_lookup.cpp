#include <algorithm>
#include <array>
#include <memory>
#include <mutex>
#include <utility>

#include <netdb.h>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/join.h>

#include "curl_library.h"
#include "name_lookup.h"

namespace sidespan::inline v0::detail {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

// A query. The C library works on it, so it must not move until it is answered.
struct Question {
    Question(const std::string& name, int family) : host(name) {
        hints.ai_family = family;
        hints.ai_socktype = SOCK_STREAM;
        block.ar_name = host.c_str();
        block.ar_request = &hints;
    }
    ~Question() {
        if (block.ar_result != nullptr) ::freeaddrinfo(block.ar_result);
    }
    Question(const Question&) = delete;
    Question& operator=(const Question&) = delete;

    // Asks for no notification, so the C library runs none of our code.
    [[nodiscard]] bool ask() noexcept {
        std::array<gaicb*, 1> list{&block};
        return ::getaddrinfo_a(GAI_NOWAIT, list.data(), static_cast<int>(list.size()), nullptr) == 0;
    }
    // gai_cancel() takes the lock under which the C library finishes a query, so it no longer uses an
    // answered one.
    [[nodiscard]] bool isUnanswered() noexcept {
        return ::gai_error(&block) == EAI_INPROGRESS || ::gai_cancel(&block) == EAI_NOTCANCELED;
    }

    const std::string host;
    addrinfo hints{};
    gaicb block{};
};

// The places for queries. A place is taken until the C library has answered, even if its look-up has ended.
// Neither constructed nor destroyed at run time.
class Places {
public:
    // Takes two places, or none.
    [[nodiscard]] bool take() noexcept {
        const std::lock_guard lock(mutex_);
        freeAnswered();
        if (taken_ + 2 > most) return false;
        taken_ += 2;
        return true;
    }

    [[nodiscard]] int taken() noexcept {
        const std::lock_guard lock(mutex_);
        freeAnswered();
        return taken_;
    }

    // Keeps a query that is still with the C library.
    void giveBack(std::unique_ptr<Question> question) noexcept {
        const std::lock_guard lock(mutex_);
        if (question && ::gai_cancel(&question->block) == EAI_NOTCANCELED) {
            *std::ranges::find(abandoned_, nullptr) = question.release();
        } else {
            --taken_;
        }
    }

private:
    static constexpr int most = 4;

    void freeAnswered() noexcept {
        for (Question*& question : abandoned_) {
            if (question == nullptr || question->isUnanswered()) continue;
            delete std::exchange(question, nullptr);
            --taken_;
        }
    }

    std::mutex mutex_;
    std::array<Question*, most> abandoned_{};
    int taken_ = 0;
};
constinit Places places;

void takeAddresses(NameAnswer& answer, const addrinfo* found) {
    for (; found != nullptr; found = found->ai_next) {
        std::array<char, NI_MAXHOST> text{};
        if (::getnameinfo(found->ai_addr, found->ai_addrlen, text.data(), text.size(), nullptr, 0,
                          NI_NUMERICHOST) == 0)
            answer.addresses.emplace_back(text.data());
    }
}

class SystemLookup final : public NameLookup {
public:
    ~SystemLookup() override { SystemLookup::giveUp(); }
    SystemLookup() = default;

    SIDESPAN_COLD Outcome<> start(const std::string& host) override {
        giveUp();
        ipv4_ = {};
        ipv6_ = {};
        if (!places.take()) {
            return Error{
                ErrorCode::network,
                join({host, " is not looked up: the system's resolver has not answered earlier questions"})};
        }
        hasPlaces_ = true;
        nextLook_ = 1ms;
        ask(question6_, host, AF_INET6, ipv6_);
        ask(question4_, host, AF_INET, ipv4_);
        return {};
    }

    // There is nothing to wait for that says that an answer has come, so this checks, less and less often.
    SIDESPAN_COLD void poll(CURLM* multi, milliseconds longest) override {
        curl().multi_poll(multi, nullptr, 0, static_cast<int>(std::min(longest, nextLook_).count()), nullptr);
        nextLook_ = std::min<milliseconds>(nextLook_ * 2, 20ms);
        collect(question6_, ipv6_);
        collect(question4_, ipv4_);
    }

    SIDESPAN_COLD void giveUp() noexcept override {
        if (!std::exchange(hasPlaces_, false)) return;
        places.giveBack(std::move(question6_));
        places.giveBack(std::move(question4_));
    }

private:
    SIDESPAN_COLD static void ask(std::unique_ptr<Question>& question, const std::string& host, int family,
                                  NameAnswer& answer) {
        question = std::make_unique<Question>(host, family);
        if (question->ask()) return;
        question.reset();
        answer = {.isDone = true, .addresses = {}, .problem = "no thread could be started for it"};
    }

    static void collect(std::unique_ptr<Question>& question, NameAnswer& answer) {
        if (!question || question->isUnanswered()) return;
        const int error = ::gai_error(&question->block);
        const auto answered = std::exchange(question, nullptr);
        answer.isDone = true;
        if (error == 0) takeAddresses(answer, answered->block.ar_result);
        if (answer.addresses.empty()) answer.problem = ::gai_strerror(error);
    }

    std::unique_ptr<Question> question6_;
    std::unique_ptr<Question> question4_;
    milliseconds nextLook_{};
    bool hasPlaces_ = false;
};

}

std::unique_ptr<NameLookup> makeSystemLookup() {
    return std::make_unique<SystemLookup>();
}

int systemQuestionsUnderWay() noexcept {
    return places.taken();
}

}
