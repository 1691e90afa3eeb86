#!/usr/bin/env bash
# Says when a disk gets full, and answers /disk: swarmchat bot ops -- bash disk-alert.sh
# DISK_PATH (default /), DISK_LIMIT in percent (default 90), DISK_SECONDS between two looks (default 60). Needs jq.
set -u
path=${DISK_PATH:-/} limit=${DISK_LIMIT:-90} seconds=${DISK_SECONDS:-60}
alerted=no

say() { jq -cn --arg text "$1" '{type: "say", $text}'; }
used() { df -P "$path" | awk 'NR == 2 { sub("%", "", $5); print $5 }'; }

look() {
  local percent
  percent=$(used)
  if ((percent >= limit)); then
    [[ $alerted == yes ]] || say "$(hostname): $path is $percent% full"
    alerted=yes
  else
    alerted=no
  fi
}

echo '{"type": "commands", "commands": ["disk"]}'
while true; do
  # A read that took too long gives more than 128; the end of the input gives 1.
  read -r -t "$seconds" line
  status=$?
  if ((status > 128)); then look; continue; fi
  ((status == 0)) || exit 0
  case $(jq -r '.type + " " + (.text // "")' <<<"$line") in
    ready*) look ;;
    'message /disk') say "$(hostname): $path is $(used)% full" ;;
  esac
done
