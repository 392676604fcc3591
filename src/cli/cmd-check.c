#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/jsonout.h"
#include "cli/subject.h"

static void print_json(const char *report, bool sound, enum format format)
{
    json_t *findings = json_array();

    while (*report) {
        size_t n = strcspn(report, "\n");
        char *line = mem_strndup(report, n);

        if (n > 0)
            json_array_append_new(findings, jsonout_text(line));
        free(line);
        report += n + (report[n] == '\n');
    }
    jsonout_print_as(
        json_pack("{s:b, s:o}", "sound", sound, "findings", findings), format);
}

static void print_lines(const char *report)
{
    while (*report) {
        size_t n = strcspn(report, "\n");
        char *line = mem_strndup(report, n);
        struct str safe = STR_INIT;

        console_message(&safe, line);
        puts(safe.text);
        str_release(&safe);
        free(line);
        report += n + (report[n] == '\n');
    }
}

static enum status run(struct args *args, struct err *err)
{
    struct subject s;
    struct str report = STR_INIT;
    bool sound = true;
    enum status status = subject_open(&s, args, SUBJECT_CATALOGUE, err);

    if (status == OK)
        status = catalogue_check(s.cat, &report, &sound, err);
    if (status == OK) {
        if (args->format != FORMAT_TABLE)
            print_json(report.text, sound, args->format);
        else
            print_lines(sound && report.length == 0 ? "sound" : report.text);
        if (!sound)
            status = err_set(err, ERR_CATALOGUE, "%s is not sound",
                             catalogue_path(s.cat));
    }
    str_release(&report);
    subject_close(&s);
    return status;
}

const struct command cmd_check = {
    .name = "check",
    .synopsis = "CATALOGUE",
    .summary = "integrity of the database and of its content",
    .details =
        "Reads the whole catalogue: the database's own integrity, and whether "
        "its content holds together (pixels of the right size, codes within "
        "their length, complete trees and codebooks). Prints each finding "
        "with its remedy. Exit status 0 when it is sound, 3 when not.",
    .kind = JOB_KIND_COUNT,
    .formats = FORMATS_ROWS,
    .least = 1,
    .most = 1,
    .run = run,
};
