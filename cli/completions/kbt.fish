# fish completion for kbt. Commands and options are asked of `kbt --help`, so they never fall behind it.

function __kbt_commands
	kbt --help 2>/dev/null | sed -n '/^commands:/,/^$/s/^  \([a-z]\{1,\}\)  *\(.*\)/\1\t\2/p'
end

function __kbt_options
	set -l words (commandline -opc)
	test (count $words) -ge 2; or return
	kbt $words[2] --help 2>/dev/null | sed -n 's/^ \{2,6\}\(-[A-Za-z], *\)\{0,1\}\(--[a-z-]\{1,\}\)\( [A-Z]\{1,\}\)\{0,1\}  *\(.*\)/\2\t\4/p'
end

function __kbt_needs_command
	test (count (commandline -opc)) -eq 1
end

function __kbt_takes_files
	set -l words (commandline -opc)
	test (count $words) -ge 2; and contains -- $words[2] import scan lint replay verify
end

complete -c kbt -f
complete -c kbt -n __kbt_needs_command -a '(__kbt_commands)'
complete -c kbt -n 'not __kbt_needs_command; and string match -q -- "-*" (commandline -ct)' -a '(__kbt_options)'
complete -c kbt -n __kbt_takes_files -F
