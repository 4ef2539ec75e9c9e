#include "platform/common/memory.h"

#include <ifc/status.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef IFC_SANITIZE
/* Asked for by the leak checker: what libraries lose. libconfig 1.5 loses the text of a string that stands
 * before a syntax error; SimGrid, the only C++ here, keeps its engine until the process ends. */
const char *__lsan_default_suppressions(void) __attribute__((visibility("default")));
const char *__lsan_default_suppressions(void)
{
    return "leak:strbuf_append\nleak:libconfig_yylex\nleak:libsimgrid\nleak:libstdc++\n";
}
#endif

static void *checked(void *p)
{
    if (!p) {
        fputs("ifcsim: out of memory\n", stderr);
        _Exit(IFC_EINTERNAL);
    }
    return p;
}

void *ifc_alloc_zero(size_t count, size_t size)
{
    return checked(calloc(count ? count : 1, size ? size : 1));
}

char *ifc_copy_text(const char *text)
{
    return checked(strdup(text));
}

void *ifc_grow(void *array, size_t *capacity, size_t used, size_t size)
{
    if (array && used < *capacity)
        return array;
    *capacity = used < 8 ? 16 : 2 * used;
    return checked(reallocarray(array, *capacity, size));
}
