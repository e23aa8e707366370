#!/bin/sh
# Brings the example fleet up in the foreground, sixty times as fast as the wall: an hour a minute.
#   FOR=45s   ends by itself after that long, with a summary
#   SPEED=1   at the wall's pace (needs a state folder of its own: rm -r examples/social-bot/state)
here=$(cd "$(dirname "$0")" && pwd) || exit 1
exec "$here/../../build/release/bin/takt" up -f "$here/fleet.toml" --speed "${SPEED:-60}" \
  ${FOR:+--for "$FOR"}
