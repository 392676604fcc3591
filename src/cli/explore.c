#include <config.h>

#include "cli/explore.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "cli/args.h"
#include "cli/console.h"
#include "cli/paths.h"
#include "cli/subject.h"
#include "ui/rc.h"
#include "ui/ui.h"

enum status explore_possible(struct err *err)
{
    const char *script = getenv("BITGROVE_SCRIPT");

    if ((script != NULL && script[0]) ||
        (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)))
        return OK;
    return err_set(err, ERR_BAD_INPUT,
                   "the explorer needs a terminal. The same in text: bitgrove "
                   "info, bitgrove tree and others (bitgrove --help); a demo "
                   "without one: bitgrove demo --batch");
}

static void find_themes(void)
{
    char *themes = paths_themes();

    if (themes != NULL)
        setenv("BITGROVE_THEMES", themes, 0);
    free(themes);
}

enum status explore_check_keys(struct err *err)
{
    struct rc_report report;
    struct str safe = STR_INIT;
    enum status status = OK;

    find_themes();
    rc_report_init(&report);
    rc_check(&report);
    for (char *line = report.files.text, *end; (end = strchr(line, '\n'));
         line = end + 1) {
        *end = '\0';
        str_clear(&safe);
        console_name(&safe, line);
        printf("read %s\n", safe.text);
    }
    for (char *line = report.findings.text, *end; (end = strchr(line, '\n'));
         line = end + 1) {
        *end = '\0';
        str_clear(&safe);
        console_name(&safe, line);
        puts(safe.text);
    }
    if (report.count > 0)
        status = err_set(err, ERR_BAD_INPUT, "%d finding%s; see bitgroverc(5)",
                         report.count, report.count == 1 ? "" : "s");
    str_release(&safe);
    rc_report_release(&report);
    return status;
}

enum status explore(const char *path, const struct args *args, struct err *err)
{
    struct ui_options options = {0};
    struct catalogue *cat = NULL;
    enum status status = subject_catalogue(&cat, path, err);

    catalogue_close(cat);
    if (status == OK)
        status = explore_possible(err);
    if (status != OK)
        return status;
    if (args != NULL) {
        options.theme = args_get(args, "theme");
        options.pictures = args_get(args, "pictures");
        options.place = args_get(args, "goto");
        options.ascii = args_has(args, "ascii");
        options.read_only = args_has(args, "readonly");
    }
    if (access(path, W_OK) != 0)
        options.read_only = true;
    paths_last_set(path);
    find_themes();
    return ui_run(path, &options, err);
}
