/**
 * Every mistake a scenario can hold, and the exact message: file, line, key, value, what is wrong, what is
 * allowed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ifc_cunit.h"
#include "platform/scenario/load.h"
#include "scenario_mistakes.h"
#include "scenario_mistakes_of_work.h"

#define BAD  "channel = {\n    count = \"x\";\n};\n"
#define LOOP "extends = \"case.cfg\";\n"

static bool make_file(const char *name, const char *text, size_t size)
{
    FILE *f = fopen(name, "wb");
    if (!f)
        return false;
    bool written = fwrite(text, 1, size, f) == size;
    return fclose(f) == 0 && written;
}

static void write_file(const char *name, const char *text, size_t size)
{
    CU_ASSERT_FATAL(make_file(name, text, size));
}

static void write_text(const char *name, const char *text)
{
    write_file(name, text, strlen(text));
}

/* Load and compare status and messages; say what differs. */
static void expect(const char *name, const char *file, const char *const *sets, ifc_status status,
                   const char *messages)
{
    size_t n_sets = 0, size = 0;
    char *text = NULL;
    ifc_origins *origins = NULL;
    ifc_diagnostics diag = {0};
    ifc_error err = {0};
    ifc_scenario *s = calloc(1, sizeof *s);
    FILE *out = open_memstream(&text, &size);
    CU_ASSERT_FATAL(s && out);
    while (sets && n_sets < SETS_MAX && sets[n_sets])
        n_sets++;
    ifc_status got = ifc_scenario_load(s, file, sets, n_sets, &origins, &diag, &err);
    ifc_diagnostics_print(out, &diag);
    fclose(out);
    CU_ASSERT_EQUAL(got, status);
    CU_ASSERT_STRING_EQUAL(text, messages);
    CU_ASSERT(got == err.status && (got == IFC_OK) == (origins != NULL));
    if (got != status || strcmp(text, messages) != 0)
        printf("\n%s: status %d, expected %d\n--- got\n%s--- expected\n%s", name, got, status, text,
               messages);
    if (got != IFC_OK && diag.n > 0)
        CU_ASSERT_EQUAL(strncmp(err.text, diag.items[0].text, strlen(diag.items[0].text)), 0);
    ifc_origins_free(origins);
    ifc_diagnostics_fini(&diag);
    free(text);
    free(s);
}

static void expect_all(const struct mistake *m, size_t n)
{
    for (; n > 0; n--, m++) {
        write_text("case.cfg", m->text);
        expect(m->name, "case.cfg", m->sets, m->status, m->messages);
    }
}

static void test_mistakes(void)
{
    expect_all(machine_mistakes, sizeof machine_mistakes / sizeof *machine_mistakes);
    expect_all(work_mistakes, sizeof work_mistakes / sizeof *work_mistakes);
}

static void test_files(void)
{
    expect("no file", "nope.cfg", NULL, IFC_ENOINPUT, "nope.cfg: cannot open: No such file or directory\n");
    expect("folder", ".", NULL, IFC_ENOINPUT, ".: cannot open: Is a directory\n");
    expect("device", "/dev/zero", NULL, IFC_ENOINPUT, "/dev/zero: cannot open: Not a file\n");
    CU_ASSERT_EQUAL(mkfifo("pipe.cfg", 0600), 0);
    expect("pipe without a writer", "pipe.cfg", NULL, IFC_EDATA, "pipe.cfg: empty\n");
    write_file("case.cfg", BASE, strlen(BASE) - 1);
    expect("no final newline", "case.cfg", NULL, IFC_OK, "");
    write_text("case.cfg", BASED "# no newline");
    expect("comment at the end", "case.cfg", NULL, IFC_OK, "");
    write_text("case.cfg", "\xef\xbb\xbf" BASED);
    expect("byte order mark", "case.cfg", NULL, IFC_OK, "");
    write_text("case.cfg", "extends = \"base.cfg\";\r\nchannel = {\r\n    count = 4;\r\n};\r\n");
    expect("carriage returns", "case.cfg", NULL, IFC_OK, "");
    write_file("case.cfg", BASED "\0" BASED, 2 * strlen(BASED) + 1);
    expect("NUL byte", "case.cfg", NULL, IFC_EDATA, "case.cfg: holds a NUL byte, not a text file\n");
    char *name = calloc(1, 3001);
    CU_ASSERT_PTR_NOT_NULL_FATAL(name);
    memset(name, 'n', 3000);
    char message[256];
    snprintf(message, sizeof message, "%.100s...: the file's name is too long (allowed: 1023 bytes)\n", name);
    expect("long file name", name, NULL, IFC_ENOINPUT, message);
    free(name);
}

/* Text made of one piece many times. */
static char *repeat(const char *begin, const char *piece, size_t n, const char *end)
{
    char *text = calloc(1, strlen(begin) + n * strlen(piece) + strlen(end) + 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    char *to = stpcpy(text, begin);
    for (size_t i = 0; i < n; i++)
        to = stpcpy(to, piece);
    strcpy(to, end);
    return text;
}

static void test_large(void)
{
    char *text = repeat(BASED, "          ", 6600, "");
    write_text("case.cfg", text);
    expect("large file", "case.cfg", NULL, IFC_EDATA, "case.cfg: larger than 65536 bytes, not a scenario\n");
    free(text);
    text = repeat(BASED, "aaaaaaaaaa", 5000, " = 1;");
    write_text("case.cfg", text);
    free(text);
    char *shown = repeat("case.cfg:2: ", "aaaaaaaaaa", 20,
                         " = 1: unknown key (nearest: placement.kv_buffer.partial_programs)\n");
    expect("long name", "case.cfg", NULL, IFC_EDATA, shown);
    free(shown);
    text = repeat(BASED "title = \"", "aaaaaaaaaa", 5000, "\";");
    write_text("case.cfg", text);
    free(text);
    shown = repeat("case.cfg:2: title = \"", "aaaaaaaaaa", 10,
                   "...\": too long (allowed: text of at most 255 bytes)\n");
    expect("long text", "case.cfg", NULL, IFC_EDATA, shown);
    free(shown);
}

/* Twice as many files with every step: refused instead of read for ages. */
static void test_many_files(void)
{
    for (int i = 0; i < 30; i++) {
        char name[32], text[96];
        snprintf(name, sizeof name, "tree%d.cfg", i);
        snprintf(text, sizeof text, "extends = (\"tree%d.cfg\", \"tree%d.cfg\");\n", i + 1, i + 1);
        write_text(name, text);
    }
    write_text("tree30.cfg", BASE);
    ifc_scenario *s = calloc(1, sizeof *s);
    ifc_error err = {0};
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    CU_ASSERT_EQUAL(ifc_scenario_load(s, "tree0.cfg", NULL, 0, NULL, NULL, &err), IFC_EDATA);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "too many files (allowed: 64)"));
    free(s);
}

/* Whatever the bytes, loading ends with a status and a message. */
static void test_junk(void)
{
    static const char letters[] = "={};()[],\"\\#/*.+-0123456789eEaLx@ \n\t\x80\xff:truefalse";
    uint64_t state = 1;
    ifc_scenario *s = calloc(1, sizeof *s);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    for (int i = 0; i < 1000; i++) {
        char text[200];
        size_t n = 0;
        for (; n < sizeof text - 1; n++) {
            state = state * 6364136223846793005ULL + 1442695040888963407ULL;
            text[n] = letters[(state >> 33) % (sizeof letters - 1)];
        }
        write_file("case.cfg", text, n);
        ifc_error err = {0};
        CU_ASSERT_NOT_EQUAL(ifc_scenario_load(s, "case.cfg", NULL, 0, NULL, NULL, &err), IFC_OK);
        CU_ASSERT_NOT_EQUAL(err.text[0], '\0');
    }
    free(s);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"mistakes and their messages", test_mistakes},
        {"files", test_files},
        {"large input is cut short", test_large},
        {"many files", test_many_files},
        {"junk", test_junk},
    };
    char folder[] = "/tmp/ifc_scenario_errors_XXXXXX", command[128];
    if (!mkdtemp(folder) || chdir(folder) != 0)
        return 2;
    snprintf(command, sizeof command, "rm -rf %s", folder);
    bool made = make_file("base.cfg", BASE, strlen(BASE)) && make_file("bad.cfg", BAD, strlen(BAD)) &&
                make_file("loop.cfg", LOOP, strlen(LOOP));
    int failed = !made || IFC_RUN_TESTS("scenario errors", tests);
    return system(command) != 0 || failed;
}
