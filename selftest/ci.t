#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# The CI examples: their form, by the parts of GitHub's and GitLab's schemas that they use, and that what they call is there.
# shellcheck source=selftest/lib.sh
. "$(dirname "$0")/lib.sh"

# valid SCHEMA FILE
valid() {
	/usr/bin/python3 - "$1" "$2" >"$scratch/out" 2>&1 <<'END'
import json, sys, jsonschema, yaml

class Loader(yaml.SafeLoader):
    """YAML 1.2, as both have it: "on" is a word."""

Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if tag != "tag:yaml.org,2002:bool"]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()}
schema = json.load(open(sys.argv[1]))
jsonschema.Draft7Validator.check_schema(schema)
jsonschema.Draft7Validator(schema).validate(yaml.load(open(sys.argv[2]), Loader))
END
}

if /usr/bin/python3 -c 'import jsonschema, yaml' 2>/dev/null; then
	for name in github gitlab; do
		valid "selftest/$name-ci.json" "ci/$name.yml"
		ok $? "ci/$name.yml has the form"
		sed 's/^  *script:/  scripts:/; s/runs-on:/run-on:/' "ci/$name.yml" >"$scratch/wrong.yml"
		! valid "selftest/$name-ci.json" "$scratch/wrong.yml"
		ok $? '... and would not with a misspelt word'
	done
else
	skip 'the CI examples have the form' 'no python3-jsonschema, python3-yaml'
fi

# Each target of make, and each option of the program, that an example names.
grep -hoE '\bmake [a-z][a-z-]+' ci/*.yml | grep -vxE 'make (git|qemu)' | sort -u >"$scratch/calls"
while read -r _ target; do
	exits 0 "make $target is there" make -n BUILD="$build" "$target"
done <"$scratch/calls"
grep -hoE 'TARGET=[a-z$]+|target: .*|TARGET: .*' ci/*.yml | grep -oE 'qemu-[0-9.]+|runsc' | sort -u >"$scratch/targets"
targets/run --list | cut -d ' ' -f 1 | sort >"$scratch/known"
test -s "$scratch/targets" && test -z "$(comm -23 "$scratch/targets" "$scratch/known")"
ok $? 'the targets are there'
sed -n 's/^ *- \(build\/forkcheck .*\)$/\1/p' ci/gitlab.yml | sed "s|^build/forkcheck|$good|; s|report.xml|$scratch/xml|; s|\$| vfork.memory|" \
	>"$scratch/script"
exits 0 "what GitLab's example runs" sh "$scratch/script"
test -s "$scratch/xml"
ok $? '... writes its report'

# A device of a MultiNode group runs its part, and all together everything.
mkdir "$scratch/bin"
cp "$good" "$scratch/bin/forkcheck"
printf '#!/bin/sh\nprintf "%%s part\\n" one two three\n' >"$scratch/bin/lava-group"
chmod +x "$scratch/bin/lava-group"
for device in one two three; do
	printf '#!/bin/sh\necho %s\n' $device >"$scratch/bin/lava-self"
	chmod +x "$scratch/bin/lava-self"
	PATH=$scratch/bin:$PATH ci/lava/shard '' vfork.memory
done | sed -n 's/.*TEST_CASE_ID=\([^ ]*\).*/\1/p' | sort >"$scratch/ran"
"$good" list vfork.memory | cut -d ' ' -f 1 | sort | cmp - "$scratch/ran" >"$scratch/out"
ok $? 'the devices of a LAVA MultiNode group run each test once'
finish
