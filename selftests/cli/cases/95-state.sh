# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# nothing there yet
nfipsec state restore none
FAKE_KEYS=ca nfipsec state save file reserve 100
cat file
# what is gone stays, what is lower does not lower it, what went fast goes further
FAKE_KEYS=bz nfipsec state save file reserve 1
cat file
sed -i 's/sent 25 resume 26/sent 1 resume 26/' file
FAKE_KEYS=z nfipsec state save file reserve 1
cat file
FAKE_KEYS=z nfipsec state restore file
cat file
FAKE_KEYS=a nfipsec state save other
cat other
# files that are none
for text in '' 'end 1' 'key 61 sent 1 resume 2 iv-base 0x3' \
	'key 6161616161616161 sent 9 resume 2 iv-base 0x3' \
	'key 6161616161616161 sent 1 resume 2 iv-base 0x3 more' \
	'key 616161616161616g sent 1 resume 2 iv-base 0x3'; do
	printf '%s\nend 1\n' "$text" >bad
	nfipsec state restore bad
done
echo bad.b*
printf 'key 6161616161616161 sent 1 resume 2 iv-base 0x3\n' >bad
nfipsec state save bad
cat bad
# put aside, and saved anew
nfipsec state restore bad
FAKE_KEYS=a nfipsec state save bad
cat bad bad.bad
# words
nfipsec state
nfipsec state save -
nfipsec state restore -
nfipsec state sav
nfipsec state save file reserve
nfipsec state save file reserve 0
nfipsec state save file reserve 3000000000
nfipsec state save file twice
nfipsec state restore file twice
nfipsec state save /nowhere/at/all
nfipsec state restore /dev/null
# it is told nevertheless
mkdir file.new
nfipsec state restore file
# what a crash has left is no obstacle, where a link goes is not written to
rmdir file.new
ln -s target file.new
FAKE_KEYS=z nfipsec state save file
echo file* target*
