#include <config.h>

#include "cli/exports.h"
#include "cli/follow.h"
#include "cli/neighbours.h"
#include "cli/question.h"

enum status export_neighbours(const struct export *to, struct err *err)
{
    struct question q;
    enum status status = question_read(&q, to->args, to->s, "all", err);

    follow_catch();
    if (status == OK)
        status = neighbours_write(&q, to->out, to->format, err);
    question_release(&q);
    return status;
}
