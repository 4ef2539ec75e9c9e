/**
 * The one way a CUnit program of this project ends: CU_basic_run_tests() returns 0 even when tests fail, so
 * the exit status comes from the failure count.
 */
#ifndef IFC_CUNIT_H
#define IFC_CUNIT_H

#include <CUnit/Basic.h>
#include <stdio.h>

struct ifc_test {
    const char *name;
    void (*run)(void);
};

static inline int ifc_run_tests(const char *suite_name, const struct ifc_test *tests, size_t n)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite(suite_name, NULL, NULL);
    for (size_t i = 0; i < n; i++)
        if (!suite || !CU_add_test(suite, tests[i].name, tests[i].run))
            return 2;
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    unsigned ran = CU_get_number_of_tests_run();
    CU_cleanup_registry();
    fflush(stdout);
    return failures != 0 || ran != n;
}

#define IFC_RUN_TESTS(suite, tests) ifc_run_tests(suite, tests, sizeof(tests) / sizeof((tests)[0]))

#endif
