/* SPDX-License-Identifier: MIT
 *
 * The threads that carry out probes by hand, where the system has no more of them.
 */
#include "tests/unit/unit.h"

#include "web/prober.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

/* This program's own comes before the C library's. What it leaves behind where it fails says nothing (POSIX). */
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*begin)(void *), void *context)
{
	(void)attributes, (void)begin, (void)context;
	memset(thread, 0x5a, sizeof *thread);
	return EAGAIN;
}

static void without_threads_there_is_none(void **state)
{
	struct prober *prober = NULL;
	(void)state;
	assert_int_equal(prober_open(NULL, true, &prober), ERR_THREAD);
	assert_null(prober);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_threads_there_is_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
