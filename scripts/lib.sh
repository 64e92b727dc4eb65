# Shared by the scripts in this folder; sourced, never run. Leaves the shell in the root of the checkout.

unset CDPATH
script=$(realpath "$0")
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Says on one line what happens next, with the minutes and seconds since the script began.
step() {
    printf '\n\033[1m[%d:%02d] %s\033[0m\n' $((SECONDS / 60)) $((SECONDS % 60)) "$*"
}

fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# Fills `as_root` with what makes a command run as root. become_root <what for>
become_root() {
    as_root=()
    [[ $(id -u) == 0 ]] && return
    command -v sudo > /dev/null || fail "$1 needs root; run this as root"
    as_root=(sudo)
}

# Prints the comment that opens the script: its usage.
usage() {
    sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$script"
}

# configure <preset> [<cmake arguments>...]
configure() {
    local preset=$1
    shift
    if command -v ccache > /dev/null; then
        export CMAKE_CXX_COMPILER_LAUNCHER=ccache
        export CCACHE_SLOPPINESS=pch_defines,time_macros  # without it, nothing with a precompiled header is kept
    fi
    step "Configuring build/$preset"
    cmake --preset "$preset" "$@"
}

# build_libraries <preset> <toolchain>: those that Debian has for its own compiler alone.
build_libraries() {
    local libraries=$PWD/build/$1-libraries
    step "Building $libraries"
    cmake -S cmake/toolchains/libraries -B "$libraries/build" -G Ninja --toolchain "$PWD/cmake/toolchains/$2.cmake" \
        -DCMAKE_INSTALL_PREFIX="$libraries" "-DSIDESPAN_${1^^}_LIBRARIES=$libraries" -DCMAKE_BUILD_TYPE=Release
    cmake --build "$libraries/build" --target install > "$libraries/build/install.log"
}
