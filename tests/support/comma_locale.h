#pragma once

#include <clocale>
#include <cstdlib>
#include <fstream>
#include <string>

#include "temporary_directory.h"

namespace sidespan::test {

/// Numbers such as "2,5", for as long as this object is there.
class CommaLocale {
public:
    CommaLocale() {
        const std::string source = folder_ / "comma";
        std::ofstream(source)
            << "LC_NUMERIC\ndecimal_point \",\"\nthousands_sep \".\"\ngrouping 3;3\nEND LC_NUMERIC\n";
        // localedef warns about every category that is missing.
        const auto make =
            "localedef -c --quiet -i " + source + " -f ANSI_X3.4-1968 " + (folder_ / "xx_XX") + " 2>&1";
        static_cast<void>(std::system(make.c_str()) == 0);
        ::setenv("LOCPATH", folder_.path().c_str(), 1);
        isThere = std::setlocale(LC_NUMERIC, "xx_XX") != nullptr;
        ::unsetenv("LOCPATH");  // newlocale(), as OpenSSL calls it, leaks a copy
    }
    ~CommaLocale() { std::setlocale(LC_NUMERIC, "C"); }
    CommaLocale(const CommaLocale&) = delete;
    CommaLocale& operator=(const CommaLocale&) = delete;

    bool isThere = false;

private:
    TemporaryDirectory folder_;
};

}
