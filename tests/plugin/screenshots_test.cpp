// Pictures of the real editor, as its user sees it: kept in the build folder for people to judge, and checked
// for what a machine can see.
#include <chrono>
#include <functional>
#include <future>
#include <map>
#include <set>
#include <thread>

#include <gtest/gtest.h>
#include <juce_gui_basics/juce_gui_basics.h>

#include "editor/editor.h"
#include "fitting.h"
#include "host/loopshare_settings.h"
#include "host/recorded_sound.h"
#include "host/stage.h"
#include "plain_words.h"
#include "processor.h"
#include "support/fault_server.h"

namespace loopshare::testing {
namespace {

using namespace std::chrono_literals;
using sidespan::test::FaultServer;

constexpr int fewestColours = 50;

/// The plugin with its window, after it has played.
class Scene {
public:
    Scene() {
        Stage::onMessageThread([&] {
            processor_ = std::make_unique<LoopShareProcessor>();
            processor_->setRateAndBufferSizeDetails(48000, 512);
            processor_->prepareToPlay(48000, 512);
            editor_ = std::make_unique<Editor>(*processor_);
        });
        play();
    }
    ~Scene() {
        Stage::onMessageThread([&] {
            editor_.reset();
            processor_.reset();
        });
    }
    Scene(const Scene&) = delete;
    Scene& operator=(const Scene&) = delete;

    /// Shares what was played, and waits until that has ended one way or the other.
    void share() {
        Stage::onMessageThread([&] { processor_->startShare(); });
        waitWhile([&] { return processor_->share().status().isUnderWay(); });
    }

    /// Begins to share, and leaves it at that once it is uploading.
    void beginSharing() {
        Stage::onMessageThread([&] { processor_->startShare(); });
        waitWhile([&] { return processor_->share().status().stage != Share::Stage::uploading; });
    }

    /// Tries to sign in.
    void signIn() {
        auto& account = processor_->session()->account();
        account.signIn("somebody with a name of some length", "a wrong password");
        waitWhile([&] { return account.status().isBusy; });
    }

    /// Presses the button of that text.
    void press(const juce::String& label) {
        Stage::onMessageThread([&] { pressIn(*editor_, label); });
    }

    /// Has what was recorded sent, for a second.
    void deliver() { static_cast<void>(processor_->session()->recorder().flush(1s)); }

    /// The lane closes, and sums up.
    void rest() {
        Stage::onMessageThread([&] { processor_->releaseResources(); });
    }

    /// Fetches the list of loops.
    void loadFeed() {
        auto& feed = processor_->session()->feed();
        feed.refresh();
        waitWhile([&] { return feed.status().isLoading; });
        EXPECT_FALSE(feed.status().loops.empty());
    }

    /// The smallest window, with a message in it.
    void shrink() {
        Stage::onMessageThread([&] {
            auto& limits = *editor_->getConstrainer();
            editor_->setSize(limits.getMinimumWidth(), limits.getMinimumHeight());
        });
    }

    /// What has no room in the window at several sizes.
    juce::StringArray unfit() {
        letMessagesPass();
        juce::StringArray found;
        Stage::onMessageThread([&] {
            const auto& limits = *editor_->getConstrainer();
            const auto before = editor_->getBounds();
            for (const auto& [width, height] :
                 {std::pair{limits.getMinimumWidth(), limits.getMinimumHeight()},
                  {limits.getMinimumWidth(), 1200},
                  {860, limits.getMinimumHeight()},
                  {before.getWidth(), before.getHeight()},
                  {1600, 1200}}) {
                editor_->setSize(width, height);
                editor_->refresh();
                for (const auto& text : unfitIn(*editor_)) {
                    found.add(juce::String(width) + " x " + juce::String(height) + ": " + text);
                }
            }
            editor_->setBounds(before);
        });
        return found;
    }

    void showSettings() {
        Stage::onMessageThread([&] { editor_->showSettings(true); });
    }

    juce::Image picture(float scale) {
        letMessagesPass();
        juce::Image image;
        Stage::onMessageThread([&] {
            editor_->refresh();
            image = editor_->createComponentSnapshot(editor_->getLocalBounds(), true, scale);
        });
        EXPECT_EQ(image.getWidth(), juce::roundToInt(static_cast<float>(editor_->getWidth()) * scale));
        EXPECT_EQ(image.getHeight(), juce::roundToInt(static_cast<float>(editor_->getHeight()) * scale));
        return image;
    }

private:
    void play() {
        const auto sound = RecordedSound::read(juce::File(SIDESPAN_TEST_SOUND));
        juce::AudioBuffer<float> block(2, 512);
        juce::MidiBuffer midi;
        for (int i = 0, position = 0; i < 1'400; ++i) {
            position = sound.fill(block, position);
            processor_->processBlock(block, midi);
        }
    }

    static void pressIn(juce::Component& parent, const juce::String& label) {
        for (auto* const child : parent.getChildren()) {
            auto* const button = dynamic_cast<juce::TextButton*>(child);
            if (button != nullptr && button->getButtonText() == label) return button->onClick();
            pressIn(*child, label);
        }
    }

    static void waitWhile(const std::function<bool()>& holds) {
        const auto until = std::chrono::steady_clock::now() + 30s;
        while (holds() && std::chrono::steady_clock::now() < until) letMessagesPass();
        EXPECT_FALSE(holds());
    }

    static void letMessagesPass() {
        std::promise<void> passed;
        juce::Timer::callAfterDelay(50, [&] { passed.set_value(); });
        passed.get_future().get();
    }

    std::unique_ptr<LoopShareProcessor> processor_;
    std::unique_ptr<Editor> editor_;
};

int coloursOf(const juce::Image& image) {
    std::set<juce::uint32> colours;
    for (int y = 0; y < image.getHeight(); y += 2) {
        for (int x = 0; x < image.getWidth(); x += 2) colours.insert(image.getPixelAt(x, y).getARGB());
    }
    return static_cast<int>(colours.size());
}

bool isSame(const juce::Image& a, const juce::Image& b) {
    if (a.getBounds() != b.getBounds()) return false;
    for (int y = 0; y < a.getHeight(); ++y) {
        for (int x = 0; x < a.getWidth(); ++x) {
            if (a.getPixelAt(x, y) != b.getPixelAt(x, y)) return false;
        }
    }
    return true;
}

void save(const juce::Image& image, const juce::String& name) {
    const auto file = juce::File(SIDESPAN_SCREENSHOTS).getChildFile(name + ".png");
    file.getParentDirectory().createDirectory();
    file.deleteFile();
    juce::FileOutputStream stream(file);
    EXPECT_TRUE(juce::PNGImageFormat().writeImageToStream(image, stream)) << file.getFullPathName();
}

/// What the user chose, where the service is, and what happens then.
struct State {
    juce::String consent;
    std::string endpoint;
    std::function<void(Scene&)> happens;
};

/// Leaves pictures of the state at 1x and 2x; returns the one at 1x.
juce::Image takePictures(const juce::String& name, const State& state) {
    const LoopShareSettings chosen(state.consent, state.endpoint);
    juce::Image first;
    Stage::run([&] {
        Scene scene;
        state.happens(scene);
        const auto unfit = scene.unfit();
        EXPECT_TRUE(unfit.isEmpty()) << name << "\n" << unfit.joinIntoString("\n");
        for (const int scale : {1, 2}) {
            const auto image = scene.picture(static_cast<float>(scale));
            EXPECT_GE(coloursOf(image), fewestColours) << name << " is blank";
            save(image, name + "-" + juce::String(scale) + "x");
            if (scale == 1) first = image.createCopy();
        }
    });
    return first;
}

}

TEST(Window, HasRoomForWhateverMayGoWrong) {
    Stage::run([] {
        Stage::onMessageThread([] {
            const LookAndFeel look;
            MessageBar bar;
            for (int code = 0; code <= static_cast<int>(sidespan::ErrorCode::badAnswer); ++code) {
                const sidespan::Error error{static_cast<sidespan::ErrorCode>(code),
                                            "there is nothing to share yet: nothing has been played"};
                for (const auto* const trace : {"", "a46416c5-212b-4edc-8ff5-a6c2410dda04"}) {
                    bar.show(inPlainWords(Failure(error)), trace);
                    for (const int width : {736, 836, 1576}) {
                        bar.setSize(width, bar.wantedHeight(width));
                        const auto unfit = unfitIn(bar);
                        EXPECT_TRUE(unfit.isEmpty()) << width << ": " << unfit.joinIntoString("\n");
                        EXPECT_LE(bar.getHeight(), 100);
                    }
                }
            }
        });
    });
}

TEST(Screenshots, OfEachStateAreThereSharpAndDifferent) {
    FaultServer good;
    FaultServer bad;
    bad.otherwise(sidespan::test::faults::answer(403, R"({"error": "not allowed"})"));
    FaultServer gone;
    gone.refuse();
    FaultServer talkative;  // as many words as are quoted of a server
    talkative.otherwise(
        sidespan::test::faults::answer(503,
                                       "the database of this service is being moved to another "
                                       "machine, which takes until tomorrow morning at six, and until then "
                                       "nothing can be stored; we are sorry for "
                                       "what this breaks, and thank you for your patience"));
    const auto share = [](Scene& scene) {
        scene.share();
        scene.deliver();
    };
    const auto settings = [](Scene& scene) { scene.showSettings(); };
    const auto smallest = [](Scene& scene) {
        scene.share();
        scene.shrink();
    };
    const auto talk = [](Scene& scene) {
        scene.share();
        scene.deliver();
        scene.shrink();
    };
    FaultServer popular;
    popular.then(sidespan::test::faults::answer(
        200,
        R"({"loops": [{"id": "1", "name": "Drums", "bytes": 812000, "uploadedAt": "2026-11-23T18:40:00Z"},
            {"id": "2", "name": "Everything that I played in the evening of the day before yesterday, and a bit more of it",
             "bytes": 1634000, "uploadedAt": "2026-11-22T21:05:00Z"},
            {"id": "3", "name": "Bass, take 7", "bytes": 420000, "uploadedAt": "2026-11-21T09:12:00Z"}]})"));
    const auto everything = [](Scene& scene) {
        scene.loadFeed();
        scene.share();
        scene.rest();
        scene.deliver();
    };
    FaultServer locked;
    locked.otherwise(sidespan::test::faults::answer(401));
    const auto signIn = [](Scene& scene) {
        scene.showSettings();
        scene.signIn();
        scene.shrink();
    };
    FaultServer silent;
    silent.otherwise(sidespan::test::faults::silent());
    const auto beginSharing = [](Scene& scene) { scene.beginSharing(); };
    const auto preview = [](Scene& scene) {
        scene.share();
        scene.press("Show what would be sent");
        scene.shrink();
    };
    const auto nothing = [](Scene&) {};
    const std::map<juce::String, State> states{{"unknown", {"unknown", good.url(), nothing}},
                                               {"granted", {"granted", good.url(), share}},
                                               {"denied", {"denied", good.url(), nothing}},
                                               {"settings", {"granted", good.url(), settings}},
                                               {"smallest", {"unknown", bad.url(), smallest}},
                                               {"error", {"granted", bad.url(), share}},
                                               {"offline", {"granted", gone.url(), share}},
                                               {"everything", {"granted", popular.url(), everything}},
                                               {"signin", {"granted", locked.url(), signIn}},
                                               {"sharing", {"denied", silent.url(), beginSharing}},
                                               {"preview", {"unknown", bad.url(), preview}},
                                               {"talkative", {"granted", talkative.url(), talk}}};
    std::map<juce::String, juce::Image> pictures;
    for (const auto& [name, state] : states) pictures[name] = takePictures(name, state);
    for (auto a = pictures.begin(); a != pictures.end(); ++a) {
        for (auto b = std::next(a); b != pictures.end(); ++b) {
            EXPECT_FALSE(isSame(a->second, b->second)) << a->first << " looks like " << b->first;
        }
    }
}

}
