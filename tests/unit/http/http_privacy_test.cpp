#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_file/file_sink.h>
#include <sidespan/sink_http/http_sink.h>
#include <sidespan/sink_tee/tee_sink.h>

#include "support/environment_variable.h"
#include "support/fault_server.h"
#include "support/temporary_directory.h"

namespace sidespan::test {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

std::string contentOf(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// What leaves the machine, seen where it leaves: on disk and at the server.
class HttpPrivacy : public ::testing::Test {
protected:
    using BothRecorder = Recorder<SteadyClock, TeeSink<HttpSink, FileSink<>>, std::mutex>;
    using HttpRecorder = Recorder<SteadyClock, HttpSink, std::mutex>;

    HttpPrivacy() {
        if (const char* home = std::getenv(homeVariable)) home_ = home;
        setVariable(homeVariable, "/home/ann");
        config_.endpoint = server_.url();
        config_.consent = consent_;
        config_.batch.maxAge = 1h;
        config_.outbox.directory = outbox_;
        config_.file.path = directory_ / "spans.jsonl";
    }
    ~HttpPrivacy() override { setVariable(homeVariable, home_); }

    static void recordSecrets(auto& recorder) {
        auto span = recorder.span("sign.in");
        span.set("user.password", "hunter2");
        span.set("file", "/home/ann/loop.wav");
        span.set("note", 61);
    }
    static void expectScrubbed(const std::string& text) {
        EXPECT_THAT(text, Not(HasSubstr("hunter2")));
        EXPECT_THAT(text, Not(HasSubstr("/home/ann")));
        EXPECT_THAT(text, Not(HasSubstr("note")));
        EXPECT_THAT(text, HasSubstr("\"user.password\":\"***\""));
        EXPECT_THAT(text, HasSubstr("\"file\":\"~/loop.wav\""));
    }
    /// The installation that a run of its own tells the server.
    std::string installationOfOneRun() {
        HttpRecorder recorder(config_);
        { auto span = recorder.span("work"); }
        EXPECT_TRUE(recorder.flush(10s));
        return server_.requests().back().header("x-client-installation");
    }

    FaultServer server_;
    TemporaryDirectory directory_;
    const std::string outbox_ = directory_ / "outbox";
    Consent consent_{Consent::granted};
    Config config_;
    std::string home_;
};

TEST_F(HttpPrivacy, FileServerAndPreviewSeeTheSameScrubbedSpans) {
    config_.scrub = [](std::string_view key, const AttributeValueView&) {
        return key == "note" ? Scrub::remove : Scrub::keep;
    };
    BothRecorder recorder(config_);
    recordSecrets(recorder);
    auto& http = recorder.sink().sink<HttpSink>();
    std::string preview;
    while (preview.empty()) {  // until the drain thread has handed it on
        preview = http.preview();
        std::this_thread::yield();
    }
    EXPECT_TRUE(recorder.flush(10s));
    expectScrubbed(preview);
    expectScrubbed(contentOf(config_.file.path));
    ASSERT_EQ(server_.requests().size(), 1U);
    EXPECT_EQ(server_.requests()[0].body, preview);
}

TEST_F(HttpPrivacy, TheInstallationStaysTheSameOverRuns) {
    const auto first = installationOfOneRun();
    EXPECT_EQ(first.size(), 36U);
    EXPECT_EQ(installationOfOneRun(), first);
}

TEST_F(HttpPrivacy, OnlyTheUserMayReadTheInstallation) {
    static_cast<void>(installationOfOneRun());
    EXPECT_EQ(fs::status(fs::path(outbox_) / "installation").permissions() & fs::perms::all,
              fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(HttpPrivacy, TheInstallationIsSharedByThoseWhoShareADirectory) {
    HttpRecorder other(config_);
    { auto span = other.span("work"); }
    EXPECT_TRUE(other.flush(10s));
    EXPECT_EQ(server_.requests().back().header("x-client-installation"), installationOfOneRun());
}

TEST_F(HttpPrivacy, TheInstallationIsAnotherAfterADenial) {
    const auto first = installationOfOneRun();
    HttpRecorder recorder(config_);
    { auto span = recorder.span("before"); }
    EXPECT_TRUE(recorder.flush(10s));
    EXPECT_EQ(server_.requests().back().header("x-client-installation"), first);
    consent_.set(Consent::denied);
    EXPECT_TRUE(recorder.flush(10s));
    EXPECT_FALSE(fs::exists(fs::path(outbox_) / "installation"));
    consent_.set(Consent::granted);
    { auto span = recorder.span("after"); }
    EXPECT_TRUE(recorder.flush(10s));
    const auto second = server_.requests().back().header("x-client-installation");
    EXPECT_EQ(second.size(), 36U);
    EXPECT_NE(second, first);
}

TEST_F(HttpPrivacy, WithoutADirectoryThereIsNoInstallation) {
    config_.outbox.directory.clear();
    EXPECT_EQ(installationOfOneRun(), "");
}

TEST_F(HttpPrivacy, BeforeConsentNothingIsMade) {
    consent_.set(Consent::unknown);
    HttpRecorder recorder(config_);
    { auto span = recorder.span("work"); }
    EXPECT_TRUE(recorder.flush(10s));
    EXPECT_FALSE(fs::exists(outbox_));
    EXPECT_EQ(server_.connectionCount(), 0U);
}

/// An earlier run has left a batch.
class HttpPrivacyOnDisk : public HttpPrivacy {
protected:
    HttpPrivacyOnDisk() {
        server_.refuse();  // so that nothing of it is under way later
        config_.shutdownTimeout = 0ms;
        HttpRecorder earlier(config_);
        { auto span = earlier.span("left behind"); }
        EXPECT_FALSE(earlier.flush(20ms));
        earlier.shutdown(0ms);
        EXPECT_EQ(batches(), 1);
        server_.accept();
        server_.otherwise(faults::silent());
    }

    [[nodiscard]] std::ptrdiff_t batches() const {
        const auto all = fs::recursive_directory_iterator(outbox_);
        return std::count_if(begin(all), end(all),
                             [](const auto& entry) { return entry.path().extension() == ".batch"; });
    }
};

TEST_F(HttpPrivacyOnDisk, DenyingPurgesWhatEarlierRunsLeftThoughNothingWasStarted) {
    config_.consent = Consent(Consent::unknown);
    HttpRecorder recorder(config_);
    recorder.consent().set(Consent::denied);
    EXPECT_EQ(batches(), 0);
    EXPECT_FALSE(fs::exists(fs::path(outbox_) / "installation"));
}

TEST_F(HttpPrivacyOnDisk, NothingIsLeftWhenTheDenialHasReturned) {
    HttpRecorder recorder(config_);
    { auto span = recorder.span("recorded now"); }
    EXPECT_FALSE(recorder.flush(20ms));
    while (recorder.stats().onDisk < 2) std::this_thread::yield();
    ASSERT_EQ(batches(), 2);
    consent_.set(Consent::denied);
    EXPECT_EQ(batches(), 0) << "whatever happens to this program next";
}

TEST_F(HttpPrivacyOnDisk, DenyingAfterTheShutdownPurgesToo) {
    HttpRecorder recorder(config_);
    { auto span = recorder.span("recorded now"); }
    recorder.shutdown(20ms);
    ASSERT_GE(batches(), 1);
    consent_.set(Consent::denied);
    EXPECT_EQ(batches(), 0);
}

TEST_F(HttpPrivacyOnDisk, WhatLayThereUnderADenialIsNeverSent) {
    server_.otherwise(faults::store());
    consent_.set(Consent::denied);
    HttpRecorder recorder(config_);
    consent_.set(Consent::granted);
    { auto span = recorder.span("recorded now"); }
    EXPECT_TRUE(recorder.flush(10s));
    EXPECT_EQ(recorder.stats().recovered, 0U);
    EXPECT_EQ(server_.storedSpans(), 1U);
}

// What is under way when the user says no has been sent; nothing that was waiting is.
TEST_F(HttpPrivacyOnDisk, ADenialThatIsTakenBackAtOnceStillPurges) {
    HttpRecorder recorder(config_);
    { auto span = recorder.span("recorded before"); }
    ASSERT_TRUE(server_.waitForRequests(1));
    consent_.set(Consent::denied);
    consent_.set(Consent::granted);
    server_.otherwise(faults::store());
    { auto span = recorder.span("recorded after"); }
    EXPECT_TRUE(recorder.flush(10s));
    const auto requests = server_.requests();
    ASSERT_GT(requests.size(), 1U);
    for (std::size_t i = 1; i < requests.size(); ++i) {
        EXPECT_EQ(requests[i].body.find("left behind"), std::string::npos);
        EXPECT_EQ(requests[i].body.find("recorded before"), std::string::npos);
    }
}

}
}
