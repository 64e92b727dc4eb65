#pragma once

#include <memory>

#include <juce_audio_formats/juce_audio_formats.h>
#if JUCE_MODULE_AVAILABLE_juce_graphics
#include <juce_graphics/juce_graphics.h>
#endif

// Declared in no header of JUCE's.
#if JUCE_MAJOR_VERSION >= 8
namespace juce::detail {
bool dispatchNextMessageOnSystemQueue(bool returnIfNoPendingMessages);
}
#else
namespace juce {
bool dispatchNextMessageOnSystemQueue(bool returnIfNoPendingMessages);
}
#endif

/// Where JUCE 7, 8 and 9 differ, for the plugin, its tests and their host.
namespace loopshare {

/// Handles the next message of the window system, on the message thread; false where there is none.
inline bool dispatchNextMessage() {
#if JUCE_MAJOR_VERSION >= 8
    return juce::detail::dispatchNextMessageOnSystemQueue(true);
#else
    return juce::dispatchNextMessageOnSystemQueue(true);
#endif
}

/// Adds the formats of plugins that JUCE can host to a juce::AudioPluginFormatManager.
template <class Manager>
void addHostedFormats(Manager& manager) {
    if constexpr (requires { manager.addDefaultFormats(); }) {
        manager.addDefaultFormats();
    } else {
        addDefaultFormatsToManager(manager);
    }
}

/// A new editor of a juce::AudioProcessor that has none open, for the caller to delete.
template <class Processor>
[[nodiscard]] auto* openEditor(Processor& processor) {
    if constexpr (requires { processor.createEditorAndMakeActive(); }) {
        return processor.createEditorAndMakeActive();
    } else {
        return processor.createEditorIfNeeded();
    }
}

/// Of the sound that a writer is given.
struct WriterOptions {
    double sampleRate = 0;
    unsigned channels = 0;
    int bits = 0;
    int quality = 0;  ///< of a format that knows several
};

/// A writer of encoded sound into `out`; null when the format has no such sound.
[[nodiscard]] inline std::unique_ptr<juce::AudioFormatWriter> makeWriter(juce::AudioFormat& format,
                                                                         juce::MemoryBlock& out,
                                                                         const WriterOptions& options) {
    std::unique_ptr<juce::OutputStream> stream = std::make_unique<juce::MemoryOutputStream>(out, false);
#if __has_include(<juce_audio_formats/format/juce_AudioFormatWriterOptions.h>)  // not in every JUCE 8
    return format.createWriterFor(stream, juce::AudioFormatWriterOptions()
                                              .withSampleRate(options.sampleRate)
                                              .withNumChannels(static_cast<int>(options.channels))
                                              .withBitsPerSample(options.bits)
                                              .withQualityOptionIndex(options.quality));
#else
    std::unique_ptr<juce::AudioFormatWriter> writer(format.createWriterFor(
        stream.get(), options.sampleRate, options.channels, options.bits, {}, options.quality));
    if (writer) static_cast<void>(stream.release());  // it is the writer's now
    return writer;
#endif
}

#if JUCE_MODULE_AVAILABLE_juce_graphics

[[nodiscard]] inline juce::Font sansFont(float height, bool isBold = false) {
#if JUCE_MAJOR_VERSION >= 8
    juce::Font font{juce::FontOptions(height)};
#else
    juce::Font font(height);
#endif
    return isBold ? font.boldened() : font;
}

/// How wide a line of text is.
[[nodiscard]] inline float widthOf(const juce::String& text, const juce::Font& font) {
#if JUCE_MAJOR_VERSION >= 8
    return juce::GlyphArrangement::getStringWidth(font, text);
#else
    return font.getStringWidthFloat(text);
#endif
}

[[nodiscard]] inline juce::Font monospacedFont(float height) {
    const auto name = juce::Font::getDefaultMonospacedFontName();
#if JUCE_MAJOR_VERSION >= 8
    return juce::Font{juce::FontOptions(name, height, juce::Font::plain)};
#else
    return {name, height, juce::Font::plain};
#endif
}

#endif

}
