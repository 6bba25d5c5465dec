#!/bin/bash
printf "%s|" "$0x" "$#" "$@" | sed "s/^[^|]*|//" >/srv/script-args
