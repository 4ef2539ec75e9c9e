/*
 * Options of SimGrid that a user may give. All that is not known to leave a run as it is, is refused: threads
 * and stacks of actors, models of networks and hosts, replays and breakpoints.
 */
#include <stdbool.h>
#include <string.h>

#include "platform/kernel/kernel.h"

static const char *const settings[] = {"tracing",
                                       "tracing/actor",
                                       "tracing/basic",
                                       "tracing/categorized",
                                       "tracing/comment",
                                       "tracing/filename",
                                       "tracing/platform",
                                       "tracing/platform/topology",
                                       "tracing/uncategorized",
                                       NULL};
static const char *const levels[] = {"trace",   "debug", "verbose",  "info",
                                     "warning", "error", "critical", NULL};

static bool is_one_of(const char *const *names, const char *text, size_t n)
{
    for (; *names; names++)
        if (strlen(*names) == n && strncmp(*names, text, n) == 0)
            return true;
    return false;
}

/* CATEGORY.thres:LEVEL */
static bool is_threshold(const char *text)
{
    size_t n = strcspn(text, ".:");
    static const char thres[] = ".thres:";
    const char *level = text + n + strlen(thres);
    return n > 0 && strncmp(text + n, thres, strlen(thres)) == 0 && is_one_of(levels, level, strlen(level));
}

static bool is_allowed(const char *option)
{
    if (strpbrk(option, " \t\n")) /* SimGrid would see several */
        return false;
    if (strncmp(option, "--log=", 6) == 0)
        return is_threshold(option + 6);
    return strncmp(option, "--cfg=", 6) == 0 && is_one_of(settings, option + 6, strcspn(option + 6, ":"));
}

ifc_status ifc_kernel_check_options(int argc, char *const *argv, ifc_error *err)
{
    for (int i = 0; i < argc; i++)
        if (!is_allowed(argv[i]))
            return ifc_fail(
                err, IFC_EUSAGE,
                "the option '%s' (after --) of SimGrid is refused (allowed: "
                "--log=CATEGORY.thres:LEVEL, --cfg=tracing:yes and its tracing/actor, tracing/basic, "
                "tracing/categorized, tracing/comment, tracing/filename, tracing/platform, "
                "tracing/platform/topology, tracing/uncategorized)",
                argv[i]);
    return IFC_OK;
}
