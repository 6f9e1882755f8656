# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# fish completion of forkcheck: commands, options, and ids with what they assert.

function __forkcheck_ids
    # The program that stands on the command line, which need not be an installed one.
    set -l program (commandline -opc)[1]
    $program list 2>/dev/null | string replace -r '^(\S+)\s+(.*)' '$1\t$2'
end

function __forkcheck_statements
    set -l program (commandline -opc)[1]
    $program list --covers 2>/dev/null | cut -f 2 | string split -n ' ' | sort -u
end

complete -c forkcheck -f -a '(__forkcheck_ids)'
complete -c forkcheck -n '__fish_seen_subcommand_from explain' -a '(__forkcheck_statements)'
complete -c forkcheck -n __fish_use_subcommand -a run -d 'the selected tests; the default'
complete -c forkcheck -n __fish_use_subcommand -a list -d 'the tests'
complete -c forkcheck -n __fish_use_subcommand -a explain -d 'a test, a statement or a line of the kernel'
complete -c forkcheck -n __fish_use_subcommand -a env -d 'what this machine offers'
complete -c forkcheck -n __fish_use_subcommand -a debug -d 'one test alone'
complete -c forkcheck -n __fish_use_subcommand -a bench -d 'what creation costs'
complete -c forkcheck -n __fish_use_subcommand -a explore -d 'programs that nobody wrote'
complete -c forkcheck -s j -l jobs -x -d 'tests at once'
complete -c forkcheck -l repeat -x -d 'run everything so often'
complete -c forkcheck -l until-fail -d 'repeat until something is not as expected'
complete -c forkcheck -l shuffle -d 'in random order'
complete -c forkcheck -l seed -x -d 'of the random choices of tests'
complete -c forkcheck -l shard -x -d 'only one of several parts: I/N'
complete -c forkcheck -l times -r -F -d 'of earlier runs, for equal parts'
complete -c forkcheck -l save-times -r -F -d 'write how long each test took'
complete -c forkcheck -l timeout-scale -x -d 'multiply the time limits'
complete -c forkcheck -l assume-kernel -x -d 'take this for the release'
complete -c forkcheck -l kernel-config -r -F -d 'the configuration of the kernel'
complete -c forkcheck -l expect -r -F -d 'what is known to deviate: a file, a target, none'
complete -c forkcheck -l again -x -d 'what runs this program again'
complete -c forkcheck -l format -x -a 'ktap flat tap lava' -d 'of the report'
complete -c forkcheck -l output -r -F -d 'write the report there'
complete -c forkcheck -l color -x -a 'auto always never' -d colours
complete -c forkcheck -l kernel-log -d 'a warning of the kernel is a failure'
complete -c forkcheck -l announce -d 'say which test begins and ends'
complete -c forkcheck -l resume -r -F -d 'go on where the machine died that wrote this'
complete -c forkcheck -l no-pen -d 'no namespaces around the run'
complete -c forkcheck -l covers -d 'list: statements too'
complete -c forkcheck -l json -d 'list: the catalogue of statements and tests'
complete -c forkcheck -l list-features -d 'list: what tests need'
complete -c forkcheck -l strace -d 'debug: under strace'
complete -c forkcheck -l gdb -d 'debug: under gdb'
complete -c forkcheck -l help -d 'show help'
complete -c forkcheck -l version -d 'show the version'
