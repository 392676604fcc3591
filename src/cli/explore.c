#include <config.h>

#include "cli/explore.h"

#include <stdlib.h>
#include <unistd.h>

#include "cli/paths.h"
#include "cli/subject.h"
#include "ui/ui.h"

enum status explore(const char *path, struct err *err)
{
    struct catalogue *cat = NULL;
    struct ui_options options = {NULL, NULL, false, false};
    const char *script = getenv("BITGROVE_SCRIPT");
    enum status status = subject_catalogue(&cat, path, err);

    catalogue_close(cat);
    if (status != OK)
        return status;
    if ((script == NULL || !script[0]) &&
        (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)))
        return err_set(err, ERR_BAD_INPUT,
                       "the explorer needs a terminal. The same in text: "
                       "bitgrove info %s, bitgrove tree %s",
                       path, path);
    options.read_only = access(path, W_OK) != 0;
    paths_last_set(path);
    return ui_run(path, &options, err);
}
