#include <config.h>

#include "ui/view.h"

#include "ui/views/views.h"

const struct view_ops *view_ops_of(enum view_kind kind)
{
    static const struct view_ops *const table[VIEW_KINDS] = {
        [VIEW_TREE] = &view_tree,     [VIEW_CLASS] = &view_class,
        [VIEW_BITS] = &view_bits,     [VIEW_NEAR] = &view_near,
        [VIEW_IMAGES] = &view_images, [VIEW_OUTLIERS] = &view_outliers,
        [VIEW_MODELS] = &view_models, [VIEW_JOBS] = &view_jobs,
        [VIEW_HELP] = &view_help,
    };

    return table[kind];
}

bool view_find_in_list(struct list *list, int *origin, enum find_step step,
                       bool (*matches)(void *context, int row), void *context)
{
    int from = list->cursor, by = step == FIND_PREVIOUS ? -1 : 1;

    if (step == FIND_START) {
        *origin = list->cursor;
        return true;
    }
    if (step == FIND_CANCEL || step == FIND_CHANGE)
        from = *origin;
    if (step == FIND_NEXT || step == FIND_PREVIOUS)
        from += by;
    for (int i = 0; step != FIND_CANCEL && i < list->count; i++) {
        int row = (from + by * i + 2 * list->count) % list->count;

        if (matches(context, row)) {
            list->cursor = row;
            list_fit(list, list->count, list->rows);
            return true;
        }
    }
    if (step == FIND_CHANGE || step == FIND_CANCEL)
        list->cursor = *origin;
    list_fit(list, list->count, list->rows);
    return step == FIND_CANCEL;
}
