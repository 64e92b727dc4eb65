#include "plain_words.h"

namespace loopshare {

using sidespan::ErrorCode;

namespace {

constexpr auto nonsense =
    "What answers at the service address is not the Loop Share service, or one of another version. "
    "Check the address in the settings.";

// As an error has it: "the disk is full".
juce::String asSentence(const std::string& message) {
    const auto text = juce::String::fromUTF8(message.c_str());
    return text.substring(0, 1).toUpperCase() + text.substring(1) + (text.endsWithChar('.') ? "" : ".");
}

}

juce::String inPlainWords(const Failure& failure) {
    if (failure.isNonsense) return nonsense;
    switch (failure.code) {
        case ErrorCode::network:
            return "The Loop Share service cannot be reached. Check your internet connection, then try "
                   "again.";
        case ErrorCode::timeout:
            return "The Loop Share service took too long to answer. Try again in a moment.";
        case ErrorCode::unauthorized:
            if (failure.asked == Asked::toSignIn) return "The name or the password is not right.";
            return "You are not signed in, or your session has ended. Sign in, then try again.";
        case ErrorCode::unavailable:
            return "The Loop Share service is busy. Try again in a few minutes.";
        case ErrorCode::tooLarge:
            if (failure.asked == Asked::toPlay) return "This loop is too large to be played.";
            return "This loop is too large for the service. Choose a shorter loop length.";
        case ErrorCode::rejected:
            if (failure.asked == Asked::toPlay)
                return "The service does not have this loop any more. Refresh the list.";
            [[fallthrough]];
        case ErrorCode::disabled:
            return "The Loop Share service did not accept this. An update of Loop Share may help.";
        case ErrorCode::badAnswer:
            return nonsense;
        case ErrorCode::cancelled:
            return "Cancelled.";
        case ErrorCode::invalidConfig:
            return "The service address in the settings is not a valid URL. It looks like "
                   "https://loops.example.com.";
        case ErrorCode::resource:
            return "Your computer is short of memory. Close something, then try again.";
        case ErrorCode::io:
        case ErrorCode::noConsent:
            break;
    }
    return asSentence(failure.message);
}

}
