#include <config.h>

#include "cli/exportmodel.h"

#include "cli/jobfile.h"

enum status exportmodel(FILE *out, const char *name, struct subject *s,
                        enum format format, struct err *err)
{
    struct params params = {NULL, NULL, 0, 0};
    const struct follow options = {.brief = true};
    enum status status;

    (void)format;
    if (s->model.step == 0)
        return err_set(err, ERR_NOT_FOUND,
                       "model %s has finished no epoch yet. Follow it with: "
                       "bitgrove jobs %s --follow",
                       s->model.name, catalogue_path(s->cat));
    status = jobfile_write(out, name, s->cat, JOB_EXPORT, &params, s->model.id,
                           &options, NULL, err);
    params_release(&params);
    return status;
}
