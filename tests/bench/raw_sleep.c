/*
 * The yardstick of the benchmarks: SimGrid actors that only sleep, set up as the simulator sets them up.
 * usage: raw_sleep SLEEPS ACTORS
 */
#include <stdio.h>
#include <stdlib.h>

#include <simgrid/actor.h>
#include <simgrid/engine.h>
#include <simgrid/host.h>

static long sleeps_each;

static void sleeper(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    for (long i = 1; i <= sleeps_each; i++)
        sg_actor_sleep_until((double)i * 1000.0);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 64;
    long actors = atol(argv[2]);
    sleeps_each = atol(argv[1]) / actors;
    char *own[] = {argv[0],
                   "--log=root.thres:critical",
                   "--cfg=surf/precision:0.25",
                   "--cfg=contexts/factory:raw",
                   "--cfg=contexts/stack-size:64",
                   "--cfg=contexts/guard-size:0",
                   NULL};
    int n = 6;
    simgrid_init(&n, own);
    char name[] = "/tmp/raw_sleep_XXXXXX";
    int fd = mkstemp(name);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    if (!f)
        return 74;
    fputs("<?xml version='1.0'?><!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\"><platform "
          "version=\"4.1\"><zone id=\"w\" routing=\"None\"><host id=\"h\" speed=\"1Gf\"/></zone></platform>",
          f);
    fclose(f);
    simgrid_load_platform(name);
    remove(name);
    for (long i = 0; i < actors; i++)
        sg_actor_start(sg_actor_init("s", sg_host_by_name("h")), sleeper, 0, NULL);
    simgrid_run();
    return 0;
}
