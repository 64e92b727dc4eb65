#include "loopshare_settings.h"

#include <cstdlib>

namespace loopshare::testing {

LoopShareSettings::LoopShareSettings(const juce::String& consent, const juce::String& endpoint,
                                     const juce::String& telemetry)
    : folder_(juce::File::createTempFile({})) {
    const auto file = folder_.getChildFile("settings.xml");
    juce::PropertiesFile::Options options;
    options.storageFormat = juce::PropertiesFile::storeAsXML;
    options.millisecondsBeforeSaving = -1;  // no timer: JUCE may not run yet
    juce::PropertiesFile settings(file, options);
    settings.setValue("consent", consent);
    settings.setValue("endpoint", endpoint);
    settings.setValue("telemetry", telemetry);
    settings.save();
    ::setenv("LOOPSHARE_SETTINGS", file.getFullPathName().toRawUTF8(), 1);
}

LoopShareSettings::~LoopShareSettings() {
    ::unsetenv("LOOPSHARE_SETTINGS");
    folder_.deleteRecursively();
}

}
