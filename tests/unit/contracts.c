/**
 * Contracts name what is there: a comment over a declaration names it, and a function that a comment or a
 * page speaks of exists.
 */
#define _XOPEN_SOURCE 700
#include <ctype.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/ifc_cunit.h"

/* A source file, once with its comments blanked and once with all else blanked. */
struct source {
    char *name, *code, *comments; /* owned, in use to the end */
};

static struct source sources[2048];
static size_t n_sources;

static bool ends(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

static char *read_file(const char *path)
{
    char *text = NULL;
    size_t size = 0, got;
    char block[65536];
    FILE *in = fopen(path, "rb"), *out = open_memstream(&text, &size);
    if (!in || !out)
        exit(2);
    while ((got = fread(block, 1, sizeof block, in)) > 0)
        fwrite(block, 1, got, out);
    fclose(in);
    fclose(out);
    return text;
}

/* Of @text, what is inside of comments, or what is not; the rest is blanked. */
static char *part(const char *text, bool comments)
{
    size_t n = strlen(text);
    char *out = malloc(n + 1);
    bool inside = false;
    for (size_t i = 0; i <= n && out; i++) {
        if (!inside && strncmp(text + i, "/*", 2) == 0)
            inside = true;
        out[i] = inside == comments || text[i] == '\n' || text[i] == '\0' ? text[i] : ' ';
        if (inside && i > 2 && strncmp(text + i - 1, "*/", 2) == 0)
            inside = false;
    }
    return out;
}

static int add(const char *path, const struct stat *stat, int type, struct FTW *walk)
{
    (void)stat, (void)walk;
    if (type != FTW_F || n_sources == sizeof sources / sizeof sources[0])
        return 0;
    bool page = ends(path, ".md"), source = ends(path, ".c") || ends(path, ".h");
    if (!page && !source)
        return 0;
    char *text = read_file(path);
    struct source *s = &sources[n_sources++];
    *s = (struct source){.name = strdup(path + strlen(IFC_SOURCE_DIR))};
    s->code = page ? strdup("") : part(text, false);
    s->comments = page ? text : part(text, true);
    if (!page)
        free(text);
    return 0;
}

static void read_sources(void)
{
    static const char *const folders[] = {"platform", "components", "workloads", "docs", "tests/unit"};
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", IFC_SOURCE_DIR, folders[i]);
        CU_ASSERT_EQUAL_FATAL(nftw(path, add, 16, FTW_PHYS), 0);
    }
    CU_ASSERT(n_sources > 200);
}

static bool word_char(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Is @name, as a whole word and followed by "(" if it is a function, in @code? */
static bool stands_in(const char *code, const char *name, bool function)
{
    size_t n = strlen(name);
    for (const char *at = code; (at = strstr(at, name)); at += n)
        if ((at == code || !word_char(at[-1])) && !word_char(at[n]) && (!function || at[n] == '('))
            return true;
    return false;
}

static bool exists(const char *name)
{
    for (size_t i = 0; i < n_sources; i++)
        if (stands_in(sources[i].code, name, true))
            return true;
    return false;
}

/* The word that ends right before @end, of a text that begins at @text. */
static void word_before(const char *text, const char *end, char *name, size_t size)
{
    const char *begin = end;
    while (begin > text && word_char(begin[-1]))
        begin--;
    snprintf(name, size, "%.*s", (int)(end - begin), begin);
}

/* Names of this project with () behind them, in comments and pages. */
static void functions_that_are_spoken_of_exist(void)
{
    size_t spoken_of = 0;
    for (size_t i = 0; i < n_sources; i++)
        for (const char *at = sources[i].comments; (at = strstr(at, "()")); at += 2) {
            char name[128];
            word_before(sources[i].comments, at, name, sizeof name);
            if (strncmp(name, "ifc_", 4) != 0 && strncmp(name, "IFC_", 4) != 0)
                continue;
            spoken_of++;
            bool found = exists(name);
            if (!found)
                printf("\n    .%s speaks of %s(), which does not exist\n", sources[i].name, name);
            CU_ASSERT(found);
        }
    CU_ASSERT(spoken_of > 100);
}

/* A comment that begins with "NAME() -" stands over what declares NAME. */
static void a_comment_names_what_it_stands_over(void)
{
    size_t contracts = 0;
    for (size_t i = 0; i < n_sources; i++) {
        const struct source *s = &sources[i];
        for (const char *at = s->comments; ends(s->name, ".h") && (at = strstr(at, "/**")); at += 3) {
            const char *begin = at + 3 + strspn(at + 3, " \n*"), *end = begin;
            while (word_char(*end))
                end++;
            const char *close = strstr(at, "*/");
            if (strncmp(end, "() - ", 5) != 0 || !close)
                continue;
            char name[128], *below;
            word_before(s->comments, end, name, sizeof name);
            const char *code = s->code + (close - s->comments);
            code += strspn(code, " \n");
            below = strndup(code, strcspn(code, code[0] == '#' ? "\n" : ";{"));
            contracts++;
            bool found = below && stands_in(below, name, false);
            if (!found)
                printf("\n    .%s: a comment on %s() stands over: %s\n", s->name, name, below);
            CU_ASSERT(found);
            free(below);
        }
    }
    CU_ASSERT(contracts > 100);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"sources are read", read_sources},
        {"functions that are spoken of exist", functions_that_are_spoken_of_exist},
        {"a comment names what it stands over", a_comment_names_what_it_stands_over},
    };
    return IFC_RUN_TESTS("contracts", tests);
}
