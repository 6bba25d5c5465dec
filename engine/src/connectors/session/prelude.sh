# Sent once into every session's sh. POSIX sh only: dash, busybox ash, bash, mksh. Every name starts with infra_, because
# scripts run in subshells of this sh and see them. Paths come prepared: none starts with a dash.
case $PATH in
*/sbin*) ;;
*) PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; export PATH ;;
esac
infra_stop=
infra_failed=' '
infra_umask=$(umask)
infra_dd=
infra_me=
# The last step that wrote a file for those behind it.
infra_ahead=
# The operation that is running, and the one behind which no other begins: whoever wants the run to end sends a signal.
infra_group=
infra_halt=
trap 'infra_halt=${infra_group:-none}' USR1
# The watcher decides what ends with the connection; what a step starts has this signal as it was.
trap : HUP

# infra_say NONCE STEP WORD: the marker behind a step, on both streams; each is one write, so nothing gets in between.
infra_say() {
  printf '\001%s %s %s\n' "$1" "$2" "$3"
  printf '\001%s %s %s\n' "$1" "$2" "$3" >&2
}

# infra_hello NONCE: the marker behind these functions; with it the process that takes signals.
infra_hello() {
  infra_say "$1" 0 "ready $$"
}

# infra_go GROUP ALWAYS: whether the step runs. Forgets where programs were: packages come and go between steps.
infra_go() {
  hash -r
  [ "$2" = 0 ] || return 0
  [ -z "$infra_stop" ] || return 1
  [ -z "$infra_halt" ] || [ "$infra_halt" = "$1" ] || return 1
  case $infra_failed in
  *" $1 "*) return 1 ;;
  esac
  infra_group=$1
}

# infra_end NONCE STEP GROUP ON_FAILURE SUCCESS_CODES: to be called right behind the step, whose code is $?.
infra_end() {
  infra_code=$?
  infra_say "$1" "$2" "$infra_code"
  case $5 in
  *" $infra_code "*) ;;
  *) infra_fail "$3" "$4" ;;
  esac
}

infra_fail() {
  case $2 in
  stop) infra_stop=1 ;;
  group) infra_failed="$infra_failed$1 " ;;
  esac
}

# Base64 lines on stdin to bytes on stdout, by the first program that is there.
infra_decode() {
  if command -v base64 >/dev/null 2>&1; then base64 -d
  elif command -v openssl >/dev/null 2>&1; then openssl base64 -d
  elif command -v perl >/dev/null 2>&1; then perl -MMIME::Base64 -ne 'print decode_base64($_)'
  elif command -v python3 >/dev/null 2>&1; then
    python3 -c 'import base64, sys; sys.stdout.buffer.write(base64.b64decode(sys.stdin.buffer.read()))'
  elif command -v b64decode >/dev/null 2>&1; then b64decode -r
  elif command -v busybox >/dev/null 2>&1; then busybox base64 -d
  else
    echo 'cannot decode base64: the host has none of base64, openssl, perl, python3, b64decode, busybox' >&2
    return 127
  fi
}

# infra_ready OWNER: called before files are written, outside of subshells, so that it looks only once: whether dd knows
# fsync (asked of a file that is everywhere and is only read), and, where an owner is given, as whom this runs.
infra_ready() {
  [ -n "$infra_dd" ] || {
    infra_dd=no
    dd status=none conv=fsync </dev/null 1</etc/passwd 2>/dev/null && infra_dd=fsync
  }
  [ -n "$infra_me" ] || [ -z "$1" ] || {
    infra_me=$(id)
    infra_me=${infra_me#*\(}
    infra_code=${infra_me#*\(}
    infra_me=${infra_me%%\)*}:${infra_code%%\)*}
  }
}

# The ways content arrives: as it is, in base64, as exactly so many bytes, or with a line behind those that says they were
# all. The `head` of busybox takes more from a pipe than it gives, so that line is read with them and cut off the file.
infra_raw() {
  [ "$infra_dd" = fsync ] || { cat; return; }
  dd bs=65536 status=none conv=fsync && return 0
  echo "cannot write $infra_path" >&2
  return 1
}
infra_exactly() {
  head -c "$infra_length"
}
infra_whole() {
  head -c "$((infra_length + ${#infra_trailer} + 1))"
}
infra_cut() {
  [ "$(tail -c "$((${#infra_trailer} + 1))" "$infra_temp")" = "$infra_trailer" ] || {
    echo 'the upload broke off' >&2
    return 1
  }
  dd if=/dev/null of="$infra_temp" bs=1 seek="$infra_length" 2>/dev/null
}

# Puts the old file's owner, mode, ACL, SELinux context and extended attributes on the new one. Where a mode is given the
# old one is not taken over even for a moment: it may let others read what the new one is to hide.
infra_dress() {
  infra_keep=timestamps
  [ -z "$infra_mode" ] || infra_keep=mode,timestamps
  cp --attributes-only --preserve=all --no-preserve="$infra_keep" "$infra_path" "$infra_temp" 2>/dev/null && return 0
  infra_seen=$(stat -c '%u:%g %a' "$infra_path" 2>/dev/null || stat -f '%u:%g %Lp' "$infra_path" 2>/dev/null) || {
    echo "cannot tell owner and mode of $infra_path: the host has neither GNU cp nor stat" >&2
    return 1
  }
  chown "${infra_seen% *}" "$infra_temp" || return 1
  [ -n "$infra_mode" ] || chmod "${infra_seen#* }" "$infra_temp"
}

# infra_fill FILTER EXPOSED: stdin through the filter becomes the temporary file, which others may read at once only if so
# said. Its content reaches the disk before the name does, else a crash can leave an empty file under the name. dd, because
# `sync FILE` means "everything, however long it takes" where it is old or from busybox; one that knows no fsync leaves it to
# the kernel.
infra_fill() {
  [ -n "$2" ] || umask 077
  set -C
  exec 3>"$infra_temp" || return 1
  set +C
  umask "$infra_umask"
  "$1" >&3 || return 1
  exec 3>&-
  [ "$1" != infra_whole ] || infra_cut || return 1
  [ "$infra_dd $1" != 'fsync infra_raw' ] || return 0
  dd if=/dev/null of="$infra_temp" conv=notrunc,fsync 2>/dev/null || [ "$infra_dd" != fsync ] || {
    echo "cannot write $infra_path: its content does not reach the disk" >&2
    return 1
  }
}

# infra_own OWNER: gives the temporary file to it, if it does not have it yet.
infra_own() {
  case $1 in
  "$infra_me" | "${infra_me%:*}" | ":${infra_me#*:}") [ -O "$infra_temp" ] && [ -G "$infra_temp" ] && return 0 ;;
  esac
  chown "$1" "$infra_temp"
}

# A file that is a mount point itself (/etc/hosts in a container) cannot be replaced, only written over.
infra_rename() {
  mv -f "$infra_temp" "$infra_path" 2>/dev/null </dev/null && return 0
  if grep -qF " $infra_path " /proc/self/mountinfo 2>/dev/null; then
    cat "$infra_temp" >"$infra_path" && rm -f "$infra_temp"
    return
  fi
  mv -f "$infra_temp" "$infra_path" </dev/null
}

# infra_put TEMP_NAME PATH FILTER MODE OWNER BACKUP VALIDATE ATIME MTIME: stdin becomes the file, all of it or nothing of
# it. To be called in a subshell of its own, whose end removes the temporary file, also when that end is a signal.
infra_put() {
  infra_path=$2 infra_mode=$4
  if [ -L "$infra_path" ]; then
    infra_path=$(readlink -f "$infra_path" && echo /) || { echo "cannot follow the link $2" >&2; return 1; }
    infra_path=${infra_path%??}
  fi
  [ ! -d "$infra_path" ] || { echo "cannot write $2: it is a directory" >&2; return 1; }
  [ ! -e "$infra_path" ] || [ -f "$infra_path" ] || { echo "cannot write $2: it is not a regular file" >&2; return 1; }
  case $infra_path in
  */*) infra_temp=${infra_path%/*}/$1 ;;
  *) infra_temp=./$1 ;;
  esac
  [ -d "${infra_temp%/*}/" ] || { echo "cannot write $2: its directory does not exist" >&2; return 1; }
  # Some shells know nothing of ACLs, so their "no" is tried.
  [ -w "${infra_temp%/*}/" ] || infra_said=$( (set -C && : >"$infra_temp" && rm -f "$infra_temp") 2>&1) || {
    echo "cannot write $2: its directory cannot be written to: ${infra_said##*: }" >&2
    return 1
  }
  # A shell reports a child that a signal ended; with nobody left to read that, it must not be ended itself by then.
  trap '' PIPE
  trap 'rm -f "$infra_temp"' EXIT
  trap 'exit 143' HUP INT TERM
  if [ -f "$infra_path" ]; then
    infra_fill "$3" '' && infra_dress || return 1
  elif [ -n "$infra_mode" ]; then
    infra_fill "$3" '' || return 1
  elif [ -n "$5" ]; then
    infra_fill "$3" '' && chmod =rw "$infra_temp" || return 1
  else
    infra_fill "$3" exposed || return 1
  fi
  [ -z "$5" ] || infra_own "$5" || return 1
  [ -z "$infra_mode" ] || chmod "$infra_mode" "$infra_temp" || return 1
  [ -z "$8" ] || TZ=UTC0 touch -a -t "$8" "$infra_temp" || return 1
  [ -z "$9" ] || TZ=UTC0 touch -m -t "$9" "$infra_temp" || return 1
  [ -z "$7" ] || (eval "$7") </dev/null || return
  if [ -n "$6" ] && [ -f "$infra_path" ]; then
    cp -p "$infra_path" "$6" || return 1
  fi
  infra_rename || return
  trap - EXIT
}
