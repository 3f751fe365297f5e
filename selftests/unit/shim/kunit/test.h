/* SPDX-License-Identifier: GPL-2.0-only */
/* As much of KUnit as the tests use, for a program of user space. */
#ifndef _SHIM_KUNIT_TEST_H
#define _SHIM_KUNIT_TEST_H

#include <stdio.h>
#include <string.h>

#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/types.h>

struct kunit {
	void *priv;
	bool failed;
	void *allocs;
};

struct kunit_case {
	void (*run_case)(struct kunit *test);
	const char *name;
};

struct kunit_suite {
	const char name[256];
	int (*init)(struct kunit *test);
	void (*exit)(struct kunit *test);
	struct kunit_case *test_cases;
	struct kunit_suite *next;
};

#define KUNIT_CASE(fn)	{ .run_case = fn, .name = #fn }

#define kunit_test_suite(suite)						\
	static void __attribute__((constructor)) register_##suite(void)	\
	{								\
		kunit_register(&(suite));				\
	}								\
	struct kunit

void kunit_register(struct kunit_suite *suite);
void *kunit_kzalloc(struct kunit *test, size_t size, int gfp);
void kunit_fail(struct kunit *test, const char *file, int line);
void kunit_abort(void);

#define KUNIT_FAIL(test, fmt, ...)					\
do {									\
	kunit_fail(test, __FILE__, __LINE__);				\
	printf(fmt "\n", ##__VA_ARGS__);				\
} while (0)

/* One check; a failed assertion also ends the case */
#define KUNIT_CHECK(test, good, ends, what, fmt, ...)			\
do {									\
	if (!(good)) {							\
		KUNIT_FAIL(test, "%s " fmt, what, ##__VA_ARGS__);	\
		if (ends)						\
			kunit_abort();					\
	}								\
} while (0)

/* Both sides are numbers, evaluated once */
#define KUNIT_COMPARE(test, left, op, right, ends, fmt, ...)		\
do {									\
	__typeof__(left) __l = (left);					\
	__typeof__(right) __r = (right);				\
									\
	KUNIT_CHECK(test, __l op __r, ends,				\
		    #left " " #op " " #right, "(%lld, %lld) " fmt,	\
		    (long long)__l, (long long)__r, ##__VA_ARGS__);	\
} while (0)

#define KUNIT_EXPECT_TRUE(test, c)	KUNIT_EXPECT_TRUE_MSG(test, c, "")
#define KUNIT_EXPECT_FALSE(test, c)	KUNIT_EXPECT_FALSE_MSG(test, c, "")
#define KUNIT_EXPECT_EQ(test, l, r)	KUNIT_EXPECT_EQ_MSG(test, l, r, "")
#define KUNIT_EXPECT_NE(test, l, r)	KUNIT_EXPECT_NE_MSG(test, l, r, "")
#define KUNIT_EXPECT_LE(test, l, r)	KUNIT_EXPECT_LE_MSG(test, l, r, "")
#define KUNIT_EXPECT_GT(test, l, r)	KUNIT_EXPECT_GT_MSG(test, l, r, "")
#define KUNIT_EXPECT_NULL(test, p)	KUNIT_EXPECT_NULL_MSG(test, p, "")
#define KUNIT_EXPECT_NOT_NULL(test, p)	KUNIT_EXPECT_NOT_NULL_MSG(test, p, "")
#define KUNIT_EXPECT_STREQ(test, l, r)	KUNIT_EXPECT_STREQ_MSG(test, l, r, "")

#define KUNIT_EXPECT_TRUE_MSG(test, c, fmt, ...)			\
	KUNIT_CHECK(test, c, false, #c, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_FALSE_MSG(test, c, fmt, ...)			\
	KUNIT_CHECK(test, !(c), false, "!(" #c ")", fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_EQ_MSG(test, l, r, fmt, ...)			\
	KUNIT_COMPARE(test, l, ==, r, false, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_NE_MSG(test, l, r, fmt, ...)			\
	KUNIT_COMPARE(test, l, !=, r, false, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_LE_MSG(test, l, r, fmt, ...)			\
	KUNIT_COMPARE(test, l, <=, r, false, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_GT_MSG(test, l, r, fmt, ...)			\
	KUNIT_COMPARE(test, l, >, r, false, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_NULL_MSG(test, p, fmt, ...)			\
	KUNIT_CHECK(test, !(p), false, #p " is NULL", fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_NOT_NULL_MSG(test, p, fmt, ...)			\
	KUNIT_CHECK(test, p, false, #p " is not NULL", fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_STREQ_MSG(test, l, r, fmt, ...)			\
	KUNIT_CHECK(test, !strcmp(l, r), false, #l " is " #r, fmt,	\
		    ##__VA_ARGS__)

#define KUNIT_ASSERT_TRUE(test, c)	KUNIT_CHECK(test, c, true, #c, "")
#define KUNIT_ASSERT_EQ(test, l, r)	KUNIT_ASSERT_EQ_MSG(test, l, r, "")
#define KUNIT_ASSERT_EQ_MSG(test, l, r, fmt, ...)			\
	KUNIT_COMPARE(test, l, ==, r, true, fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_NOT_NULL(test, p)					\
	KUNIT_CHECK(test, p, true, #p " is not NULL", "")

#endif /* _SHIM_KUNIT_TEST_H */
