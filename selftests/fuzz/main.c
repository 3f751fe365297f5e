// SPDX-License-Identifier: GPL-2.0-only
/* Feeds the files named as arguments to a fuzz target: its regression test. */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

#define INPUT_MAX	65536

/* A buffer of exactly the input's length, so that reads beyond it are found */
static int feed(const char *path)
{
	static u8 file[INPUT_MAX];
	u8 *data;
	size_t len;
	FILE *f;

	f = fopen(path, "rb");
	if (!f)
		return -1;
	len = fread(file, 1, sizeof(file), f);
	fclose(f);
	data = malloc(len);
	for (size_t i = 0; i < len; i++)
		data[i] = file[i];
	LLVMFuzzerTestOneInput(data, len);
	free(data);
	return 0;
}

int main(int argc, char **argv)
{
	int i, failed = argc < 2;

	printf("KTAP version 1\n");
	for (i = 1; i < argc; i++) {
		if (feed(argv[i])) {
			printf("# cannot read %s\n", argv[i]);
			failed = 1;
		}
	}
	printf("%sok 1 corpus of %s: %d inputs\n1..1\n", failed ? "not " : "",
	       argv[0], argc - 1);
	return failed;
}
