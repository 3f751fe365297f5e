// SPDX-License-Identifier: GPL-2.0-only
/* Runs every suite that is linked in and prints KTAP, one result a case. */
#include <kunit/test.h>

#include <setjmp.h>
#include <stdlib.h>

struct alloc {
	struct alloc *next;
	u64 data[];
};

static struct kunit_suite *suites;
static struct kunit_suite **last = &suites;
static jmp_buf escape;
static u32 failures, results;

void kunit_register(struct kunit_suite *suite)
{
	*last = suite;
	last = &suite->next;
}

void *kunit_kzalloc(struct kunit *test, size_t size, int gfp)
{
	struct alloc *alloc = calloc(1, sizeof(*alloc) + size);

	(void)gfp;
	if (!alloc)
		abort();
	alloc->next = test->allocs;
	test->allocs = alloc;
	return alloc->data;
}

static void free_all(struct kunit *test)
{
	struct alloc *alloc;

	while (test->allocs) {
		alloc = test->allocs;
		test->allocs = alloc->next;
		free(alloc);
	}
}

void kunit_fail(struct kunit *test, const char *file, int line)
{
	test->failed = true;
	printf("# %s:%d: ", file, line);
}

void kunit_abort(void)
{
	longjmp(escape, 1);
}

static void run_case(struct kunit_suite *suite, struct kunit_case *tc)
{
	struct kunit test = { 0 };

	if (suite->init && suite->init(&test))
		test.failed = true;
	else if (!setjmp(escape))
		tc->run_case(&test);
	if (suite->exit)
		suite->exit(&test);
	free_all(&test);
	failures += test.failed;
	printf("%sok %u %s.%s\n", test.failed ? "not " : "", ++results,
	       suite->name, tc->name);
}

int main(void)
{
	struct kunit_suite *suite;
	struct kunit_case *tc;

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("KTAP version 1\n");
	for (suite = suites; suite; suite = suite->next)
		for (tc = suite->test_cases; tc->run_case; tc++)
			run_case(suite, tc);
	printf("1..%u\n", results);
	return failures ? 1 : 0;
}
