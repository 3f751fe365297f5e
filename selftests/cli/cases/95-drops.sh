# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
work=${work:?}
export TZ=UTC
nfipsec drops
export FAKE_DROPS=some
# how long ago it was is another number each time
OUT=$work/drops nfipsec drops
sed 's/([0-9]* days ago/(N days ago/' "$work/drops"
nfipsec drops -j
nfipsec drops off
nfipsec drops on
FAKE_DROPS=off nfipsec drops
FAKE_DROPS=off nfipsec drops -j
# one event, and the stand-in has no more
nfipsec monitor drops
nfipsec monitor drops -j
# what it does not take
nfipsec drops of
nfipsec drops on off
nfipsec drops on -j
nfipsec monitor drop
nfipsec monitor drops all
