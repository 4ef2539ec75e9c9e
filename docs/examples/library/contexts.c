/* Tokens per second of a scenario at growing contexts, and when it no longer fits:
 *     contexts SCENARIO [PATH=VALUE]... */
#include <ifcsim.h>

#include <stdio.h>
#include <string.h>

static int watch(void *arg, const ifcsim_progress *p)
{
    (void)arg;
    fprintf(stderr, "\r%3.0f %%", 100 * p->share);
    return 0; /* go on */
}

static int complain(void)
{
    fprintf(stderr, "contexts: %s\n", ifcsim_error());
    return 1;
}

static int run_at(ifcsim_scenario *s, const char *context)
{
    ifcsim_result *r;
    double speed = 0, latency = 0;
    if (ifcsim_set(s, "workload.context", context) != IFCSIM_OK)
        return complain();
    ifcsim_status status = ifcsim_run(s, 0, watch, NULL, &r);
    if (!r)
        return complain();
    if (status == IFCSIM_OK && ifcsim_number(r, "decode.tokens_per_second", &speed) &&
        ifcsim_number(r, "decode.latency_ps.mean", &latency))
        printf("%-6s %8.2f tokens/s %8.2f ms\n", context, speed, latency * 1e-9);
    else
        printf("%-6s %s\n", context, ifcsim_text(r, "status"));
    ifcsim_result_free(r);
    return 0;
}

int main(int argc, char **argv)
{
    static const char *const contexts[] = {"1K", "4K", "16K", "100K"};
    ifcsim_scenario *s = NULL;
    if (argc < 2) {
        fprintf(stderr, "usage: contexts SCENARIO [PATH=VALUE]...\n");
        return IFCSIM_USAGE;
    }
    int failed = ifcsim_load(argv[1], &s) == IFCSIM_OK ? 0 : complain();
    for (int i = 2; i < argc && !failed; i++) {
        char *equals = strchr(argv[i], '=');
        if (equals)
            *equals = '\0';
        failed = equals && ifcsim_set(s, argv[i], equals + 1) == IFCSIM_OK ? 0 : complain();
    }
    for (size_t i = 0; i < sizeof contexts / sizeof contexts[0] && !failed; i++)
        failed = run_at(s, contexts[i]);
    ifcsim_free(s);
    return failed;
}
