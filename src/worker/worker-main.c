#include <config.h>

#include <errno.h>
#include <getopt.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/str.h"
#include "base/utf8.h"
#include "formats/mapping.h"
#include "queue/jobs.h"
#include "worker/shift.h"

static const char usage[] =
    "Usage: bitgrove-worker [OPTION]... CATALOGUE\n"
    "Run the jobs of a catalogue: import, learn, encode, tree.\n"
    "\n"
    "  -i, --idle SECONDS   leave when there was no work for so long (30)\n"
    "  -l, --lease MS       length of the lease on a job (10000)\n"
    "  -n, --nice N         how far to step back behind others, 0 to 19 (10)\n"
    "  -o, --once           run one job at most\n"
    "  -q, --quiet          print no line for each job\n"
    "  -t, --threads N      threads, 1 to 256 (what the job says, or one a\n"
    "                       processor)\n"
    "  -h, --help           print this and exit\n"
    "  -v, --version        print the version and exit\n";

static const struct option options[] = {
    {"idle", required_argument, NULL, 'i'},
    {"lease", required_argument, NULL, 'l'},
    {"nice", required_argument, NULL, 'n'},
    {"once", no_argument, NULL, 'o'},
    {"quiet", no_argument, NULL, 'q'},
    {"threads", required_argument, NULL, 't'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'v'},
    {NULL, 0, NULL, 0},
};

/* Ends the program when text is no whole number within low..high. */
static long number(const char *option, const char *text, long low, long high)
{
    char *end;
    long value;

    errno = 0;
    value = strtol(text, &end, 10);
    if (errno == 0 && end != text && *end == '\0' && value >= low &&
        value <= high)
        return value;
    fprintf(stderr,
            "bitgrove-worker: --%s takes a whole number from %ld to %ld\n",
            option, low, high);
    exit(2);
}

static void print_error(const struct err *err)
{
    struct str safe = STR_INIT;

    utf8_escape(&safe, err->text);
    fprintf(stderr, "bitgrove-worker: %s\n", safe.text);
    str_release(&safe);
}

/* What getopt_long() would say, but nothing of it raw. */
static int bad_option(char **argv, int letter)
{
    struct err err;

    if (letter == ':')
        err_set(&err, ERR_BAD_INPUT, "%s wants a value", argv[optind - 1]);
    else
        err_set(&err, ERR_BAD_INPUT, "unknown option %s", argv[optind - 1]);
    print_error(&err);
    fputs("Try bitgrove-worker --help\n", stderr);
    return err_exit(err.status);
}

/*
 * Steps back behind interactive programs: a smaller share of the processors,
 * and none of it by pushing aside what has just woken, like an explorer that
 * got a key. Refusal is no reason to stop.
 */
static void be_nice(int by)
{
    if (by == 0)
        return;
    errno = 0;
    if (nice(by) == -1 && errno != 0)
        fprintf(stderr, "bitgrove-worker: runs at full priority\n");
#ifdef SCHED_BATCH
    sched_setscheduler(0, SCHED_BATCH, &(struct sched_param){0});
#endif
}

int main(int argc, char **argv)
{
    struct shift_options o = {.idle_ms = 30000, .lease_ms = JOB_LEASE_MS};
    int letter, jobs, by = 10;
    struct err err;
    enum status status;

    opterr = 0;
    while ((letter = getopt_long(argc, argv, ":i:l:n:oqt:hv", options, NULL)) !=
           -1) {
        switch (letter) {
        case 'i':
            o.idle_ms = number("idle", optarg, 0, 86400) * 1000;
            break;
        case 'l':
            o.lease_ms = number("lease", optarg, 100, 3600000);
            break;
        case 'n':
            by = (int)number("nice", optarg, 0, 19);
            break;
        case 'o':
            o.once = true;
            break;
        case 'q':
            o.quiet = true;
            break;
        case 't':
            o.threads = (int)number("threads", optarg, 1, 256);
            break;
        case 'h':
            fputs(usage, stdout);
            return 0;
        case 'v':
            puts("bitgrove-worker " PACKAGE_VERSION "\n" BG_LIBRARIES);
            return 0;
        default:
            return bad_option(argv, letter);
        }
    }
    if (argc - optind != 1) {
        fputs("bitgrove-worker: name one catalogue. Try bitgrove-worker "
              "--help\n",
              stderr);
        return 2;
    }
    o.path = argv[optind];
    shift_catch_signals();
    mapping_guard();
    be_nice(by);
    status = shift_run(&o, &jobs, &err);
    if (status == OK)
        return 0;
    print_error(&err);
    return err_exit(status);
}
