# Completion of infra for fish.
function __infra_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in ($words[1] complete-words $words[2..] 2>/dev/null)
        if test "$line" = :files
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end
complete -c infra -f -a '(__infra_complete)'
