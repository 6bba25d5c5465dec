# Completion of infra for bash.
_infra() {
    local line="${COMP_LINE:0:COMP_POINT}" words current prefix candidate files=
    read -ra words <<< "$line"
    [[ $line == *[[:space:]] ]] && words+=("")
    current="${words[-1]}"
    # What bash takes for the word begins behind the last of these.
    prefix="${current%"${current##*[=:@]}"}"
    COMPREPLY=()
    while IFS=$'\t' read -r candidate _; do
        if [[ $candidate == :files ]]; then files=1; continue; fi
        [[ $candidate == *[=/] ]] && compopt -o nospace
        COMPREPLY+=("${candidate#"$prefix"}")
    done < <("${words[0]}" complete-words "${words[@]:1}" 2>/dev/null)
    if [[ $files ]]; then
        compopt -o filenames
        while IFS= read -r candidate; do COMPREPLY+=("$candidate"); done < <(compgen -f -- "${current#"$prefix"}")
    fi
}
complete -F _infra infra
