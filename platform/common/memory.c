#include "platform/common/memory.h"

#include <ifc/status.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#ifdef IFC_SANITIZE
/* Asked for by the leak checker: what libraries lose. libconfig 1.5 loses the text of a string that stands
 * before a syntax error; SimGrid, the only C++ here, keeps its engine until the process ends. */
const char *__lsan_default_suppressions(void) __attribute__((visibility("default")));
const char *__lsan_default_suppressions(void)
{
    return "leak:strbuf_append\nleak:libconfig_yylex\nleak:libsimgrid\nleak:libstdc++\n";
}
/* Freed memory is kept out of use, but not so much that forks, of which a test makes hundreds, copy long
 * tables of pages: four times faster. */
const char *__asan_default_options(void) __attribute__((visibility("default")));
const char *__asan_default_options(void)
{
    return "quarantine_size_mb=8";
}
#endif

static void *checked(void *p)
{
    if (!p) {
        fputs("ifcsim: out of memory\n", stderr);
        _Exit(IFC_EMACHINE);
    }
    return p;
}

void *ifc_alloc_zero(size_t count, size_t size)
{
    return checked(calloc(count ? count : 1, size ? size : 1));
}

void *ifc_resize(void *array, size_t count, size_t size)
{
    return checked(reallocarray(array, count ? count : 1, size ? size : 1));
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

/* The number behind @key in a file of the system; at the begin without a key. Return: UINT64_MAX: none. */
static uint64_t number_in(const char *file, const char *key)
{
    char line[256];
    unsigned long long n;
    uint64_t found = UINT64_MAX;
    FILE *f = fopen(file, "re");
    while (f && found == UINT64_MAX && fgets(line, sizeof line, f))
        if (strncmp(line, key, strlen(key)) == 0 && sscanf(line + strlen(key), "%llu", &n) == 1)
            found = n;
    if (f)
        fclose(f);
    return found;
}

uint64_t ifc_memory_there(void)
{
    uint64_t kib = number_in("/proc/meminfo", "MemAvailable:"),
             swap = number_in("/proc/meminfo", "SwapFree:");
    uint64_t most = number_in("/sys/fs/cgroup/memory.max", ""),
             now = number_in("/sys/fs/cgroup/memory.current", "");
    uint64_t there = kib == UINT64_MAX ? kib : (kib + (swap == UINT64_MAX ? 0 : swap)) * 1024;
    if (most == UINT64_MAX || now == UINT64_MAX)
        return there;
    uint64_t group = most > now ? most - now : 0;
    return group < there ? group : there;
}

bool ifc_memory_can_grow(uint64_t bytes)
{
    if (bytes > SIZE_MAX / 2)
        return false;
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return false;
    munmap(p, bytes);
    return true;
}
