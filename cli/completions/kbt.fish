# fish completion for kbt. What fits is asked of `kbt __complete`, so it never falls behind the commands.

function __kbt_complete
	set -l words (commandline -opc)
	set -l now (commandline -ct)
	set -l before ''
	if string match -qr '^--[a-z-]+=' -- $now # --by=host
		set before (string replace -r '=.*' '=' -- $now)
		set words $words (string replace -r '=.*' '' -- $now)
		set now (string replace -r '^[^=]*=' '' -- $now)
	end
	for line in ($words[1] __complete $words[2..-1] $now 2>/dev/null)
		if test $line = :files
			__fish_complete_path $now | string replace -r '^' -- $before
		else
			echo $before$line
		end
	end
end

complete -c kbt -f -a '(__kbt_complete)'
