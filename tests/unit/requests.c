/**
 * Requests: every form of trace, what is wrong with broken ones, and what is drawn against its formulas.
 */
#include "workloads/requests/requests.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "tests/unit/ifc_cunit.h"
#include "workloads/requests/figures.h"

static char file[64];

static void write_trace(const char *text, size_t length)
{
    FILE *f = fopen(file, "w");
    if (!f || fwrite(text, 1, length, f) != length || fclose(f) != 0)
        exit(2);
}

/* Up to @max requests. Return: how many there were; *@status and *@err as the last call left them. */
static size_t take(const ifc_requests_options *o, ifc_request *all, size_t max, ifc_status *status,
                   ifc_error *err)
{
    ifc_requests *q = NULL;
    ifc_request r;
    size_t n = 0;
    bool more = true;
    *err = (ifc_error){.status = IFC_OK};
    *status = ifc_requests_open(o, &q, err);
    while (*status == IFC_OK && more) {
        *status = ifc_requests_next(q, &r, &more, err);
        if (*status != IFC_OK || !more)
            break;
        r.blocks = NULL; /* theirs */
        if (n < max)
            all[n] = r;
        n++;
    }
    ifc_requests_close(q);
    return n;
}

static ifc_request got[64];
static ifc_error error;
static ifc_status ended;

static size_t read_all(const char *text, ifc_requests_options o)
{
    write_trace(text, strlen(text));
    o.trace = file;
    return take(&o, got, 64, &ended, &error);
}

#define NONE                                                                                                 \
    (ifc_requests_options)                                                                                   \
    {                                                                                                        \
        .seed = 1                                                                                            \
    }

static void test_azure(void)
{
    const char *text = "TIMESTAMP,ContextTokens,GeneratedTokens\r\n"
                       "2023-12-31 23:59:59.6805900,374,44\r\n"
                       "2024-01-01 00:00:00.6805901,396,109\r\n"
                       "2024-03-01 00:00:00+00:00,7,8";
    CU_ASSERT_EQUAL(read_all(text, NONE), 3);
    CU_ASSERT_EQUAL(ended, IFC_OK);
    CU_ASSERT(got[0].arrival == 0 && got[0].prompt == 374 && got[0].answer == 44 && got[0].index == 0);
    CU_ASSERT_EQUAL(got[1].arrival, IFC_SECOND + 100 * IFC_NS);
    CU_ASSERT_EQUAL(got[2].arrival, IFC_TIME_FAR); /* 60 days: past the end of the clock */
    CU_ASSERT_DOUBLE_EQUAL(got[2].seconds, 60 * 86400.0 + 1 - 0.68059, 1e-6);
    CU_ASSERT(got[2].session == IFC_NO_SESSION && got[2].kept == 0 && got[2].n_blocks == 0);
}

static void test_mooncake(void)
{
    const char *text =
        "{\"timestamp\": 0, \"input_length\": 1200, \"output_length\": 40, \"hash_ids\": [11, 12, 13]}\n"
        "{\"timestamp\": 3000, \"input_length\": 1500, \"output_length\": 12, \"hash_ids\": [11, 12, 14]}\n"
        "{\"timestamp\": 3000.5, \"input_length\": 100, \"output_length\": 1, \"hash_ids\": [13]}\n"
        "\n"
        "{\"timestamp\": 3001, \"input_length\": 700, \"output_length\": 1, \"hash_ids\": [0, 11], \"x\": "
        "[]}\n";
    CU_ASSERT_EQUAL(read_all(text, NONE), 4);
    CU_ASSERT_EQUAL(ended, IFC_OK);
    CU_ASSERT(got[1].arrival == 3 * IFC_SECOND && got[1].n_blocks == 3 && got[1].prompt == 1500);
    CU_ASSERT_EQUAL(got[2].arrival, 3 * IFC_SECOND + 500 * IFC_US);
    ifc_requests_options o = {.trace = file};
    ifc_requests *q = NULL;
    ifc_requests_figures f = {0};
    CU_ASSERT_EQUAL_FATAL(ifc_requests_open(&o, &q, &error), IFC_OK);
    CU_ASSERT_EQUAL(ifc_requests_form(q), IFC_TRACE_MOONCAKE);
    CU_ASSERT_EQUAL(ifc_requests_measure(q, &f, &error), IFC_OK);
    ifc_requests_close(q);
    CU_ASSERT(f.blocks == 9 && f.shared_blocks == 3); /* 11, 12; 13; not 11 behind a block that is new */
    CU_ASSERT_EQUAL(f.shared_tokens, 1024 + 100);
}

static void test_burstgpt(void)
{
    const char *text =
        "Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log Type\n"
        "5,a1,,ChatGPT,472,18,490,Conversation log\n"
        "45.25,b,,GPT-4,10,0,10,API log\n"
        "50,,,GPT-4,10,3,13,API log\n"
        "118,a1,113,ChatGPT,1087,230,1317,Conversation log\n"
        "119,a1,1,ChatGPT,1200,1,1201,Conversation log\n"
        "120,a1,1,ChatGPT,1201,1,1202,Conversation log\n"
        "121,a1,1,ChatGPT,1203,1,1204,Conversation log\n";
    CU_ASSERT_EQUAL(read_all(text, NONE), 6);
    CU_ASSERT_EQUAL(ended, IFC_OK);
    CU_ASSERT(got[0].session == 0 && got[0].turn == 0 && got[0].kept == 0);
    CU_ASSERT(got[1].session == IFC_NO_SESSION && got[1].index == 2 && got[1].arrival == 45 * IFC_SECOND);
    CU_ASSERT(got[2].session == 0 && got[2].turn == 1 && got[2].kept == 490);
    CU_ASSERT(got[3].kept == 0 && got[3].turn == 2); /* shorter than what was said: cut */
    CU_ASSERT(got[4].kept == 0 && got[5].kept == 1202);
    CU_ASSERT_EQUAL(read_all("Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n"
                             "5,ChatGPT,472,18,490,Conversation log\n",
                             NONE),
                    1);
    CU_ASSERT(ended == IFC_OK && got[0].session == IFC_NO_SESSION);
}

static void test_own_form(void)
{
    CU_ASSERT_EQUAL(read_all("arrival_ps,session,prompt,generated,blocks\n"
                             "1000000000001,x,600,7,5 6\n"
                             "1000000000004,x,608,7,\n",
                             NONE),
                    2);
    CU_ASSERT(ended == IFC_OK && got[0].n_blocks == 2 && got[1].n_blocks == 0);
    CU_ASSERT(got[1].arrival == 3 && got[1].kept == 607);
    /* What a run writes of its requests. */
    CU_ASSERT_EQUAL(
        read_all("request,session,arrival_ps,start_ps,first_token_ps,end_ps,prompt,cached,generated\n"
                 "0,,10,11,12,13,5,0,6\n",
                 NONE),
        1);
    CU_ASSERT(ended == IFC_OK && got[0].prompt == 5 && got[0].answer == 6);
}

#define AZURE  "TIMESTAMP,ContextTokens,GeneratedTokens\n"
#define DAY    "2023-11-16 18:15:46"
#define OWN    "arrival_ps,prompt,generated\n"
#define BURST  "Timestamp,Request tokens,Response tokens\n"
#define OBJECT "{\"timestamp\": 1, \"input_length\": 512, \"output_length\": 1"

/* Each is refused with a message that names the line. */
static void test_broken(void)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"", ": no trace: the file is empty"},
        {"\n\n", ": no trace: the file is empty"},
        {"a,b,c\n1,2,3\n", ":1: 'a,b,c' begins no trace of a known form (allowed; azure: "},
        {AZURE DAY ",1,1\n" DAY ",1\n", ":3: 2 columns, not the 3 of the first line"},
        {AZURE DAY ",1,1,1\n", ":2: 4 columns"},
        {AZURE DAY ",1,1\n2023-11-16 18:", ":3: 1 columns"},
        {AZURE "yesterday,1,1\n", ":2: 'yesterday' is no time like"},
        {AZURE "2023-13-16 18:15:46,1,1\n", ":2: '2023-13-16"},
        {AZURE "2023-11-16 18:15:6x,1,1\n", ":2: '2023-11-16"},
        {AZURE "2023-11-16 18:15:46.,1,x\n", ":2: GeneratedTokens 'x': no number of tokens"},
        {AZURE DAY ",,1\n", ":2: ContextTokens '': a number of tokens is missing"},
        {AZURE DAY ",-1,1\n", ":2: ContextTokens '-1': no number"},
        {AZURE DAY ",1.5,1\n", ":2: ContextTokens '1.5': no number"},
        {AZURE DAY ",134217729,1\n", ":2: ContextTokens '134217729': more tokens than 128M"},
        {AZURE DAY ",99999999999999999999999,1\n", ":2: ContextTokens '9999"},
        {AZURE DAY ",1,1\n\n2023-11-16 18:15:45.9999999,1,1\n", ":4: it arrives before the row above it"},
        {"TIMESTAMP,ContextTokens\n", ":1: no column 'GeneratedTokens' (form azure)"},
        {"TIMESTAMP,ContextTokens,GeneratedTokens,Why\n", ":1: unknown column 'Why' of form azure"},
        {"arrival_ps,prompt,prompt,generated\n", ":1: column 'prompt' is there twice"},
        {OWN "1.5,1,1\n", ":2: '1.5' is no time in whole picoseconds"},
        {OWN "-1,1,1\n", ":2: '-1' is no time"},
        {OWN "999999999999999999999,1,1\n", ":2: '999999999999999999999' is no time"},
        {"arrival_ps,prompt,generated,blocks\n1,1,1,5;6\n", ":2: '5;6' are no ids of blocks"},
        {BURST "1e3,1,1\n", ":2: '1e3' is no time in seconds"},
        {OBJECT "}\n" OBJECT "\n", ":2: no JSON object (column "},
        {OBJECT "}\n[1]\n", ":2: no JSON object"},
        {OBJECT ", \"hash_ids\": [1, 2]}\n", ":1: 2 hash_ids for 512 tokens (at most one for each 512)"},
        {OBJECT ", \"hash_ids\": 5}\n", ":1: no array behind 'hash_ids'"},
        {OBJECT ", \"hash_ids\": [\"a\"]}\n", ":1: hash_ids holds what is no whole number"},
        {"{\"timestamp\": 1, \"input_length\": 512}\n", ":1: the object lacks 'output_length'"},
        {"{\"timestamp\": 1, \"input_length\": 2.5, \"output_length\": 1}\n", ":1: no whole number behind"},
        {"{\"timestamp\": -1, \"input_length\": 2, \"output_length\": 1}\n", ":1: timestamp = -1: out of"},
        {"{\"input_length\": 2, \"output_length\": 1}\n", ":1: the object lacks 'timestamp'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        (void)read_all(cases[i].text, NONE);
        bool named = strncmp(error.text, file, strlen(file)) == 0 &&
                     strncmp(error.text + strlen(file), cases[i].says, strlen(cases[i].says)) == 0;
        CU_ASSERT(ended == IFC_EDATA && named);
        if (!named)
            printf("\n%s: '%s', not '%s'\n", cases[i].text, error.text, cases[i].says);
    }
}

/* A line that is too long, one that is no text, a file that is cut or not there. */
static void test_bad_files(void)
{
    size_t length = 5 << 20;
    char *text = malloc(length);
    memset(text, '1', length);
    memcpy(text, OWN, strlen(OWN));
    write_trace(text, length);
    ifc_requests_options o = {.trace = file};
    (void)take(&o, got, 64, &ended, &error);
    CU_ASSERT(ended == IFC_EDATA && strstr(error.text, ":2: the line has more than 4194304 bytes"));
    memcpy(text, OWN "1,\0", strlen(OWN) + 3);
    write_trace(text, 60);
    (void)take(&o, got, 64, &ended, &error);
    CU_ASSERT(ended == IFC_EDATA && strstr(error.text, ":2: the line holds a NUL byte"));
    for (size_t i = strlen(OWN), n = 0; i + 40 < length; n++)
        i += (size_t)sprintf(text + i, "%zu,%zu,3\n", n, n * 7919 % 10007 + 1);
    gzFile z = gzopen(file, "w");
    gzputs(z, text);
    gzclose(z);
    CU_ASSERT(take(&o, got, 64, &ended, &error) > 300000 && ended == IFC_OK);
    CU_ASSERT_EQUAL_FATAL(truncate(file, 300000), 0);
    (void)take(&o, got, 64, &ended, &error);
    CU_ASSERT(ended == IFC_EDATA && strstr(error.text, "unexpected end of file"));
    free(text);
    o.trace = "/nowhere/trace.csv";
    (void)take(&o, got, 64, &ended, &error);
    CU_ASSERT(ended == IFC_ENOINPUT && strstr(error.text, "cannot open /nowhere/trace.csv: No such file"));
    o.trace = "/tmp";
    (void)take(&o, got, 64, &ended, &error);
    CU_ASSERT(ended == IFC_ENOINPUT && strstr(error.text, "Is a directory"));
}

/* A form that is given is the form. */
static void test_form(void)
{
    ifc_requests_options o = {.form = IFC_TRACE_AZURE};
    (void)read_all(OWN "1,1,1\n", o);
    CU_ASSERT(ended == IFC_EDATA && strstr(error.text, ":1: unknown column 'arrival_ps' of form azure"));
    CU_ASSERT(read_all("\xef\xbb\xbf" AZURE DAY ",1,1\n", o) == 1 && ended == IFC_OK);
    CU_ASSERT(read_all("\xef\xbb\xbf" OBJECT "}\n", NONE) == 1 && ended == IFC_OK);
}

#define TEN OWN "0,10,1\n1000,20,2\n2000,30,3\n3000,40,4\n4000,0,4\n5000,50,0\n5000,50,5\n7000,60,6\n"

static void test_which(void)
{
    ifc_requests_options o = {.first = 2, .count = 3, .speed = 2, .limit = 44};
    CU_ASSERT_EQUAL(read_all(TEN, o), 3);
    CU_ASSERT(got[0].index == 2 && got[0].arrival == 0 && got[0].prompt == 30 && got[0].answer == 3);
    CU_ASSERT(got[1].index == 3 && got[1].arrival == 500 && got[1].prompt == 40 && got[1].answer == 4);
    CU_ASSERT(got[2].index == 6 && got[2].arrival == 1500 && got[2].prompt == 39 && got[2].answer == 5);
    o = (ifc_requests_options){.first = 7};
    CU_ASSERT(read_all(TEN, o) == 1 && got[0].arrival == 0);
    o.first = 8;
    CU_ASSERT(read_all(TEN, o) == 0 && ended == IFC_OK);
    o = (ifc_requests_options){.limit = 2};
    CU_ASSERT(read_all(TEN, o) == 6 && got[0].prompt == 1 && got[5].prompt == 1 && got[5].answer == 1);
    /* Lengths of a trace, arrivals of a rate. */
    o = (ifc_requests_options){.arrival = IFC_ARRIVE_CONSTANT, .rate = 1e9};
    CU_ASSERT(read_all(TEN, o) == 6 && got[5].arrival == 5000);
    o.arrival = IFC_ARRIVE_CLOSED;
    CU_ASSERT(read_all(TEN, o) == 6 && got[5].arrival == 0);
}

static void test_options(void)
{
    static const struct {
        ifc_requests_options o;
        const char *says;
    } cases[] = {
        {{.arrival = IFC_ARRIVE_CLOSED}, "need a count"},
        {{.count = 1}, "need an arrival"},
        {{.count = 1, .arrival = IFC_ARRIVE_POISSON}, "rate = 0: out of range"},
        {{.trace = file, .speed = -1}, "speed = -1: out of range"},
        {{.trace = file, .limit = 1}, "limit = 1: out of range"},
        {{.trace = file, .sessions = 1}, "a trace tells its sessions"},
        {{.count = 1, .arrival = IFC_ARRIVE_CLOSED, .sessions = 1}, "need a limit"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CU_ASSERT_EQUAL(take(&cases[i].o, got, 64, &ended, &error), 0);
        CU_ASSERT(ended == IFC_EDATA && strstr(error.text, cases[i].says));
    }
}

/* More conversations than are remembered: the first is forgotten, one that goes on is not. */
static void test_many_sessions(void)
{
    FILE *f = fopen(file, "w");
    fputs("arrival_ps,session,prompt,generated\n", f);
    for (int i = 0; i < 65536; i++)
        fprintf(f, "%d,s%d,10,1\n", i, i);
    fprintf(f, "65536,s0,20,1\n65537,new,10,1\n65538,s0,30,1\n65539,s1,20,1\n");
    fclose(f);
    ifc_requests_options o = {.trace = file, .first = 0};
    ifc_requests *q = NULL;
    ifc_request r;
    bool more = true;
    CU_ASSERT_EQUAL_FATAL(ifc_requests_open(&o, &q, &error), IFC_OK);
    for (int i = 0; i < 65536 && more; i++)
        CU_ASSERT_EQUAL(ifc_requests_next(q, &r, &more, &error), IFC_OK);
    CU_ASSERT(r.session == 65535 && ifc_requests_remarks_of(q)->forgotten == 0);
    static const struct {
        uint64_t session, kept, forgotten;
    } expected[] = {{0, 11, 0}, {65536, 0, 1}, {0, 21, 1}, {65537, 0, 2}};
    for (int i = 0; i < 4; i++) {
        CU_ASSERT_EQUAL(ifc_requests_next(q, &r, &more, &error), IFC_OK);
        CU_ASSERT(r.session == expected[i].session && r.kept == expected[i].kept);
        CU_ASSERT_EQUAL(ifc_requests_remarks_of(q)->forgotten, expected[i].forgotten);
    }
    ifc_requests_close(q);
}

/* ---- what is drawn ---- */

static ifc_distribution of(const char *text)
{
    ifc_distribution d = {0};
    CU_ASSERT_EQUAL(ifc_distribution_parse(text, &d, &error), IFC_OK);
    return d;
}

#define DRAWS 200000

static void draw(const char *text, double *mean, double *log_mean, double *log_deviation, uint64_t *min,
                 uint64_t *max)
{
    ifc_distribution d = of(text);
    uint64_t rng = 7;
    double sum = 0, logs = 0, squares = 0;
    *min = UINT64_MAX, *max = 0;
    for (int i = 0; i < DRAWS; i++) {
        uint64_t n = ifc_distribution_draw(&d, &rng);
        double l = log((double)n);
        sum += (double)n, logs += l, squares += l * l;
        *min = n < *min ? n : *min, *max = n > *max ? n : *max;
    }
    *mean = sum / DRAWS;
    *log_mean = logs / DRAWS;
    *log_deviation = sqrt(squares / DRAWS - *log_mean * *log_mean);
}

static void test_distributions(void)
{
    double mean, logs, deviation;
    uint64_t min, max;
    draw("512", &mean, &logs, &deviation, &min, &max);
    CU_ASSERT(min == 512 && max == 512);
    draw("constant:value=4K", &mean, &logs, &deviation, &min, &max);
    CU_ASSERT(min == 4096 && max == 4096);
    draw("uniform:min=5,max=14", &mean, &logs, &deviation, &min, &max);
    CU_ASSERT(min == 5 && max == 14 && fabs(mean - 9.5) < 0.03);
    draw("exponential:mean=300", &mean, &logs, &deviation, &min, &max);
    CU_ASSERT(min == 1 && fabs(mean - 300) < 3 && fabs(logs - (log(300) - 0.5772)) < 0.01);
    draw("lognormal:median=1000,sigma=0.8", &mean, &logs, &deviation, &min, &max);
    CU_ASSERT(fabs(mean / (1000 * exp(0.32)) - 1) < 0.01 && fabs(logs - log(1000)) < 0.01);
    CU_ASSERT(fabs(deviation - 0.8) < 0.005);
    draw("lognormal:median=1000,sigma=2,min=100,max=2K", &mean, &logs, &deviation, &min, &max);
    CU_ASSERT(min == 100 && max == 2048);
}

static void test_bad_distributions(void)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"0", "0: value = 0: out of range (allowed: 1 .. 134217728)"},
        {"1x", "1x: value = 1x: "},
        {"gauss:mean=1", "'gauss:mean=1' is no distribution (allowed: a number"},
        {"uniform:min=9,max=3", "min is above max"},
        {"uniform:mean=9", "uniform has no parameter 'mean' (allowed: min, max)"},
        {"lognormal:median=9", "lognormal needs sigma=VALUE"},
        {"lognormal:median=9,sigma=11", "sigma = 11: out of range (allowed: 0 .. 10)"},
        {"lognormal:median=9,sigma=nan", "sigma = nan: "},
        {"exponential", "'' is no NAME=VALUE"},
        {"exponential:mean=1,max=0", "max = 0: out of range (allowed: 1 .. 128M)"},
        {"exponential:mean=1,", "'' is no NAME=VALUE"},
        {"", "'' is no distribution"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ifc_distribution d;
        ifc_error err = {.status = IFC_OK};
        CU_ASSERT_EQUAL(ifc_distribution_parse(cases[i].text, &d, &err), IFC_EDATA);
        CU_ASSERT_PTR_NOT_NULL(strstr(err.text, cases[i].says));
        if (!strstr(err.text, cases[i].says))
            printf("\n%s: '%s'\n", cases[i].text, err.text);
    }
}

static ifc_request drawn[DRAWS];

/* Poisson: gaps of mean 1/rate and as large a deviation; the same seed, the same requests. */
static void test_arrivals(void)
{
    ifc_requests_options o = {
        .count = DRAWS, .arrival = IFC_ARRIVE_POISSON, .rate = 4, .speed = 2, .seed = 3};
    o.prompt = of("uniform:min=1,max=1000");
    o.answer = of("7");
    CU_ASSERT_EQUAL(take(&o, drawn, DRAWS, &ended, &error), DRAWS);
    double squares = 0, mean = drawn[DRAWS - 1].seconds / DRAWS;
    for (int i = 0; i < DRAWS; i++) {
        double gap = drawn[i].seconds - (i ? drawn[i - 1].seconds : 0);
        squares += gap * gap;
        CU_ASSERT(gap >= 0 && fabs((double)drawn[i].arrival - drawn[i].seconds * 5e11) < 2);
    }
    CU_ASSERT(fabs(mean - 0.25) < 0.002 && fabs(sqrt(squares / DRAWS - mean * mean) - 0.25) < 0.004);
    o.count = 64;
    CU_ASSERT_EQUAL(take(&o, got, 64, &ended, &error), 64);
    CU_ASSERT_EQUAL(memcmp(got, drawn, sizeof got), 0);
    o.seed = 4;
    (void)take(&o, got, 64, &ended, &error);
    CU_ASSERT(got[5].prompt != drawn[5].prompt && got[5].arrival != drawn[5].arrival);
    /* Another rate, the same lengths. */
    o = (ifc_requests_options){.count = 64,
                               .arrival = IFC_ARRIVE_CONSTANT,
                               .rate = 8,
                               .seed = 3,
                               .prompt = o.prompt,
                               .answer = o.answer};
    (void)take(&o, got, 64, &ended, &error);
    CU_ASSERT(got[63].prompt == drawn[63].prompt && got[63].arrival == 63 * IFC_SECOND / 8);
}

/* Four conversations side by side: each turn begins with all that was said, and all keep to the limit. */
static void test_drawn_sessions(void)
{
    ifc_requests_options o = {
        .count = 5000, .arrival = IFC_ARRIVE_CLOSED, .sessions = 4, .limit = 1000, .seed = 5};
    o.prompt = of("uniform:min=10,max=50");
    o.answer = of("uniform:min=1,max=90");
    CU_ASSERT_EQUAL(take(&o, drawn, DRAWS, &ended, &error), 5000);
    static uint64_t said[5000], turns[5000];
    uint64_t sessions = 0;
    memset(said, 0, sizeof said);
    memset(turns, 0, sizeof turns);
    for (int i = 0; i < 5000; i++) {
        const ifc_request *r = &drawn[i];
        CU_ASSERT_FATAL(r->session <= sessions);
        sessions += r->session == sessions;
        CU_ASSERT(r->kept == said[r->session] && r->turn == turns[r->session]++);
        CU_ASSERT(r->prompt >= r->kept + 10 && r->prompt <= r->kept + 50);
        said[r->session] = r->prompt + r->answer;
        CU_ASSERT(said[r->session] <= 1000);
    }
    /* About 75 tokens a turn: 13 turns of each. */
    CU_ASSERT(sessions > 5000 / 15 && sessions < 5000 / 11);
}

/* P(the k-th last that spoke) = p (1 - p)^k, and of all n the last one has what is left: (1 - p)^(n - 1). */
static void test_recent_sessions(void)
{
    enum { N = 4 };
    ifc_requests_options o = {.count = 5000,
                              .arrival = IFC_ARRIVE_CLOSED,
                              .sessions = N,
                              .recent = 0.5,
                              .limit = 100000000,
                              .seed = 3};
    o.prompt = o.answer = of("5");
    CU_ASSERT_EQUAL(take(&o, drawn, DRAWS, &ended, &error), 5000);
    uint64_t line[N] = {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}, times[N] = {0};
    for (int i = 0; i < 5000; i++) {
        int at = 0;
        while (at < N - 1 && line[at] != drawn[i].session)
            at++;
        times[at] += i >= 100;
        for (; at > 0; at--)
            line[at] = line[at - 1];
        line[0] = drawn[i].session;
    }
    for (int k = 0; k < N; k++)
        CU_ASSERT_DOUBLE_EQUAL((double)times[k] / 4900, pow(0.5, k < N - 1 ? k + 1 : k), 0.02);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"azure", test_azure},
        {"mooncake", test_mooncake},
        {"burstgpt", test_burstgpt},
        {"own form", test_own_form},
        {"broken traces", test_broken},
        {"bad files", test_bad_files},
        {"a form that is given", test_form},
        {"which rows", test_which},
        {"options that do not go together", test_options},
        {"many sessions", test_many_sessions},
        {"distributions", test_distributions},
        {"bad distributions", test_bad_distributions},
        {"arrivals", test_arrivals},
        {"drawn sessions", test_drawn_sessions},
        {"recent sessions", test_recent_sessions},
    };
    snprintf(file, sizeof file, "/tmp/ifc-requests-%ld", (long)getpid());
    int status = IFC_RUN_TESTS("requests", tests);
    unlink(file);
    return status;
}
