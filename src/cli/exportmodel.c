#include <config.h>

#include "cli/exports.h"

#include "cli/jobfile.h"

enum status export_model(const struct export *to, struct err *err)
{
    struct params params = {NULL, NULL, 0, 0};
    const struct follow options = {.brief = true};
    enum status status;

    if (to->s->model.step == 0)
        return err_set(err, ERR_NOT_FOUND,
                       "model %s has finished no epoch yet. Follow it with: "
                       "bitgrove jobs %s --follow",
                       to->s->model.name, catalogue_path(to->s->cat));
    status = jobfile_write(to->out, to->name, to->s->cat, JOB_EXPORT, &params,
                           to->s->model.id, &options, NULL, err);
    params_release(&params);
    return status;
}
