# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the scripts need installed, and how to install what is missing. Sourced by them.

# One row a need: for what, how to see that it is there, and the package for apt, dnf, pacman, brew
# ("-": comes with another one). Checks: program:NAME, library:NAME (of pkg-config), python:MODULE,
# compiler: and sanitizer: (the C compiler can build, with sanitizers), fuzzer: (clang has
# libFuzzer); with linux: in front, only Linux has a use for it.
needs='
build compiler:           gcc+libc6-dev    gcc+glibc-devel    gcc              -
build program:cmake       cmake            cmake              cmake            cmake
build program:ninja       ninja-build      ninja-build        ninja            ninja
build program:pkg-config  pkg-config       pkgconf-pkg-config pkgconf          pkgconf
build library:libpcap     libpcap-dev      libpcap-devel      libpcap          libpcap
build library:libcrypto   libssl-dev       openssl-devel      openssl          openssl@3
build library:zlib        zlib1g-dev       zlib-devel         zlib             zlib
build library:libzstd     libzstd-dev      libzstd-devel      zstd             zstd
build library:libnghttp2  libnghttp2-dev   libnghttp2-devel   libnghttp2       libnghttp2
build library:jansson     libjansson-dev   jansson-devel      jansson          jansson
build library:ncursesw    libncurses-dev   ncurses-devel      ncurses          ncurses
build library:inih        libinih-dev      inih-devel         libinih          inih
build linux:library:libseccomp libseccomp-dev libseccomp-devel libseccomp      -
test  sanitizer:          -                libasan+libubsan+libtsan -          -
test  library:cmocka      libcmocka-dev    libcmocka-devel    cmocka           cmocka
test  program:python3     python3          python3            python           python
test  python:jsonschema   python3-jsonschema python3-jsonschema python-jsonschema -
test  linux:program:ip    iproute2         iproute            iproute2         -
test  linux:program:turnserver coturn      coturn             coturn           -
test  linux:program:tcpreplay tcpreplay    tcpreplay          tcpreplay        -
test  program:tshark      tshark           wireshark-cli      wireshark-cli    wireshark
test  program:tmux      tmux             tmux               tmux             tmux
fuzz  fuzzer:             clang+libclang-rt-dev clang+compiler-rt clang+compiler-rt llvm
lint  program:clang       clang            clang              clang            llvm
lint  program:clang-format clang-format    clang-tools-extra  clang            llvm
lint  program:clang-tidy  clang-tidy       clang-tools-extra  clang            llvm
lint  program:cppcheck    cppcheck         cppcheck           cppcheck         cppcheck
lint  program:shellcheck  shellcheck       ShellCheck         shellcheck       shellcheck
lint  program:readelf     binutils         binutils           binutils         -
'

say() {
    echo "turnscope: $*" >&2
}

# Exit status 1 is a diagnosis of turnscope's own; 2 says that it could not work at all.
give_up() {
    say "$*"
    exit 2
}

is_there() {
    case $1 in
    compiler:) echo '#include <stdio.h>' | cc -fsyntax-only -x c - ;;
    sanitizer:) echo 'int main(void) { return 0; }' |
        cc -fsanitize=address,undefined -x c - -o /dev/null &&
        echo 'int main(void) { return 0; }' | cc -fsanitize=thread -x c - -o /dev/null ;;
    fuzzer:) echo '#include <stdint.h>
#include <stddef.h>
int LLVMFuzzerTestOneInput(const uint8_t *d, size_t n) { return d == NULL || n > 0 ? 0 : 0; }' |
        clang -fsanitize=fuzzer,address -x c - -o /dev/null ;;
    program:*) command -v "${1#*:}" ;;
    library:*) pkg-config --exists "${1#*:}" ;;
    linux:*) [ "$(uname -s)" != Linux ] || is_there "${1#*:}" ;;
    python:*) python3 -c "import ${1#*:}" ;;
    esac >/dev/null 2>&1
}

# Homebrew keeps libraries that macOS has in another version out of the default paths.
find_homebrew_libraries() {
    local library prefix
    command -v brew >/dev/null 2>&1 || return 0
    for library in openssl@3 ncurses zlib libpcap; do
        prefix=$(brew --prefix "$library" 2>/dev/null) || continue
        export PKG_CONFIG_PATH="$prefix/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}"
    done
    OPENSSL_ROOT_DIR=$(brew --prefix openssl@3 2>/dev/null) && export OPENSSL_ROOT_DIR
    return 0
}

package_manager() {
    local manager
    for manager in apt-get dnf pacman brew; do
        if command -v "$manager" >/dev/null 2>&1; then
            echo "$manager"
            return
        fi
    done
}

# missing_packages MANAGER PURPOSE... prints the packages that bring what is not there.
missing_packages() {
    local manager=$1 purpose check apt dnf pacman brew package
    shift
    while read -r purpose check apt dnf pacman brew; do
        [[ " $* " == *" $purpose "* ]] || continue
        is_there "$check" && continue
        case $manager in
        apt-get) package=$apt ;;
        dnf) package=$dnf ;;
        pacman) package=$pacman ;;
        brew) package=$brew ;;
        *) package=${check##*:} ;;
        esac
        [ "$package" = - ] || echo "${package//+/ }"
    done < <(grep . <<<"$needs")
}

# Runs the package manager as root; Homebrew refuses to be.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo "$@"
    else
        return 1
    fi
}

install_packages() {
    local manager=$1
    shift
    case $manager in
    apt-get)
        local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -y -q
            --no-install-recommends "$@")
        as_root "${install[@]}" || { as_root apt-get update -q && as_root "${install[@]}"; }
        ;;
    dnf) as_root dnf install -y -q "$@" ;;
    pacman) as_root pacman -S --needed --noconfirm "$@" ;;
    brew) brew install -q "$@" ;;
    esac
}

# quietly COMMAND...: its output is shown only when it fails, and on standard error.
quietly() {
    local log status=0
    log=$(mktemp)
    "$@" >"$log" 2>&1 || status=$?
    [ "$status" = 0 ] || cat "$log" >&2
    rm -f "$log"
    return "$status"
}

# need PURPOSE...: installs what is missing for building, testing or linting, and only that.
need() {
    local manager packages
    find_homebrew_libraries
    manager=$(package_manager)
    packages=$(missing_packages "$manager" "$@" | tr ' ' '\n' | sort -u | tr '\n' ' ')
    [ -n "${packages// /}" ] || return 0
    [ -n "$manager" ] || give_up "install these first, by the names of this system: $packages"
    say "installing $packages"
    # shellcheck disable=SC2086 # a list of package names
    quietly install_packages "$manager" $packages ||
        give_up "could not install the packages; as root: $manager install $packages"
    packages=$(missing_packages none "$@" | tr '\n' ' ')
    [ -z "${packages// /}" ] || give_up "still missing after the installation: $packages"
}

# build PRESET [ARGUMENTS]: configures it when that is new (the build system notices everything else by itself)
# and builds it.
build() {
    if command -v ccache >/dev/null 2>&1; then
        export CMAKE_C_COMPILER_LAUNCHER=${CMAKE_C_COMPILER_LAUNCHER-ccache}
    fi
    if [ ! "build/$1/configured" -nt CMakePresets.json ]; then
        say "building (preset $1)"
        quietly cmake --preset "$1" || return
        touch "build/$1/configured"
    fi
    quietly cmake --build "build/$1" "${@:2}"
}
