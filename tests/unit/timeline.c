/** Timelines: made-up streams written in every format and read back; windows, caps, bad files, full disks. */
#include "platform/observe/timeline.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ifc_cunit.h"
#include "platform/observe/timeline_internal.h"
#include "platform/observe/timeline_sort.h"

static char folder[64];

/* "folder/name"; one of a few buffers in turn. */
static const char *in_folder(const char *name)
{
    static char paths[8][128];
    static unsigned turn;
    char *path = paths[turn++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

typedef struct content {
    char *bytes; /* owned; ends with a zero byte */
    size_t size;
} content;

static content content_of(const char *path)
{
    content c = {NULL, 0};
    FILE *f = fopen(path, "rb");
    if (!f)
        return c;
    fseek(f, 0, SEEK_END);
    c.size = (size_t)ftell(f);
    rewind(f);
    c.bytes = calloc(1, c.size + 1);
    if (fread(c.bytes, 1, c.size, f) != c.size)
        c.size = 0;
    fclose(f);
    return c;
}

static bool equal_files(const char *a, const char *b)
{
    content x = content_of(a), y = content_of(b);
    bool equal = x.bytes && y.bytes && x.size == y.size && memcmp(x.bytes, y.bytes, x.size) == 0;
    if (!equal)
        printf("\n%s (%zu bytes) and %s (%zu bytes) differ\n", a, x.size, b, y.size);
    free(x.bytes);
    free(y.bytes);
    return equal;
}

static bool contains(const char *path, const char *text)
{
    content c = content_of(path);
    bool found = c.bytes && strstr(c.bytes, text) != NULL;
    free(c.bytes);
    return found;
}

static ifc_timeline *opened(const char *path, ifc_time begin, ifc_time end, uint64_t cap)
{
    const ifc_timeline_options options = {
        .file = path, .level = IFC_LEVEL_PLANES, .begin = begin, .end = end, .max_events = cap};
    ifc_timeline *t = NULL;
    ifc_error err = {0};
    CU_ASSERT_EQUAL_FATAL(ifc_timeline_open(&t, &options, &err), IFC_OK);
    return t;
}

static void closed(ifc_timeline *t)
{
    ifc_error err = {0};
    ifc_status status = ifc_timeline_close(t, &err);
    if (status != IFC_OK)
        printf("\n%s\n", err.text);
    CU_ASSERT_EQUAL(status, IFC_OK);
}

static ifc_status convert(const char *from, const char *to, ifc_error *err)
{
    const ifc_timeline_options options = {.file = to, .level = IFC_LEVEL_PLANES, .end = IFC_TIME_MAX};
    return ifc_timeline_convert(from, &options, err);
}

static void converted(const char *from, const char *to)
{
    ifc_error err = {0};
    ifc_status status = convert(in_folder(from), in_folder(to), &err);
    if (status != IFC_OK)
        printf("\n%s\n", err.text);
    CU_ASSERT_EQUAL(status, IFC_OK);
}

enum { DIES = 5 };

/* Tracks with names that need care in one format or another. */
static void declare(ifc_timeline *t, uint32_t *bus, uint32_t *queue, uint32_t *dies)
{
    uint32_t channel = ifc_timeline_track(t, 0, "channel 0, \"fast\" 100%");
    *bus = ifc_timeline_track(t, channel, "bus/$end");
    *queue = ifc_timeline_counter_track(t, channel, "queue", "commands");
    uint32_t group = ifc_timeline_track(t, 0, "g1");
    for (uint32_t i = 0; i < DIES; i++) {
        char name[16];
        snprintf(name, sizeof name, "die%u", i);
        dies[i] = ifc_timeline_track(t, group, name);
    }
    ifc_timeline_counter_track(t, 0, "never set", "");
}

static void record(ifc_timeline *t, int n)
{
    static const char *const names[] = {"sense", "ECC + MAC", "program, \"slow\"", "back\\slash"};
    uint32_t bus, queue, dies[DIES];
    declare(t, &bus, &queue, dies);
    for (int i = 0; i < n; i++) {
        ifc_slice_args args = IFC_SLICE_ARGS_NONE;
        ifc_time at = 1000 * (ifc_time)i;
        args.token = i / 10;
        args.bytes = i % 3 ? 4096 : 0;
        args.txn = i % 2 ? (int64_t)1 << 40 : -1;
        args.operator_name = i % 4 ? "qkv" : NULL;
        args.traffic_class = i % 5 ? "KV, read" : NULL;
        uint64_t flow = (uint64_t)i + 1;
        ifc_timeline_slice(t, bus, "data down", at, at + 1000, &args, 0, flow);
        ifc_timeline_slice(t, dies[i % DIES], names[i % 4], at + 7, at + (i % 7 ? 4007 : 7), &args, flow,
                           i % 2 ? flow : flow | (uint64_t)1 << 63);
        ifc_timeline_counter(t, queue, at, i % 9 - 4);
    }
}

static void record_file(const char *name, int n)
{
    ifc_timeline *t = opened(in_folder(name), 0, IFC_TIME_MAX, 0);
    CU_ASSERT_EQUAL(ifc_timeline_level(t), IFC_LEVEL_PLANES);
    record(t, n);
    closed(t);
}

/* ---- formats ---- */

static void test_csv_text(void)
{
    ifc_timeline *t = opened(in_folder("t.csv"), 0, IFC_TIME_MAX, 0);
    ifc_slice_args args = {3, 31, 7, 8192, 2, 99, "qkv", "weights"};
    uint32_t die = ifc_timeline_track(t, ifc_timeline_track(t, 0, "g/1"), "die0");
    uint32_t queue = ifc_timeline_counter_track(t, 0, "queue", "commands");
    ifc_timeline_slice(t, die, "sense, twice", 5, 4000005, &args, 1, 2);
    ifc_timeline_counter(t, queue, 6, -3);
    closed(t);
    content c = content_of(in_folder("t.csv"));
    CU_ASSERT_STRING_EQUAL(c.bytes,
                           "kind,track,name,begin_ps,end_ps,value,token,layer,head_group,bytes,pages,txn,"
                           "operator,class,flow_in,flow_out\n"
                           "track,g%2F1,,,,,,,,,,,,,,\n"
                           "track,g%2F1/die0,,,,,,,,,,,,,,\n"
                           "counter_track,queue,commands,,,,,,,,,,,,,\n"
                           "slice,g%2F1/die0,\"sense, twice\",5,4000005,,3,31,7,8192,2,99,qkv,weights,1,2\n"
                           "counter,queue,,6,,-3,,,,,,,,,,\n"
                           "mark,,end of recording,4000005,,,,,,,,,,,,\n");
    free(c.bytes);
}

static void test_vcd_text(void)
{
    ifc_timeline *t = opened(in_folder("t.vcd"), 0, IFC_TIME_MAX, 0);
    uint32_t die = ifc_timeline_track(t, 0, "die 0");
    uint32_t queue = ifc_timeline_counter_track(t, die, "queue", "commands");
    ifc_timeline_slice(t, die, "sense", 10, 20, NULL, 0, 0);
    ifc_timeline_slice(t, die, "sense", 20, 30, NULL, 0, 0);
    ifc_timeline_counter(t, queue, 15, -1);
    closed(t);
    content c = content_of(in_folder("t.vcd"));
    const char *body = strstr(c.bytes, "$scope module ifcsim");
    CU_ASSERT_PTR_NOT_NULL_FATAL(body);
    CU_ASSERT(strstr(c.bytes, "$timescale 1 ps $end\n") != NULL);
    CU_ASSERT_STRING_EQUAL(body,
                           "$scope module ifcsim $end\n$var string 1 \" recording $end\n"
                           "$scope module die_0 $end\n$var wire 1 $ busy $end\n$var string 1 % what $end\n"
                           "$var integer 64 & count $end\n$var integer 64 ) queue_commands $end\n"
                           "$upscope $end\n$upscope $end\n$enddefinitions $end\n"
                           "#0\n$dumpvars\ns- %\n0$\nb0 &\nbx )\ns- \"\n$end\n"
                           "#10\nssense %\n1$\nb1 &\n"
                           "#15\nb1111111111111111111111111111111111111111111111111111111111111111 )\n"
                           "#20\nb10 &\n"
                           "#30\ns- %\n0$\nsend\\x20of\\x20recording \"\n");
    free(c.bytes);
}

static void test_round_trips(void)
{
    record_file("a.csv", 500);
    record_file("a.pftrace", 500);
    record_file("a.pftrace.gz", 500);
    record_file("a.vcd", 500);
    converted("a.pftrace", "b.csv");
    CU_ASSERT(equal_files(in_folder("a.csv"), in_folder("b.csv")));
    converted("a.pftrace.gz", "c.csv");
    CU_ASSERT(equal_files(in_folder("a.csv"), in_folder("c.csv")));
    converted("a.csv", "d.csv");
    CU_ASSERT(equal_files(in_folder("a.csv"), in_folder("d.csv")));
    converted("a.csv", "b.pftrace");
    CU_ASSERT(equal_files(in_folder("a.pftrace"), in_folder("b.pftrace")));
    converted("a.csv", "b.pftrace.gz");
    CU_ASSERT(equal_files(in_folder("a.pftrace.gz"), in_folder("b.pftrace.gz")));
    converted("a.pftrace", "b.vcd");
    CU_ASSERT(equal_files(in_folder("a.vcd"), in_folder("b.vcd")));
    converted("a.vcd", "v.csv");
    CU_ASSERT(
        contains(in_folder("v.csv"), "counter_track,\"channel 0, \"\"fast\"\" 100%25/queue\",commands"));
    CU_ASSERT(contains(in_folder("v.csv"), "slice,g1/die2,\"program, \"\"slow\"\"\",2007,6007,,"));
    CU_ASSERT(contains(in_folder("v.csv"), "slice,g1/die3,back\\slash,3007,7007,,"));
    converted("a.vcd", "v.pftrace");
    converted("v.csv", "w.pftrace");
    CU_ASSERT(equal_files(in_folder("v.pftrace"), in_folder("w.pftrace")));
}

static int slice_rows(const char *path)
{
    char line[512];
    int n = 0;
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f))
        n += strncmp(line, "slice,", 6) == 0;
    if (f)
        fclose(f);
    return n;
}

/* Slices of no length are invisible in a VCD, but counted. */
static void test_vcd_counts_every_slice(void)
{
    ifc_timeline *t = opened(in_folder("z.vcd"), 0, IFC_TIME_MAX, 0);
    uint32_t die = ifc_timeline_track(t, 0, "die");
    ifc_timeline_slice(t, die, "a", 0, 0, NULL, 0, 0);
    ifc_timeline_slice(t, die, "b", 0, 10, NULL, 0, 0);
    ifc_timeline_slice(t, die, "b", 10, 10, NULL, 0, 0);
    ifc_timeline_slice(t, die, "b", 10, 20, NULL, 0, 0);
    ifc_timeline_slice(t, die, "c", 30, 30, NULL, 0, 0);
    closed(t);
    converted("z.vcd", "z.csv");
    CU_ASSERT_EQUAL(slice_rows(in_folder("z.csv")), 5);
    CU_ASSERT(contains(in_folder("z.csv"), "slice,die,b,0,10,"));
    CU_ASSERT(contains(in_folder("z.csv"), "slice,die,b,10,20,"));
    CU_ASSERT(contains(in_folder("z.csv"), "slice,die,-,30,30,"));
}

/* What we write we read, also when it holds no track. */
static void test_no_tracks(void)
{
    static const char *const names[] = {"none.csv", "none.pftrace", "none.pftrace.gz", "none.vcd"};
    for (size_t i = 0; i < 4; i++) {
        closed(opened(in_folder(names[i]), 0, IFC_TIME_MAX, 0));
        converted(names[i], "none-back.csv");
        CU_ASSERT(contains(in_folder("none-back.csv"), "mark,,end of recording,0,"));
    }
}

static void test_empty(void)
{
    static const char *const endings[] = {"csv", "pftrace", "pftrace.gz", "vcd"};
    for (size_t i = 0; i < 4; i++) {
        char name[32], back[32];
        snprintf(name, sizeof name, "empty.%s", endings[i]);
        snprintf(back, sizeof back, "empty-%zu.csv", i);
        ifc_timeline *t = opened(in_folder(name), 0, IFC_TIME_MAX, 0);
        ifc_timeline_track(t, 0, "idle");
        closed(t);
        converted(name, back);
        CU_ASSERT(contains(in_folder(back), "\ntrack,idle,"));
        CU_ASSERT_EQUAL(slice_rows(in_folder(back)), 0);
    }
}

/* More changes than the sorter keeps in memory, reported in two different orders: one file. */
static void test_vcd_in_order(void)
{
    enum { N = 90000 };
    for (int turn = 0; turn < 2; turn++) {
        ifc_timeline *t = opened(in_folder(turn ? "long2.vcd" : "long1.vcd"), 0, IFC_TIME_MAX, 0);
        uint32_t a = ifc_timeline_track(t, 0, "a"), b = ifc_timeline_track(t, 0, "b");
        for (int i = 0; i < N; i++) {
            ifc_timeline_slice(t, a, "x", 10 * i, 10 * i + 5, NULL, 0, 0);
            if (turn)
                ifc_timeline_slice(t, b, "y", 10 * i + 3, 10 * i + 8, NULL, 0, 0);
        }
        for (int i = 0; i < N && !turn; i++)
            ifc_timeline_slice(t, b, "y", 10 * i + 3, 10 * i + 8, NULL, 0, 0);
        closed(t);
    }
    CU_ASSERT(equal_files(in_folder("long1.vcd"), in_folder("long2.vcd")));
    converted("long1.vcd", "long.csv");
    CU_ASSERT_EQUAL(slice_rows(in_folder("long.csv")), 2 * N);
}

static void test_sorter(void)
{
    enum { N = 5000 };
    ifc__sorter *s = ifc__sorter_new(in_folder("x"), 16); /* more runs than a chunk has room to read from */
    ifc__sort_record r, last = {-1, 0, 0, 0, 0};
    uint64_t seed = 1, sum = 0;
    for (int i = 0; i < N; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        ifc__sorter_add(s, (ifc_time)(seed >> 40) % 1000, (uint32_t)(seed >> 33) % 4, 0, i);
    }
    int n = 0;
    for (; ifc__sorter_next(s, &r); n++) {
        bool ordered = r.time > last.time ||
                       (r.time == last.time &&
                        (r.track > last.track || (r.track == last.track && r.sequence > last.sequence)));
        if (n > 0 && !ordered)
            CU_FAIL("out of order");
        sum += (uint64_t)r.value;
        last = r;
    }
    CU_ASSERT_EQUAL(n, N);
    CU_ASSERT_EQUAL(sum, (uint64_t)N * (N - 1) / 2);
    CU_ASSERT_EQUAL(ifc__sorter_error(s), 0);
    ifc__sorter_free(s);
}

/* ---- window and cap ---- */

static void test_window(void)
{
    ifc_timeline *t = opened(in_folder("w.csv"), 100, 200, 0);
    uint32_t die = ifc_timeline_track(t, 0, "die"), c = ifc_timeline_counter_track(t, 0, "c", "B");
    uint32_t still = ifc_timeline_counter_track(t, 0, "still", "B");
    ifc_timeline_counter(t, c, 0, 1);
    ifc_timeline_counter(t, c, 50, 2);
    ifc_timeline_counter(t, still, 60, 9);
    ifc_timeline_slice(t, die, "before", 0, 99, NULL, 0, 0);
    ifc_timeline_slice(t, die, "touches begin", 99, 100, NULL, 0, 0);
    ifc_timeline_slice(t, die, "over", 100, 200, NULL, 0, 0);
    ifc_timeline_slice(t, die, "touches end", 200, 300, NULL, 0, 0);
    ifc_timeline_slice(t, die, "after", 300, 301, NULL, 0, 0);
    ifc_timeline_counter(t, c, 150, 3);
    ifc_timeline_counter(t, c, 201, 4);
    closed(t);
    CU_ASSERT_EQUAL(slice_rows(in_folder("w.csv")), 3);
    CU_ASSERT_FALSE(contains(in_folder("w.csv"), "before"));
    CU_ASSERT_FALSE(contains(in_folder("w.csv"), "after"));
    CU_ASSERT(contains(in_folder("w.csv"), "counter,c,,100,,2,,,,,,,,,,\ncounter,c,,150,,3,"));
    CU_ASSERT_FALSE(contains(in_folder("w.csv"), "counter,c,,201"));
    CU_ASSERT(contains(in_folder("w.csv"), "counter,still,,100,,9,"));
}

static void test_cap(void)
{
    static const char *const names[] = {"cap.csv", "cap.pftrace", "cap.vcd"};
    for (size_t i = 0; i < 3; i++) {
        char back[32];
        snprintf(back, sizeof back, "cap-%zu.csv", i);
        ifc_timeline *t = opened(in_folder(names[i]), 0, IFC_TIME_MAX, 7);
        uint32_t die = ifc_timeline_track(t, 0, "die");
        for (int n = 0; n < 7; n++)
            ifc_timeline_slice(t, die, "x", 10 * n, 10 * n + 5, NULL, 0, 0);
        CU_ASSERT_EQUAL(ifc_timeline_dropped(t), 0);
        for (int n = 7; n < 12; n++)
            ifc_timeline_slice(t, die, "x", 10 * n, 10 * n + 5, NULL, 0, 0);
        CU_ASSERT_EQUAL(ifc_timeline_dropped(t), 5);
        closed(t);
        converted(names[i], back);
        CU_ASSERT_EQUAL(slice_rows(in_folder(back)), 7);
        CU_ASSERT(contains(in_folder(back), "mark,,recording cut: cap of 7 events reached,70,"));
        CU_ASSERT(contains(in_folder(back), "mark,,end of recording; 5 events are missing,115,"));
    }
}

/* ---- errors ---- */

static void test_refused_outputs(void)
{
    static const struct {
        const char *file;
        ifc_status status;
        const char *text;
    } cases[] = {
        {"timeline.json", IFC_EUSAGE, "known are .pftrace, .pftrace.gz, .vcd, .csv"},
        {".csv", IFC_EUSAGE, "unknown ending"},
        {"/nowhere/at/all/t.csv", IFC_EOUTPUT, "No such file"},
        {"/nowhere/at/all/t.vcd", IFC_EOUTPUT, "No such file"},
        {"/nowhere/at/all/t.pftrace.gz", IFC_EOUTPUT, "No such file"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const ifc_timeline_options options = {.file = cases[i].file, .level = 1, .end = IFC_TIME_MAX};
        ifc_timeline *t = NULL;
        ifc_error err = {0};
        CU_ASSERT_EQUAL(ifc_timeline_open(&t, &options, &err), cases[i].status);
        CU_ASSERT(strstr(err.text, cases[i].text) != NULL);
        CU_ASSERT_PTR_NULL(t);
    }
}

static void test_full_disk(void)
{
    static const char *const names[] = {"full.csv", "full.pftrace", "full.pftrace.gz", "full.vcd"};
    for (size_t i = 0; i < 4; i++) {
        ifc_error err = {0};
        CU_ASSERT_EQUAL_FATAL(symlink("/dev/full", in_folder(names[i])), 0);
        ifc_timeline *t = opened(in_folder(names[i]), 0, IFC_TIME_MAX, 0);
        record(t, 20000);
        CU_ASSERT_EQUAL(ifc_timeline_close(t, &err), IFC_EOUTPUT);
        CU_ASSERT(strstr(err.text, "No space left") != NULL);
    }
}

static void write_file(const char *path, const char *bytes, size_t size)
{
    FILE *f = fopen(path, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_EQUAL(fwrite(bytes, 1, size, f), size);
    fclose(f);
}

#define HEADER                                                                                               \
    "kind,track,name,begin_ps,end_ps,value,token,layer,head_group,bytes,pages,txn,operator,class,flow_in,"   \
    "flow_out\n"
#define TRACK   "track,a,,,,,,,,,,,,,,\n"
#define END     "mark,,end of recording,0,,,,,,,,,,,,\n"
#define COUNTER "counter_track,c,B,,,,,,,,,,,,,\n"

static void test_refused_inputs(void)
{
    static const struct {
        const char *name, *bytes, *text;
    } cases[] = {
        {"e.csv", "", "not a timeline of IFCSim"},
        {"e.csv", "a,b,c\n", "e.csv:1: not a timeline of IFCSim"},
        {"e.csv", HEADER "slice,a\n", "e.csv:2: 2 columns, expected 16"},
        {"e.csv", HEADER ",,,,,,,,,,,,,,,,\n", "more than 16 columns"},
        {"e.csv", HEADER "thing,,,,,,,,,,,,,,,\n", "kind 'thing'; known are"},
        {"e.csv", HEADER "slice,a,x,0,1,,,,,,,,,,,\n", "track 'a' is not declared above"},
        {"e.csv", HEADER "track,a/b,,,,,,,,,,,,,,\n", "track 'a' is not declared above"},
        {"e.csv", HEADER TRACK TRACK, "e.csv:3: track 'a' is declared twice"},
        {"e.csv", HEADER TRACK "slice,a,x,5,4,,,,,,,,,,,\n", "end after begin"},
        {"e.csv", HEADER TRACK "slice,a,x,,4,,,,,,,,,,,\n", "times are >= 0"},
        {"e.csv", HEADER TRACK "slice,a,x,0,4q,,,,,,,,,,,\n", "column 5: '4q' is not a whole number"},
        {"e.csv", HEADER TRACK "slice,a,x,0,99999999999999999999,,,,,,,,,,,\n", "not a whole number"},
        {"e.csv", HEADER TRACK "slice,a,x,0,4,,,,,,,,,,-1,\n", "not a flow's number"},
        {"e.csv", HEADER TRACK "slice,a,x,0,4,,,,,,,,,,,\nslice,a,x,3,5,,,,,,,,,,,\n", "before the last one"},
        {"e.csv", HEADER TRACK "slice,a,\"x,0,4,,,,,,,,,,,\n", "a quote that does not end"},
        {"e.csv", HEADER COUNTER "slice,c,x,0,4,,,,,,,,,,,\n", "on the counter track 'c'"},
        {"e.csv", HEADER TRACK "counter,a,,0,,4,,,,,,,,,,\n", "on the slice track 'a'"},
        {"e.csv", HEADER COUNTER "counter,c,,4,,4,,,,,,,,,,\ncounter,c,,3,,4,,,,,,,,,,\n", "goes back"},
        {"e.csv", HEADER COUNTER "track,c/x,,,,,,,,,,,,,,\n", "under a counter"},
        {"e.csv", HEADER TRACK, "e.csv: cut: it does not end with the mark \"end of recording\""},
        {"e.csv", HEADER END TRACK, "e.csv:3: more follows after the end of the recording"},
        {"e.csv", HEADER END END, "e.csv:3: more follows after the end of the recording"},
        {"e.csv", HEADER TRACK END "slice,a,x,0,4,,,,,,,,,,,\n", "e.csv:4: more follows after"},
        {"e.csv", HEADER COUNTER END "counter,c,,4,,4,,,,,,,,,,\n", "e.csv:4: more follows after"},
        {"e.pftrace", "", "no tracks"},
        {"e.pftrace", "hello", "not a Perfetto trace"},
        {"e.pftrace", "\x0a\x05xx", "ends inside a packet"},
        {"e.pftrace", "\x0a\x01\x0a", "not a Perfetto trace's"},
        {"e.pftrace", "\x0a\xff\xff\xff\x7f", "a packet of"},
        {"e.vcd", "", "no tracks in the header"},
        {"e.vcd", "$timescale 1 ns $end\n", "e.vcd:1: the time scale is not 1 ps"},
        {"e.vcd", "$enddefinitions $end\n", "no time scale"},
        {"e.vcd", "$comment ifcsim track 1 0 slices a % $end\n$comment ifcsim track 2 0 slices a % $end\n",
         "e.vcd:2: track 'a' is declared twice"},
        {"e.vcd", "$comment ifcsim track 1 0 slices a%01 % $end\n", "control characters"},
        {"e.vcd", "$comment ifcsim track 2 0 slices a % $end\n", "a track's comment that is wrong"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ifc_error err = {0};
        write_file(in_folder(cases[i].name), cases[i].bytes, strlen(cases[i].bytes));
        CU_ASSERT_EQUAL(convert(in_folder(cases[i].name), in_folder("e-out.csv"), &err), IFC_EDATA);
        if (!strstr(err.text, cases[i].text))
            printf("\nexpected '%s' in '%s'\n", cases[i].text, err.text);
        CU_ASSERT(strstr(err.text, cases[i].text) != NULL);
        CU_ASSERT_NOT_EQUAL(access(in_folder("e-out.csv"), F_OK), 0);
    }
}

/* A NUL ends no file. */
static void test_nul(void)
{
    static const char bytes[] = HEADER TRACK "\0" TRACK END,
                      inside[] = HEADER "track,a\0b,,,,,,,,,,,,,,\n" END;
    ifc_error at_start = {0}, in_line = {0};
    write_file(in_folder("nul.csv"), bytes, sizeof bytes - 1);
    CU_ASSERT_EQUAL(convert(in_folder("nul.csv"), in_folder("nul.vcd"), &at_start), IFC_EDATA);
    CU_ASSERT(strstr(at_start.text, "nul.csv:3: a NUL byte: not a text file") != NULL);
    write_file(in_folder("nul.csv"), inside, sizeof inside - 1);
    CU_ASSERT_EQUAL(convert(in_folder("nul.csv"), in_folder("nul.vcd"), &in_line), IFC_EDATA);
    CU_ASSERT(strstr(in_line.text, "nul.csv:2: a NUL byte: not a text file") != NULL);
    CU_ASSERT_NOT_EQUAL(access(in_folder("nul.vcd"), F_OK), 0);
}

/* However much of a recording is missing, it does not read as whole. */
static void test_cut(void)
{
    static const char *const names[] = {"cut.csv", "cut.pftrace", "cut.pftrace.gz", "cut.vcd"};
    for (size_t i = 0; i < 4; i++) {
        record_file(names[i], 20);
        content c = content_of(in_folder(names[i]));
        for (size_t missing = 2; missing <= c.size; missing += missing < 200 ? 1 : 97) {
            write_file(in_folder(names[i]), c.bytes, c.size - missing);
            if (convert(in_folder(names[i]), in_folder("cut-out.csv"), NULL) != IFC_EDATA) {
                printf("\n%s without its last %zu bytes is read\n", names[i], missing);
                CU_FAIL("a cut recording is read");
                break;
            }
        }
        free(c.bytes);
    }
}

static void test_ends_early(void)
{
    static const char *const names[] = {"early.csv", "early.pftrace", "early.vcd"};
    for (size_t i = 0; i < 3; i++) {
        ifc_timeline *t = opened(in_folder(names[i]), 0, IFC_TIME_MAX, 0);
        ifc_timeline_slice(t, ifc_timeline_track(t, 0, "die"), "x", 0, 5, NULL, 0, 0);
        ifc_timeline_ends_early(t, "the run was interrupted");
        closed(t);
        converted(names[i], "early-back.csv");
        CU_ASSERT(
            contains(in_folder("early-back.csv"), "mark,,end of recording; the run was interrupted,5,,"));
        converted("early-back.csv", names[i]);
        converted(names[i], "early-again.csv");
        CU_ASSERT(equal_files(in_folder("early-back.csv"), in_folder("early-again.csv")));
    }
}

/* A file belongs to one recording at a time; the second writer is told, and takes nothing away. */
static void test_two_writers(void)
{
    const ifc_timeline_options options = {.file = in_folder("two.csv"), .level = 1, .end = IFC_TIME_MAX};
    ifc_timeline *first = opened(in_folder("two.csv"), 0, IFC_TIME_MAX, 0), *second = NULL;
    ifc_error err = {0};
    record(first, 20000);
    CU_ASSERT_EQUAL(ifc_timeline_open(&second, &options, &err), IFC_EOUTPUT);
    CU_ASSERT(strstr(err.text, "two.csv: cannot make the timeline: another process writes it") != NULL);
    closed(first);
    converted("two.csv", "two-back.csv");
}

static void test_refused_vcd_bodies(void)
{
#define VCD "$timescale 1 ps $end\n$comment ifcsim track 1 0 slices a % $end\n$enddefinitions $end\n"
    static const struct {
        const char *body, *text;
    } cases[] = {
        {"#5\n#4\n", "goes back"},
        {"#x\n", "time 'x' is not a number"},
        {"1~~~\n", "is not one of IFCSim's"},
        {"1%\n", "a value of another kind"},
        {"b2 &\n", "is not a vector"},
        {"r1.5 &\n", "is not a change that IFCSim writes"},
        {"#0\n1$\nb1 &\n#9\n", "has no end"},
        {"#0\nb1111111111111111111111111111111 &\n#1\n", "the count of track 'a' goes from 0"},
        {"#0\nb1111111111111111111111111111111111111111111111111111111111111111 &\n#1\n",
         "goes from 0 to -1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[512];
        ifc_error err = {0};
        int n = snprintf(text, sizeof text, "%s%s", VCD, cases[i].body);
        write_file(in_folder("body.vcd"), text, (size_t)n);
        CU_ASSERT_EQUAL(convert(in_folder("body.vcd"), in_folder("e-out.csv"), &err), IFC_EDATA);
        if (!strstr(err.text, cases[i].text))
            printf("\nexpected '%s' in '%s'\n", cases[i].text, err.text);
        CU_ASSERT(strstr(err.text, cases[i].text) != NULL);
    }
}

static void test_refused_conversions(void)
{
    ifc_error err = {0};
    record_file("same.csv", 3);
    CU_ASSERT_EQUAL(convert(in_folder("same.csv"), in_folder("same.csv"), &err), IFC_EUSAGE);
    CU_ASSERT(strstr(err.text, "one file") != NULL);
    CU_ASSERT_EQUAL(slice_rows(in_folder("same.csv")), 6);
    CU_ASSERT_EQUAL(convert(in_folder("same.csv"), in_folder("x.txt"), NULL), IFC_EUSAGE);
    CU_ASSERT_EQUAL(convert(in_folder("x.txt"), in_folder("x.csv"), NULL), IFC_EUSAGE);
    CU_ASSERT_EQUAL(convert(in_folder("missing.csv"), in_folder("x.csv"), NULL), IFC_ENOINPUT);
    CU_ASSERT_EQUAL_FATAL(mkdir(in_folder("folder.vcd"), 0777), 0);
    CU_ASSERT_EQUAL(convert(in_folder("folder.vcd"), in_folder("x.csv"), NULL), IFC_ENOINPUT);
}

/* Cut after every byte and with every byte changed: an answer, never a crash; what is accepted is whole. */
static void test_damaged_inputs(void)
{
    static const char *const names[] = {"small.csv", "small.pftrace", "small.pftrace.gz", "small.vcd"};
    for (size_t f = 0; f < 4; f++) {
        char damaged[32];
        int refused = 0;
        record_file(names[f], 4);
        snprintf(damaged, sizeof damaged, "bad%s", strchr(names[f], '.'));
        content c = content_of(in_folder(names[f]));
        for (size_t at = 0; at < c.size; at++) {
            ifc_status status;
            write_file(in_folder(damaged), c.bytes, at);
            status = convert(in_folder(damaged), in_folder("bad-out.csv"), NULL);
            CU_ASSERT(status == IFC_OK || status == IFC_EDATA);
            refused += status == IFC_EDATA;
            c.bytes[at] ^= (char)(1 << at % 7);
            write_file(in_folder(damaged), c.bytes, c.size);
            status = convert(in_folder(damaged), in_folder("bad-out.csv"), NULL);
            CU_ASSERT(status == IFC_OK || status == IFC_EDATA);
            refused += status == IFC_EDATA;
            c.bytes[at] ^= (char)(1 << at % 7);
        }
        CU_ASSERT(refused > (int)c.size / 4);
        free(c.bytes);
    }
}

static void remove_folder(void)
{
    char command[96];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    if (system(command) != 0)
        fprintf(stderr, "%s is left behind\n", folder);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"CSV, to the character", test_csv_text},
        {"VCD, to the character", test_vcd_text},
        {"formats there and back", test_round_trips},
        {"a VCD counts every slice", test_vcd_counts_every_slice},
        {"nothing recorded", test_empty},
        {"no tracks", test_no_tracks},
        {"VCD does not depend on the order of reports", test_vcd_in_order},
        {"external sort", test_sorter},
        {"window", test_window},
        {"cap", test_cap},
        {"outputs that cannot be", test_refused_outputs},
        {"full disk", test_full_disk},
        {"inputs that are refused", test_refused_inputs},
        {"NUL bytes", test_nul},
        {"cut recordings", test_cut},
        {"recordings that end early", test_ends_early},
        {"two writers", test_two_writers},
        {"VCD bodies that are refused", test_refused_vcd_bodies},
        {"conversions that are refused", test_refused_conversions},
        {"damaged inputs", test_damaged_inputs},
    };
    snprintf(folder, sizeof folder, "/tmp/ifcsim-timeline-XXXXXX");
    if (!mkdtemp(folder))
        return 2;
    int status = IFC_RUN_TESTS("timeline", tests);
    remove_folder();
    return status;
}
