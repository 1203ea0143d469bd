# Shared by what is called in this folder, which sources it: brings a bare Debian 12 to where it can start.
# POSIX sh; a set-up that is already there is recognised in a few milliseconds.

VENV=${CATI_VENV:-.venv}
LOCK=installer/requirements.lock

# Qt's own libraries come from PyPI; these are the ones it takes from the system, and the sound's; fontconfig's
# commands keep the list of fonts, which takes seconds to make, and show it; pactl tells when a microphone that goes
# away is replaced.
RUN_PACKAGES="fontconfig fonts-noto-cjk libdbus-1-3 libegl1 libfontconfig1 libgl1 libglib2.0-0 libportaudio2
  libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0
  libxkbcommon-x11-0 pulseaudio-utils"
# Not python3-venv in a bundle: it fits one release of Python alone, and would ask for the other parts of Python on a
# computer to be of that release too, of which the bundle has not all.
BUNDLED_PYTHON="python3 python3-pip-whl"
# PyAudio comes as source for Linux.
BUILD_PACKAGES="gcc libc6-dev portaudio19-dev"
TEST_PACKAGES="espeak-ng libasound2-plugins openssh-server postgresql pulseaudio sox xdotool xvfb"
# What opens the papers and tables that the program writes, to see that they can be opened.
OFFICE_PACKAGES="libreoffice-calc libreoffice-writer poppler-utils pspp"

# What is different where there is no network: where apt finds packages, and a pip that is not the environment's.
APT_OPTIONS=
VENV_OPTIONS=
PIP="-m pip"

say() { printf 'cati: %s\n' "$*" >&2; }

give_up() {
  say "$*"
  exit 1
}

# missing_packages NAME... prints those that are not installed, also not under a newer name that provides them.
missing_packages() {
  have=$(dpkg-query -W -f '${db:Status-Status} ${Package}, ${Provides}\n' |
    sed -n 's/^installed //p' | tr -d ' ' | tr ',' '\n' | sed 's/(.*//')
  have=" $(echo "$have" | tr '\n' ' ') "
  for package in "$@"; do
    case $have in *" $package "*) ;; *) printf '%s ' "$package" ;; esac
  done
}

# install_packages NAME... installs what is missing of Debian's packages, as root or by sudo.
install_packages() {
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    say "this is not Debian, so its packages are not installed for you; have in place what matches: $*"
    return 0
  fi
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  as_root=
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || give_up "an administrator has to install these packages first: $missing"
    as_root=sudo
  fi
  log=$(mktemp "${TMPDIR:-/tmp}/cati-apt.XXXXXX")
  say "installing Debian packages (some minutes): $missing"
  # Tests start a PostgreSQL of their own; Debian's would otherwise set up one that runs from now on.
  clusters=/etc/postgresql-common/createcluster.d/cati.conf
  case $missing in
    *postgresql*) $as_root sh -c "mkdir -p ${clusters%/*} && echo 'create_main_cluster = false' >$clusters" ;;
  esac
  # So they do their own server of ssh; Debian's would otherwise let people into this computer from now on.
  quiet=/etc/systemd/system/ssh.service
  case $missing in
    *openssh-server*) if [ -d "${quiet%/*}" ] && [ ! -e "$quiet" ]; then $as_root ln -s /dev/null "$quiet"; fi ;;
  esac
  failed=
  # shellcheck disable=SC2086
  $as_root apt-get $APT_OPTIONS update -q </dev/null >"$log" 2>&1 || failed=1
  # shellcheck disable=SC2086
  $as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get $APT_OPTIONS install -y -q --no-install-recommends $missing </dev/null >>"$log" 2>&1 || failed=install
  $as_root rm -f "$clusters"
  if [ "$failed" = install ]; then
    tail -n 15 "$log" >&2
    give_up "the packages could not be installed; the whole log is in $log. Mend what it says, then call again."
  fi
  rm -f "$log"
}

# choose_python sets PYTHON: the one asked for, else that of an environment that is there, else the usual one.
choose_python() {
  if [ -z "${PYTHON:-}" ] && [ -x "$VENV/bin/python" ]; then PYTHON=$(readlink -f "$VENV/bin/python"); fi
  PYTHON=${PYTHON:-python3}
  found=$(command -v "$PYTHON" || :)
  case $found in
    "" | /usr/bin/*) PYTHON_PACKAGES="python3 python3-venv" BUILD_PACKAGES="$BUILD_PACKAGES python3-dev" ;;
    *) PYTHON_PACKAGES= ;; # somebody's own build brings its headers along
  esac
}

# The fingerprint of all that the environment depends on; its place too, as scripts in it name their interpreter.
fingerprint() {
  { "$PYTHON" -V && pwd && cat "$LOCK" pyproject.toml installer/setup.sh; } | sha256sum
}

make_environment() {
  command -v "$PYTHON" >/dev/null || give_up "there is no $PYTHON. Install Python 3.11 or newer, then call again."
  "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    give_up "$("$PYTHON" -V) is too old: set PYTHON to a Python of version 3.11 or newer, then call again."
  wanted=$(fingerprint)
  [ "$(cat "$VENV/cati-fingerprint" 2>/dev/null || :)" != "$wanted" ] || return 0
  say "installing Python packages into $VENV (some minutes)"
  rm -f "$VENV/cati-fingerprint"
  # An environment of another interpreter is made anew; of the same one it is brought up to date.
  clear=--clear
  home=$("$PYTHON" -c 'import os, sys; print(os.path.dirname(sys._base_executable))')
  if grep -qx "home = $home" "$VENV/pyvenv.cfg" 2>/dev/null; then clear=; fi
  # shellcheck disable=SC2086
  "$PYTHON" -m venv $clear $VENV_OPTIONS "$VENV" || give_up "the environment $VENV could not be made. Remove that folder, then call again."
  if ! { install_locked && pip install --no-build-isolation --no-deps -e .; }; then
    give_up "Python packages could not be installed: see above. What is there was kept; call again to go on."
  fi
  echo "$wanted" >"$VENV/cati-fingerprint"
}

# install_locked installs what the lock names. Build tools first, by the same hashes, so that building PyAudio
# downloads nothing unchecked.
install_locked() {
  tools=$VENV/cati-tools.txt
  awk '/^[^ ]/ { on = /^setuptools==/ } on' "$LOCK" >"$tools"
  pip install --require-hashes -r "$tools" && pip install --require-hashes --no-build-isolation -r "$LOCK"
}

# shellcheck disable=SC2086
pip() { "$VENV/bin/python" $PIP -q --disable-pip-version-check --no-input "$@" </dev/null >&2; }

# Translations are read in their compiled form, which is not in the repository.
compile_translations() {
  for source in resources/locale/*/LC_MESSAGES/cati.po; do
    compiled=${source%.po}.mo
    [ -f "$source" ] || continue
    [ -z "$(find "$source" -newer "$compiled" 2>/dev/null || echo missing)" ] ||
      "$VENV/bin/pybabel" -q compile -i "$source" -o "$compiled" >&2 || give_up "$source could not be compiled."
  done
}

# set_up run|test|soak|bundle makes everything ready for the one or the other.
set_up() {
  choose_python
  case $1 in
    run) more=$(has_display || echo xvfb) ;;
    test) more=$TEST_PACKAGES ;;
    soak) more="$TEST_PACKAGES debootstrap sip-tester $OFFICE_PACKAGES" ;;
    bundle) more= ;;
  esac
  # shellcheck disable=SC2086
  install_packages $PYTHON_PACKAGES $RUN_PACKAGES $BUILD_PACKAGES $more
  make_environment
  compile_translations
}

has_display() { [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}${QT_QPA_PLATFORM:-}" ]; }
