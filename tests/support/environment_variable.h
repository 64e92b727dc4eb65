#pragma once

#include <cstdlib>
#include <string>

namespace sidespan::test {

/// Where the environment names the user's home.
#if defined(_WIN32)
inline constexpr const char* homeVariable = "USERPROFILE";
#else
inline constexpr const char* homeVariable = "HOME";
#endif

/// Sets an environment variable.
inline void setVariable(const std::string& name, const std::string& value) {
#if defined(_WIN32)
    ::_putenv_s(name.c_str(), value.c_str());
#else
    ::setenv(name.c_str(), value.c_str(), 1);
#endif
}

inline void unsetVariable(const std::string& name) {
#if defined(_WIN32)
    ::_putenv_s(name.c_str(), "");
#else
    ::unsetenv(name.c_str());
#endif
}

}
