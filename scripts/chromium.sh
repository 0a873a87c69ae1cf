#!/usr/bin/env sh
# Browser tests drive Chromium. Install it where that needs nobody's permission; say how otherwise.
if command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; then
    exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Chromium for the browser tests ..."
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null && exit 0
fi
echo "The browser tests need Chromium and are left out: install the package chromium" \
    "(Debian: apt-get install chromium), then run make test again." >&2
